/** Cuts what comes over a connection into packets of MQTT: a byte, the length of the rest, the rest (MQTT 5 2.1). */
import { CodedError } from '../../proto/host/coded-error.ts';

export const packetErrors = {
	'malformed-length': 'A packet of MQTT whose length has no end',
	'packet-too-large': 'A packet of MQTT that is longer than is taken',
} as const;

export class PacketError extends CodedError<keyof typeof packetErrors> {
	override readonly name = 'PacketError';
}

const none: readonly Buffer[] = [];
/** Of a length (MQTT 5 1.5.5). */
const mostLengthBytes = 4;

export class PacketSplitter {
	readonly #mostBytes: number;
	readonly #allocate: (size: number) => Buffer;
	/** Of a packet whose length is not whole yet. */
	readonly #head = new Uint8Array(1 + mostLengthBytes);
	#headBytes = 0;
	/** The packet that is being filled. */
	#packet: Buffer | undefined;
	#filled = 0;

	/**
	 * @param mostBytes of a packet, all of it
	 * @param allocate makes the memory of one; by default it is its own, and not of the pool of small ones, which what
	 * is kept of a packet would keep
	 */
	constructor(mostBytes: number, allocate: (size: number) => Buffer = Buffer.allocUnsafeSlow) {
		this.#mostBytes = mostBytes;
		this.#allocate = allocate;
	}

	/** Returns the packets that these bytes complete. @throws PacketError */
	add(bytes: Uint8Array): readonly Buffer[] {
		let packets = none;
		for (let at = 0; at < bytes.length; ) {
			const packet = this.#packet ?? this.#begin(bytes[at++] ?? 0);
			if (packet === undefined) continue;
			const part = bytes.subarray(at, at + packet.length - this.#filled);
			packet.set(part, this.#filled);
			at += part.length;
			this.#filled += part.length;
			if (this.#filled < packet.length) continue;
			this.#packet = undefined;
			packets = [...packets, packet];
		}
		return packets;
	}

	/** The packet, once the byte was the last of its length. */
	#begin(byte: number): Buffer | undefined {
		this.#head[this.#headBytes++] = byte;
		if (this.#headBytes === 1) return undefined;
		if (byte > 127) {
			if (this.#headBytes <= mostLengthBytes) return undefined;
			throw new PacketError('malformed-length', 'a length of more than four bytes');
		}
		const head = this.#head.subarray(0, this.#headBytes);
		const rest = head.subarray(1).reduce((sum, each, place) => sum + (each & 127) * 128 ** place, 0);
		const size = head.length + rest;
		if (size > this.#mostBytes)
			throw new PacketError('packet-too-large', `${size} bytes, where ${this.#mostBytes} are taken`);
		this.#packet = this.#allocate(size);
		this.#packet.set(head);
		this.#filled = head.length;
		this.#headBytes = 0;
		return this.#packet;
	}
}
