/**
 * What a turn answered as 64 bits: a replay that answers anything else is found out but once in 2^64.
 *
 * The effects are put one behind the other into the room of a digester, each behind what it is and how long
 * it is. Most are messages, which are put as they are; the others as recordings have them. Where the room
 * ends, the digest of what is in it takes its place.
 */
import type { Effect } from '../component/generated/service.ts';
import type { PageDigester } from '../digest/page-digester.ts';
import { putEffect, sizeOfEffect } from '../recording/effect-writing.ts';

/** Bytes of a digest. */
export const digestBytes = 8;
/** What is digested is a multiple of this. */
const blockBytes = 32;
/** In front of an effect, at most. */
const headBytes = 12;
const kinds = { message: 1, other: 2 } as const;

/** One serves a whole thread. */
export class EffectsDigest {
	readonly #digester: PageDigester;
	readonly #room: Uint8Array<ArrayBuffer>;
	readonly #words: Uint32Array;
	readonly #mostBytes: number;
	#at = 0;
	#bytes = 0;

	constructor(digester: PageDigester) {
		const { room } = digester;
		this.#digester = digester;
		this.#room = room;
		this.#words = new Uint32Array(room.buffer, room.byteOffset, room.length >>> 2);
		// A digest is put behind what has no room, and that is filled up.
		this.#mostBytes = room.length - blockBytes;
	}

	/** `digestBytes`, valid until the next. */
	of(effects: readonly Effect[]): Uint8Array {
		this.#at = 0;
		this.#bytes = 0;
		for (const effect of effects) {
			if (effect.tag === 'publish') this.#message(effect.val.topic, effect.val.payload);
			else this.#other(effect);
		}
		return this.#digest();
	}

	/** How many bytes the effects had that were digested last, about. */
	get bytes(): number {
		return this.#bytes + this.#at;
	}

	#message(topic: number, payload: Uint8Array): void {
		this.#need(headBytes);
		const word = this.#at >>> 2;
		this.#words[word] = kinds.message;
		this.#words[word + 1] = topic;
		this.#words[word + 2] = payload.length;
		this.#at += headBytes;
		this.#put(payload);
	}

	#other(effect: Effect): void {
		const size = sizeOfEffect(effect);
		this.#need(headBytes);
		const word = this.#at >>> 2;
		this.#words[word] = kinds.other;
		this.#words[word + 1] = size;
		this.#at += 8;
		const bytes = new Uint8Array(size);
		putEffect(bytes, 0, effect, size);
		this.#put(bytes);
	}

	/** Zeros follow up to the next whole word. */
	#put(bytes: Uint8Array): void {
		let rest = bytes;
		while (this.#at + rest.length > this.#mostBytes) {
			const piece = rest.subarray(0, this.#mostBytes - this.#at);
			this.#room.set(piece, this.#at);
			rest = rest.subarray(piece.length);
			this.#at += piece.length;
			this.#fold();
		}
		const end = this.#at + rest.length;
		if ((end & 3) !== 0) this.#words[end >>> 2] = 0;
		this.#room.set(rest, this.#at);
		this.#at = (end + 3) & ~3;
	}

	#need(bytes: number): void {
		if (this.#at + bytes > this.#mostBytes) this.#fold();
	}

	#fold(): void {
		this.#room.set(this.#digest(), 0);
		this.#bytes += this.#at;
		this.#at = digestBytes;
	}

	#digest(): Uint8Array {
		const end = Math.max(blockBytes, (this.#at + blockBytes - 1) & -blockBytes);
		this.#room.fill(0, this.#at, end);
		return this.#digester.hashRoom(end);
	}
}
