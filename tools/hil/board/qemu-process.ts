/** One life of a virtual board: a QEMU that runs, its monitor and its serial line. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { systemEnvironment } from '../link/command.ts';
import { BoardError } from './board-error.ts';
import { QmpClient } from './qmp.ts';

/** Enough to see why it did not start. */
const keptLines = 20;

export interface QemuProcess {
	readonly qmp: QmpClient;
	readonly serial: Socket;
	/** Resolves with its last words once it has ended, for whatever reason. */
	readonly ended: Promise<string>;
	/** Ends it at this instant. */
	kill(): void;
}

export interface QemuSockets {
	readonly monitorSocket: string;
	readonly serialSocket: string;
}

export interface QemuCommand extends QemuSockets {
	readonly program: string;
	/** What `qemuArguments` gives. */
	readonly args: readonly string[];
}

/** @throws BoardError `did-not-start` */
export async function startQemu({ program, args, ...sockets }: QemuCommand): Promise<QemuProcess> {
	await using monitor = await listen(sockets.monitorSocket);
	await using serial = await listen(sockets.serialSocket);
	// It ends with this process, however that ends.
	const child = spawn('setpriv', ['--pdeathsig', 'KILL', '--', program, ...args], {
		stdio: ['ignore', 'ignore', 'pipe'],
		env: systemEnvironment(),
	});
	const words: string[] = [];
	createInterface(child.stderr).on('line', (line) => {
		if (words.push(line) > keptLines) words.shift();
	});
	const ended = endOf(child).then(() => words.join('\n'));
	const failed = ended.then(() => Promise.reject(new Error('ended')));
	failed.catch(() => undefined);
	try {
		const lines = Promise.all([monitor.connection, serial.connection]);
		const [monitorLine, serialLine] = await Promise.race([lines, failed]);
		const qmp = await QmpClient.open(monitorLine);
		return { qmp, serial: serialLine, ended, kill: () => child.kill('SIGKILL') };
	} catch (cause) {
		child.kill('SIGKILL');
		throw new BoardError('did-not-start', `${program} did not start: ${await ended}`, { cause });
	}
}

/** QEMU connects to us: nobody has to ask again and again whether it is ready. */
async function listen(path: string): Promise<AsyncDisposable & { readonly connection: Promise<Socket> }> {
	await rm(path, { force: true });
	const server = createServer().listen(path);
	await once(server, 'listening');
	const connection = once(server, 'connection').then(([socket]: Socket[]) => {
		// A QEMU that is killed breaks its connections; that it ended is told elsewhere.
		return (socket as Socket).on('error', () => undefined);
	});
	return {
		connection,
		async [Symbol.asyncDispose]() {
			server.close();
			await rm(path, { force: true });
		},
	};
}

/** `close` comes when the last of what it said has been read. */
async function endOf(child: ChildProcess): Promise<void> {
	await new Promise<void>((resolve) => child.once('close', () => resolve()).once('error', () => resolve()));
}
