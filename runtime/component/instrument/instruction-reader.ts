/** Walks the instructions of one function body, and refuses those that a guest may not use. */
import { ComponentError } from '../error.ts';
import { firstPrefix, immediate, plainTable, prefixedTables } from './opcodes.ts';

/** A memory access with this bit names a memory other than the first. */
const memoryIndexBit = 0x40;
/** `func` and `extern`; the others come with garbage collection. */
const heapTypes = [0x70, 0x6f];

export class InstructionReader {
	/** The instruction read last; behind a prefix `prefix << 8 | opcode`. */
	opcode = 0;
	/** Where it begins, in bytes from the beginning of the body. */
	at = 0;
	/** Its index or label, where it has one. */
	index = 0;
	/** Labels of a `br_table`, the default last. */
	labels: number[] = [];

	readonly #body: Uint8Array;
	#next: number;

	/** @param from where the first instruction begins, behind the locals */
	constructor(body: Uint8Array, from: number) {
		this.#body = body;
		this.#next = from;
	}

	/** Where the instruction read last ends, in bytes from the beginning of the body. */
	get end(): number {
		return this.#next;
	}

	/** Goes on with the instruction that begins here. */
	go(at: number): void {
		this.#next = at;
	}

	/** False behind the last one. @throws ComponentError `not-a-component`, `instruction-unknown` */
	read(): boolean {
		const at = this.#next;
		if (at >= this.#body.length) return false;
		const first = this.#body[at] as number;
		this.at = at;
		this.#next = at + 1;
		const table = first < firstPrefix ? undefined : prefixedTables.get(first);
		const second = table === undefined ? 0 : this.#u32();
		this.opcode = table === undefined ? first : (first << 8) | second;
		const follows = table === undefined ? plainTable[first] : table[second];
		switch (follows) {
			case immediate.none:
				break;
			case immediate.index:
				this.index = this.#u32();
				break;
			case immediate.twoIndexes:
				this.index = this.#u32();
				this.#u32();
				break;
			case immediate.address:
				this.#address();
				break;
			case immediate.signed32:
				this.#leb(5);
				break;
			case immediate.signed64:
				this.#leb(10);
				break;
			case immediate.blockType:
				this.#leb(5);
				break;
			case immediate.labels:
				this.labels = [];
				for (let left = this.#u32(); left >= 0; left--) this.labels.push(this.#u32());
				break;
			case immediate.types:
				for (let left = this.#u32(); left > 0; left--) this.#byte();
				break;
			case immediate.bytes4:
				this.#skip(4);
				break;
			case immediate.bytes8:
				this.#skip(8);
				break;
			case immediate.bytes16:
				this.#skip(16);
				break;
			case immediate.lane:
				this.#skip(1);
				break;
			case immediate.addressAndLane:
				this.#address();
				this.#skip(1);
				break;
			case immediate.heapType:
				if (!heapTypes.includes(this.#byte())) throw this.#unknown(first, second);
				break;
			default:
				throw this.#unknown(first, second);
		}
		return true;
	}

	#address(): void {
		const alignment = this.#u32();
		if (alignment >= memoryIndexBit)
			throw new ComponentError('instruction-unknown', 'an instruction uses a memory other than the first');
		this.#u32();
	}

	#byte(): number {
		const byte = this.#body[this.#next];
		if (byte === undefined) throw cutOff();
		this.#next++;
		return byte;
	}

	#skip(count: number): void {
		if (this.#next + count > this.#body.length) throw cutOff();
		this.#next += count;
	}

	#leb(longest: number): void {
		for (let left = longest; left > 0; left--) if (this.#byte() < 0x80) return;
		throw cutOff();
	}

	#u32(): number {
		// Most are short.
		const short = this.#body[this.#next];
		if (short !== undefined && short < 0x80) {
			this.#next++;
			return short;
		}
		let value = 0;
		for (let shift = 0; shift < 35; shift += 7) {
			const byte = this.#byte();
			value |= (byte & 0x7f) << shift;
			if (byte < 0x80) return value >>> 0;
		}
		throw cutOff();
	}

	#unknown(first: number, second: number): ComponentError {
		const name = prefixedTables.has(first) ? `${hex(first)} ${hex(second)}` : hex(first);
		return new ComponentError(
			'instruction-unknown',
			`the module uses the instruction ${name}, which no guest may: build it without threads, relaxed SIMD, exceptions, garbage collection and further memories`,
		);
	}
}

function hex(value: number): string {
	return `0x${value.toString(16).padStart(2, '0')}`;
}

function cutOff(): ComponentError {
	return new ComponentError('not-a-component', 'a function of the module is cut off or damaged');
}
