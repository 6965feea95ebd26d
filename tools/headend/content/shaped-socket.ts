/** A client's connection as it looks from behind a shaped path; what is behind it sees an ordinary stream. */
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import type { Clock } from '../../../runtime/clock.ts';
import type { Pacer } from './pacer.ts';
import type { PathShape } from './path-shape.ts';
import { ShapedDirection } from './shaped-direction.ts';

/** Payload of TCP that crossed a path. */
export interface PathMeter {
	/** From its clients. */
	bytesIn: number;
	/** To its clients. */
	bytesOut: number;
}

export interface ShapedSocketOptions {
	readonly socket: Socket;
	readonly clock: Clock;
	/** From and to the clients of this path; shared by all its connections. */
	readonly pacers: { readonly in: Pacer; readonly out: Pacer };
	readonly shape: PathShape;
	readonly meter: PathMeter;
}

export class ShapedSocket extends Duplex {
	readonly #socket: Socket;
	readonly #in: ShapedDirection;
	readonly #out: ShapedDirection;
	#onFinal: (() => void) | undefined;
	#isSending = false;
	#hasEnded = false;

	constructor({ socket, clock, pacers, shape, meter }: ShapedSocketOptions) {
		super({ allowHalfOpen: true });
		this.#socket = socket;
		const common = { clock, delayMs: shape.delayMs };
		this.#in = new ShapedDirection({
			...common,
			pacer: pacers.in,
			// The kernel has shaken hands at once; on a real path the first byte would come a round trip later.
			notBeforeUs: clock.now() + shape.delayMs * 3000,
			deliver: (bytes) => {
				meter.bytesIn += bytes.length;
				return this.push(bytes);
			},
			finish: () => this.push(null),
		});
		this.#out = new ShapedDirection({
			...common,
			pacer: pacers.out,
			notBeforeUs: 0,
			deliver: (bytes) => {
				meter.bytesOut += bytes.length;
				return socket.write(bytes);
			},
			finish: (ending) => {
				if (ending === 'reset') this.cut();
				else socket.end(() => this.#onFinal?.());
			},
		});
		this.setUp(shape.isUp);
		socket.on('data', (bytes: Buffer) => this.#receive(bytes));
		socket.on('end', () => {
			this.#hasEnded = true;
			if (!this.#isSending) this.#in.end('end');
		});
		socket.on('drain', () => this.#out.ready());
		socket.on('error', (error) => this.destroy(error));
		socket.on('close', () => this.destroy());
		// Whoever reads this stream hears of an error by its end; nobody need listen for it.
		this.on('error', () => undefined);
	}

	/** Port of the client, by which a test finds its own connection. */
	get remotePort(): number {
		return this.#socket.remotePort ?? 0;
	}

	setDelay(delayMs: number): void {
		this.#in.setDelay(delayMs);
		this.#out.setDelay(delayMs);
	}

	setUp(isUp: boolean): void {
		this.#in.setUp(isUp);
		this.#out.setUp(isUp);
	}

	/** Resets the connection after what was written so far has reached the client. */
	reset(): void {
		this.write('', () => this.#out.end('reset'));
	}

	/** Resets the connection now. */
	cut(): void {
		this.#socket.resetAndDestroy();
	}

	override _read(): void {
		this.#in.ready();
	}

	override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
		this.#out.send(chunk, done);
	}

	override _final(done: () => void): void {
		this.#onFinal = done;
		this.#out.end('end');
	}

	override _destroy(error: Error | null, done: (error: Error | null) => void): void {
		this.#in.close();
		this.#out.close();
		this.#socket.destroy();
		done(error);
	}

	#receive(bytes: Buffer): void {
		this.#isSending = true;
		this.#socket.pause();
		this.#in.send(bytes, () => {
			this.#isSending = false;
			if (this.#hasEnded) this.#in.end('end');
			else this.#socket.resume();
		});
	}
}
