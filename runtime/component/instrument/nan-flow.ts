/**
 * Follows the NaNs that instructions make to where somebody may look at their bits.
 *
 * Most never come there: a NaN that goes into the next addition only makes another one, and a
 * comparison sees that it is one. So a sum in a loop is left alone, and what is stored behind the
 * loop is not. A value is followed over the stack and through locals that hold nothing but results
 * of arithmetic; at calls, branches and ends of blocks everything counts as looked at. What was
 * loaded or passed in keeps its bits.
 */
import { Bytes } from '../bytes.ts';
import type { Arity } from './core-module.ts';
import { type FloatEffect, floatEffectOf, type Shape, shape } from './float-effects.ts';
import type { FunctionBody } from './function-scan.ts';
import { InstructionWalk, instructionsOf } from './instruction-walk.ts';
import { op } from './opcodes.ts';

/** Where a NaN has to get its canonical bits: in front of this instruction, on top of the stack. */
export interface NanSite {
	readonly at: number;
	readonly shape: Shape;
}

interface Kind {
	readonly shape: Shape;
	/** Whether it may hold a NaN of unknown bits. */
	readonly isOpen: boolean;
}

interface Value {
	readonly shape: Shape;
	isOpen: boolean;
	/** The instruction behind the one that made it; -1 before that is read. */
	at: number;
}

/** A value whose bits all count. */
const bits = undefined;

/** What the locals of a function hold, whenever they are read. */
type Locals = ReadonlyMap<number, Kind | undefined>;

/** What the code of a module refers to. */
export interface Arities {
	/** Of types, by index. */
	readonly types: readonly Arity[];
	/** Of functions, by index. */
	readonly arities: readonly Arity[];
}

/** @param parameters of the function: what is passed in is looked at as it is */
export function nanSites(body: FunctionBody, parameters: number, arities: Arities): NanSite[] {
	if (!instructionsOf(body).mayMakeNan) return [];
	const first = new Walk(arities, new Map());
	first.walk(body, parameters);
	if (!first.makesNan) return [];
	const second = new Walk(arities, first.locals);
	second.walk(body, parameters);
	return second.sites;
}

const none: Arity = { parameters: 0, results: 0 };
const emptyBlock = 0x40;
const firstValueType = 0x41;
const firstIndexBits = 0x80;

class Walk {
	readonly sites: NanSite[] = [];
	readonly locals = new Map<number, Kind | undefined>();
	makesNan = false;
	readonly #arities: Arities;
	readonly #known: Locals;
	/** The top of the operands of the innermost block; below it, every bit counts. */
	#stack: (Value | undefined)[] = [];
	/** The same of the blocks around it, with the number of results of the one inside. */
	readonly #around: { readonly stack: (Value | undefined)[]; readonly results: number }[] = [];

	constructor(arities: Arities, known: Locals) {
		this.#arities = arities;
		this.#known = known;
	}

	walk(body: FunctionBody, parameters: number): void {
		const { bytes } = body;
		const reader = new InstructionWalk(body);
		const { types, arities } = this.#arities;
		while (reader.read()) {
			const { opcode, index, at } = reader;
			const top = this.#stack.at(-1);
			if (top?.at === -1) top.at = at;
			switch (opcode) {
				case op.block:
				case op.loop:
				case op.if:
					if (opcode === op.if) this.#take(1);
					this.#open(this.#blockArity(bytes, at + 1));
					break;
				case op.end:
					this.#close();
					break;
				case op.call:
					this.#call(arities[index] ?? none);
					break;
				case op.callIndirect:
					this.#take(1);
					this.#call(types[index] ?? none);
					break;
				case op.localGet: {
					const local = this.#known.get(index);
					this.#stack.push(local === undefined ? bits : { ...local, at: -1 });
					break;
				}
				case op.localSet:
				case op.localTee: {
					const value = this.#stack.pop();
					if (index >= parameters) this.#note(index, value);
					if (this.#known.get(index) === undefined) this.#look(value);
					if (opcode === op.localTee) this.#stack.push(value);
					break;
				}
				case op.drop:
					this.#stack.pop();
					break;
				case op.select:
					this.#select();
					break;
				case op.f32Const:
				case op.f64Const:
				case op.v128Const:
					this.#stack.push(constant(opcode, bytes, at));
					break;
				default:
					this.#apply(floatEffectOf(opcode));
			}
		}
	}

	/** Where nothing is known of an instruction, as of branches, it may look at all there is. */
	#apply(effect: FloatEffect | undefined): void {
		if (effect === undefined) {
			this.#takeAll();
			return;
		}
		const { pops, blindTo, gives, makesNan = false } = effect;
		this.#take(pops, blindTo);
		this.makesNan ||= makesNan;
		if (gives !== 'nothing')
			this.#stack.push(gives === 'bits' ? bits : { shape: gives, at: -1, isOpen: makesNan });
	}

