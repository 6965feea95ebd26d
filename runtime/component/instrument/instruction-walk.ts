/** Walks the instructions of one function body as often as there are passes; they are read from its bytes only once. */
import { floatEffects } from './float-effects.ts';
import type { FunctionBody } from './function-scan.ts';
import { InstructionReader } from './instruction-reader.ts';
import { op } from './opcodes.ts';

/** The instructions of a body, in order. */
export interface Instructions {
	/** Of each the place, the opcode and the index, as `InstructionReader` gives them. */
	readonly words: Uint32Array;
	/** Labels of each `br_table`, by the number of the instruction. */
	readonly labels: ReadonlyMap<number, readonly number[]>;
	/** Whether there is a `memory.grow` among them. */
	readonly growsMemory: boolean;
	/** Whether there may be one among them that makes a NaN. */
	readonly mayMakeNan: boolean;
}

const wordsEach = 3;
const plainOpcodes = 256;

export class InstructionWalk {
	/** As in `InstructionReader`. */
	opcode = 0;
	at = 0;
	index = 0;

	readonly #instructions: Instructions;
	readonly #words: Uint32Array;
	#next = 0;

	/** @throws ComponentError `not-a-component`, `instruction-unknown` */
	constructor(body: FunctionBody) {
		this.#instructions = instructionsOf(body);
		this.#words = this.#instructions.words;
	}

	/** False behind the last one. */
	read(): boolean {
		const next = this.#next;
		const words = this.#words;
		if (next >= words.length) return false;
		this.at = words[next] as number;
		this.opcode = words[next + 1] as number;
		this.index = words[next + 2] as number;
		this.#next = next + wordsEach;
		return true;
	}

	/** Labels of a `br_table`, the default last. */
	get labels(): readonly number[] {
		return this.#instructions.labels.get(this.#next / wordsEach - 1) ?? [];
	}
}

/** @throws ComponentError `not-a-component`, `instruction-unknown` */
export function instructionsOf(body: FunctionBody): Instructions {
	const read = body.instructions ?? readAll(body);
	if (body.keepsInstructions) body.instructions = read;
	return read;
}

function readAll({ bytes, codeAt }: FunctionBody): Instructions {
	// None takes less than a byte.
	const words = new Uint32Array(wordsEach * (bytes.length - codeAt));
	let at = 0;
	const labels = new Map<number, readonly number[]>();
	const reader = new InstructionReader(bytes, codeAt);
	let growsMemory = false;
	let mayMakeNan = false;
	while (reader.read()) {
		const { opcode } = reader;
		if (opcode === op.brTable) labels.set(at / wordsEach, reader.labels);
		words[at] = reader.at;
		words[at + 1] = opcode;
		words[at + 2] = reader.index;
		at += wordsEach;
		if (opcode === op.memoryGrow) growsMemory = true;
		if (opcode >= plainOpcodes || plainMakers[opcode] === 1) mayMakeNan = true;
	}
	return { words: words.subarray(0, at), labels, growsMemory, mayMakeNan };
}

/** By opcode without a prefix, whether it may make a NaN. */
const plainMakers = Uint8Array.from({ length: plainOpcodes }, (_, opcode) =>
	floatEffects[opcode]?.makesNan === true ? 1 : 0,
);
