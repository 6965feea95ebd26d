/** Carries Ethernet frames between a virtual board and the world, as well or badly as a test wants. */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { systemClock } from '../../../firmware/hal/clock.ts';
import type { Clock } from '../../../runtime/clock.ts';
import { Link } from '../link/link.ts';
import { NetworkLink } from '../link/network-link.ts';
import { seededRandom } from '../link/random.ts';
import type { Shape } from '../link/shape.ts';
import { benchAddress, qemuAddress } from './qemu-arguments.ts';

export interface FrameRelay extends AsyncDisposable {
	/** UDP ports towards the box and towards the world. */
	readonly ports: { readonly box: number; readonly world: number };
	/** Frames that arrived at either end. */
	readonly frames: { readonly fromBox: number; readonly toBox: number };
	/** @throws RigError `bad-shape` */
	set(change: Partial<Shape>): void;
}

/** @param seed same seed, same losses and jitter; default 1 */
export async function openFrameRelay({
	clock = systemClock(),
	seed = 1,
}: {
	readonly clock?: Clock;
	readonly seed?: number;
} = {}): Promise<FrameRelay> {
	await using stack = new AsyncDisposableStack();
	const open = async () => {
		const socket = stack.adopt(createSocket('udp4'), closed);
		socket.bind(0, benchAddress);
		await once(socket, 'listening');
		const { port } = socket.address();
		return { socket, port, send: (frame: Uint8Array) => socket.send(frame, port, qemuAddress) };
	};
	const box = await open();
	const world = await open();
	const link = new NetworkLink({
		toBox: new Link({ clock, random: seededRandom(2 * seed), deliver: box.send }),
		toCore: new Link({ clock, random: seededRandom(2 * seed + 1), deliver: world.send }),
	});
	stack.defer(() => link.close());
	box.socket.on('message', (frame) => link.toCore.send(frame));
	world.socket.on('message', (frame) => link.toBox.send(frame));
	// QEMU is not there between two lives of the box; frames of then are lost, as on a cable without an end.
	for (const { socket } of [box, world]) socket.on('error', () => undefined);

	const held = stack.move();
	return {
		ports: { box: box.port, world: world.port },
		get frames() {
			return { fromBox: link.toCore.counters.packetsIn, toBox: link.toBox.counters.packetsOut };
		},
		set: (change) => link.set(change),
		[Symbol.asyncDispose]: () => held.disposeAsync(),
	};
}

async function closed(socket: Socket): Promise<void> {
	const end = once(socket, 'close');
	socket.close();
	await end;
}
