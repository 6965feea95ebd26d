/** Walks the instructions of one function body as often as there are passes; they are read from its bytes only once. */
import { floatEffectOf } from './float-effects.ts';
import type { FunctionBody } from './function-scan.ts';
import { InstructionReader } from './instruction-reader.ts';
import { immediate, op, plainTable } from './opcodes.ts';

/** The instructions of a body, in order. */
export interface Instructions {
	/** Of each the place, the opcode and the index, as `InstructionReader` gives them. */
	readonly words: Uint32Array;
	/** Which of the words are those of this body. */
	readonly from: number;
	readonly to: number;
	/** Labels of each `br_table`, by the place of the instruction. */
	readonly labels: ReadonlyMap<number, readonly number[]>;
	/** Whether there is a `memory.grow` among them. */
	readonly growsMemory: boolean;
	/** Whether there may be one among them that makes a NaN. */
	readonly mayMakeNan: boolean;
}

const wordsEach = 3;
const plainOpcodes = 256;

/** Where the instructions of all functions of a module are kept: room for each by itself takes longer than to read it. */
export class InstructionRoom {
	readonly #wordsAtATime: number;
	#words = new Uint32Array(0);
	#used = 0;

	constructor(wordsAtATime = 16_384) {
		this.#wordsAtATime = wordsAtATime;
	}

	/** Words of which so many are free from `from` on. */
	take(most: number): { words: Uint32Array; from: number } {
		if (this.#words.length - this.#used < most) {
			this.#words = new Uint32Array(Math.max(most, this.#wordsAtATime));
			this.#used = 0;
		}
		return { words: this.#words, from: this.#used };
	}

	/** What was taken last is in use up to here. */
	keep(to: number): void {
		this.#used = to;
	}
}

export class InstructionWalk {
	/** As in `InstructionReader`. */
	opcode = 0;
	at = 0;
	index = 0;

	readonly #labels: Instructions['labels'];
	readonly #words: Uint32Array;
	readonly #to: number;
	#next: number;

	/** @throws ComponentError `not-a-component`, `instruction-unknown` */
	constructor(body: FunctionBody) {
		const { words, from, to, labels } = instructionsOf(body);
		this.#labels = labels;
		this.#words = words;
		this.#next = from;
		this.#to = to;
	}

	/** False behind the last one. */
	read(): boolean {
		const next = this.#next;
		const words = this.#words;
		if (next >= this.#to) return false;
		this.at = words[next] as number;
		this.opcode = words[next + 1] as number;
		this.index = words[next + 2] as number;
		this.#next = next + wordsEach;
		return true;
	}

	/** Labels of a `br_table`, the default last. */
	get labels(): readonly number[] {
		return this.#labels.get(this.at) ?? [];
	}
}

/** @throws ComponentError `not-a-component`, `instruction-unknown` */
export function instructionsOf(body: FunctionBody): Instructions {
	const { instructions, room } = body;
	if (instructions !== undefined) return instructions;
	const read = readAll(body, room ?? new InstructionRoom(0));
	if (room !== undefined) body.instructions = read;
	return read;
}

const noLabels: Instructions['labels'] = new Map();

/** How instructions are read of which most in a body are. */
const way = { slow: 0, alone: 1, index: 2, number: 3, address: 4 } as const;

/** By opcode; the slow way is the one of `InstructionReader`, which also says what is wrong. */
const ways = Uint8Array.from({ length: plainOpcodes }, (_, opcode) => {
	switch (plainTable[opcode]) {
		case immediate.none:
			return way.alone;
		case immediate.index:
			return way.index;
		case immediate.signed32:
		case immediate.signed64:
		case immediate.blockType:
			return way.number;
		case immediate.address:
			return way.address;
		default:
			return way.slow;
	}
});

/** A number in one byte is less. */
const longNumber = 0x80;
/** As an alignment it names another memory. */
const memoryIndexBit = 0x40;

function readAll({ bytes, codeAt }: FunctionBody, room: InstructionRoom): Instructions {
	const end = bytes.length;
	// None takes less than a byte.
	const { words, from } = room.take(wordsEach * (end - codeAt));
	let to = from;
	let labels: Map<number, readonly number[]> | undefined;
	let slow: InstructionReader | undefined;
	let growsMemory = false;
	let mayMakeNan = false;
	for (let at = codeAt; at < end; ) {
		let opcode = bytes[at] as number;
		let index = 0;
		let next = 0;
		// What lies behind the end is no number: it goes the slow way.
		switch (ways[opcode]) {
			case way.alone:
				next = at + 1;
				break;
			case way.index:
				if ((bytes[at + 1] as number) < longNumber) {
					index = bytes[at + 1] as number;
					next = at + 2;
				}
				break;
			case way.number:
				if ((bytes[at + 1] as number) < longNumber) next = at + 2;
				break;
			case way.address:
				if ((bytes[at + 1] as number) < memoryIndexBit && (bytes[at + 2] as number) < longNumber)
					next = at + 3;
				break;
		}
		if (next === 0) {
			slow ??= new InstructionReader(bytes, at);
			slow.go(at);
			slow.read();
			({ opcode, index, end: next } = slow);
			if (opcode === op.brTable) {
				labels ??= new Map();
				labels.set(at, slow.labels);
			}
		}
		words[to] = at;
		words[to + 1] = opcode;
		words[to + 2] = index;
		to += wordsEach;
		if (opcode === op.memoryGrow) growsMemory = true;
		if (opcode >= plainOpcodes || plainMakers[opcode] === 1) mayMakeNan = true;
		at = next;
	}
	room.keep(to);
	return { words, from, to, labels: labels ?? noLabels, growsMemory, mayMakeNan };
}

/** By opcode without a prefix, whether it may make a NaN. */
const plainMakers = Uint8Array.from({ length: plainOpcodes }, (_, opcode) =>
	floatEffectOf(opcode)?.makesNan === true ? 1 : 0,
);
