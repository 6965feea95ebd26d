/** One end of an emulated link: a TUN device in a namespace whose packets come and go here. */
import { spawn } from 'node:child_process';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { run, systemEnvironment } from './command.ts';
import type { Namespace } from './namespace.ts';
import { RigError } from './rig-error.ts';

/** Ours, and the program's that holds the device: same port on two loopback addresses, so it is never taken. */
const ourAddress = '127.0.0.1';
const theirAddress = '127.0.0.2';
let devices = 0;
/** Last words of socat to show when it fails. */
const keptLines = 20;

export interface Tun extends AsyncDisposable {
	/** Gives a whole IP packet to the namespace, as if it had come in over the device. */
	send(packet: Uint8Array): void;
}

export interface TunOptions {
	readonly namespace: Namespace;
	/** Name of the device in the namespace. */
	readonly name: string;
	/** IPv4 address with its prefix length. */
	readonly address: string;
	/** Called with each whole IP packet that the namespace sends out over the device. */
	readonly receive: (packet: Uint8Array) => void;
}

/**
 * Node opens no TUN device itself: socat does, and speaks one UDP datagram a packet. The device keeps
 * working when it is moved into the namespace, because socat holds it by its file descriptor.
 * @throws RigError `missing-tool`, `command-failed`
 */
export async function openTun({ namespace, name, address, receive }: TunOptions): Promise<Tun> {
	await using stack = new AsyncDisposableStack();
	const socket = createSocket('udp4', (packet, from) => {
		if (from.address === theirAddress && from.port === port) receive(packet);
	});
	stack.adopt(socket, closed);
	socket.bind(0, ourAddress);
	await once(socket, 'listening');
	const { port } = socket.address();

	const hostName = `mt${process.pid}n${devices++}`;
	stack.use(await startSocat({ hostName, port }));

	await run('ip', ['link', 'set', hostName, 'netns', namespace.name, 'name', name]);
	await namespace.ip('address', 'add', address, 'dev', name);
	// Whole packets only: a meter that saw segments before they are cut would count their headers once.
	await namespace.ip('link', 'set', name, 'up', 'mtu', '1500', 'gso_max_segs', '1');

	const held = stack.move();
	return {
		send: (packet) => socket.send(packet, port, theirAddress),
		[Symbol.asyncDispose]: () => held.disposeAsync(),
	};
}

async function startSocat({ hostName, port }: { hostName: string; port: number }): Promise<AsyncDisposable> {
	const device = `TUN,tun-name=${hostName},iff-no-pi,tun-type=tun`;
	const peer = `UDP4-DATAGRAM:${ourAddress}:${port},bind=${theirAddress}:${port}`;
	const args = ['--pdeathsig', 'KILL', '--', 'socat', '-d', '-d', '-b', '65536', device, peer];
	const child = spawn('setpriv', args, { stdio: ['ignore', 'ignore', 'pipe'], env: systemEnvironment() });
	const exit = new Promise<void>((resolve) =>
		child.once('exit', () => resolve()).once('error', () => resolve()),
	);
	const lines: string[] = [];
	const isReady = await new Promise<boolean>((resolve) => {
		createInterface(child.stderr).on('line', (line) => {
			if (lines.push(line) > keptLines) lines.shift();
			if (line.includes('starting data transfer loop')) resolve(true);
		});
		void exit.then(() => resolve(false));
	});
	if (!isReady) throw new RigError('command-failed', `socat ${device}: ${lines.join('; ')}`);
	return {
		async [Symbol.asyncDispose]() {
			child.kill('SIGKILL');
			await exit;
		},
	};
}

async function closed(socket: Socket): Promise<void> {
	const end = once(socket, 'close');
	socket.close();
	await end;
}