	#take(count: number, blindTo?: Shape): void {
		for (let left = count; left > 0; left--) {
			const value = this.#stack.pop();
			if (value?.shape !== blindTo) this.#look(value);
		}
	}

	#takeAll(): void {
		for (const value of this.#stack) this.#look(value);
		this.#stack.length = 0;
	}

	#call({ parameters, results }: Arity): void {
		this.#take(parameters);
		this.#put(results);
	}

	/** What is on the stack outside of a block stays untouched in it, except for its parameters. */
	#open({ parameters, results }: Arity): void {
		this.#take(parameters);
		this.#around.push({ stack: this.#stack, results });
		this.#stack = [];
	}

	#close(): void {
		this.#takeAll();
		const outer = this.#around.pop();
		if (outer === undefined) return;
		this.#stack = outer.stack;
		this.#put(outer.results);
	}

	#put(count: number): void {
		for (let left = count; left > 0; left--) this.#stack.push(bits);
	}

	#blockArity(bytes: Uint8Array, at: number): Arity {
		const first = bytes[at] ?? emptyBlock;
		if (first === emptyBlock) return none;
		if (first >= firstValueType && first < firstIndexBits) return { parameters: 0, results: 1 };
		return this.#arities.types[new Bytes(bytes.subarray(at)).u32()] ?? none;
	}

	#look(value: Value | undefined): void {
		if (value?.isOpen !== true) return;
		value.isOpen = false;
		this.sites.push({ at: value.at, shape: value.shape });
	}

	/** One of two of the same kind is of that kind. */
	#select(): void {
		const stack = this.#stack;
		stack.pop();
		const [b, a] = [stack.pop(), stack.pop()];
		if (a !== bits && a.shape === b?.shape) {
			stack.push({ shape: a.shape, at: -1, isOpen: a.isOpen || b.isOpen });
			return;
		}
		this.#look(a);
		this.#look(b);
		stack.push(bits);
	}

	#note(index: number, value: Value | undefined): void {
		if (!this.locals.has(index)) {
			this.locals.set(index, value && { shape: value.shape, isOpen: value.isOpen });
			return;
		}
		const before = this.locals.get(index);
		this.locals.set(index, before && value && merged(before, value));
	}
}

function merged(a: Kind, b: Kind): Kind | undefined {
	const isOpen = a.isOpen || b.isOpen;
	if (a.shape === b.shape || b.shape === shape.anyLanes) return { shape: a.shape, isOpen };
	return a.shape === shape.anyLanes ? { shape: b.shape, isOpen } : undefined;
}

/** A constant that is no NaN is like a result that is none. */
function constant(opcode: number, bytes: Uint8Array, at: number): Value | undefined {
	const view = new DataView(bytes.buffer, bytes.byteOffset + at);
	if (opcode === op.f32Const)
		return Number.isNaN(view.getFloat32(1, true)) ? bits : { shape: shape.f32, at: -1, isOpen: false };
	if (opcode === op.f64Const)
		return Number.isNaN(view.getFloat64(1, true)) ? bits : { shape: shape.f64, at: -1, isOpen: false };
	// The opcode behind the prefix may be written with more bytes than it needs.
	const from = at + 1 + bytes.subarray(at + 1).findIndex((byte) => byte < 0x80);
	const lanes = new DataView(bytes.buffer, bytes.byteOffset + from + 1, 16);
	const holdsNan =
		[0, 4, 8, 12].some((lane) => Number.isNaN(lanes.getFloat32(lane, true))) ||
		[0, 8].some((lane) => Number.isNaN(lanes.getFloat64(lane, true)));
	return holdsNan ? bits : { shape: shape.anyLanes, at: -1, isOpen: false };
}
