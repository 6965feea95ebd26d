/**
 * A TCP connection for a client of MQTT, which gives it whole packets.
 *
 * What comes is read into one buffer, again and again, and copied once, to where its packet is. A parser that is
 * given pieces as they come allocates, keeps, joins and copies them, and has the connection wait after each.
 */
import { connect, type Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { PacketSplitter } from './packet-splitter.ts';

export interface PacketSocketOptions {
	readonly host: string;
	readonly port: number;
	/** Bytes; one that is larger ends the connection with the `packet-too-large` of `PacketError`. */
	readonly maximumPacketSize: number;
	/** Makes the memory of a packet; default: its own for each. */
	readonly allocate?: (size: number) => Buffer;
}

/** Of one read. */
const readBytes = 65_536;

/** Each chunk that is read is one packet. Errors: those of the connection, and `PacketError`. */
export class PacketSocket extends Duplex {
	readonly #socket: Socket;
	readonly #splitter: PacketSplitter;

	constructor({ host, port, maximumPacketSize, allocate }: PacketSocketOptions) {
		super({ readableHighWaterMark: maximumPacketSize, allowHalfOpen: false });
		this.#splitter = new PacketSplitter(maximumPacketSize, allocate);
		const buffer = new Uint8Array(readBytes);
		const callback = (length: number): boolean => this.#take(buffer.subarray(0, length));
		// Nagle's algorithm would have a request wait for the acknowledgement of the one before.
		this.#socket = connect({ host, port, noDelay: true, onread: { buffer, callback } });
		this.#socket.on('error', (error) => this.destroy(error));
		this.#socket.on('end', () => this.push(null));
		this.#socket.on('close', () => this.destroy());
	}

	override _read(): void {
		this.#socket.resume();
	}

	override _write(chunk: Uint8Array, _encoding: string, done: (error?: Error | null) => void): void {
		this.#socket.write(chunk, done);
	}

	/** A packet that is written in parts leaves in one. */
	override _writev(parts: { readonly chunk: Uint8Array }[], done: (error?: Error | null) => void): void {
		this.#socket.write(Buffer.concat(parts.map(({ chunk }) => chunk)), done);
	}

	override _final(done: () => void): void {
		this.#socket.end(done);
	}

	override _destroy(error: Error | null, done: (error: Error | null) => void): void {
		this.#socket.destroy();
		done(error);
	}

	/** Whether more is wanted for now. */
	#take(bytes: Uint8Array): boolean {
		let isWanted = true;
		try {
			for (const packet of this.#splitter.add(bytes)) isWanted = this.push(packet);
		} catch (error) {
			this.destroy(error as Error);
		}
		return isWanted;
	}
}
