/**
 * Puts the calls that a small function makes to itself into it, once.
 *
 * Every check counts the same word down, so each waits for the one before: in a function that does little but call
 * itself, nothing else takes as long. With a call and those that it makes in one body, half of them are passed.
 */
import { Bytes } from '../bytes.ts';
import type { FunctionType } from './core-module.ts';
import { type FunctionBody, type Kept, type ScannedFunction, scanFunction } from './function-scan.ts';
import { InstructionWalk } from './instruction-walk.ts';
import { concat, unsigned } from './leb.ts';
import { op } from './opcodes.ts';

/** One that does more is not much slower for its check. */
const mostWeight = 64;
const mostCalls = 4;
/** They are set to zero at each call. */
const mostLocals = 8;

/** Core spec 5.3.1: what a local of each type begins with, as an instruction. */
const zeros: ReadonlyMap<number, readonly number[]> = new Map([
	[0x7f, [op.i32Const, 0]],
	[0x7e, [op.i64Const, 0]],
	[0x7d, [op.f32Const, 0, 0, 0, 0]],
	[0x7c, [op.f64Const, 0, 0, 0, 0, 0, 0, 0, 0]],
]);
const emptyBlock = 0x40;

interface Own {
	/** In the index space of functions. */
	readonly index: number;
	readonly type: FunctionType;
}

export interface SeenFunction {
	readonly body: FunctionBody;
	readonly seen: ScannedFunction;
}

interface Step {
	readonly opcode: number;
	readonly index: number;
	readonly at: number;
	/** Where the next one stands. */
	readonly end: number;
	/** Blocks that are open around it, the function's own not among them. */
	readonly depth: number;
}

/** @returns the function as it is where nothing is gained */
export function withOwnCalls(body: FunctionBody, seen: ScannedFunction, own: Own): SeenFunction {
	const inlined = inlineOwnCalls(body, seen, own);
	return inlined === undefined ? { body, seen } : { body: inlined, seen: scanFunction(inlined) };
}

function inlineOwnCalls(body: FunctionBody, seen: ScannedFunction, own: Own): FunctionBody | undefined {
	const [{ calls, weight }, ...loops] = seen.regions;
	if (!calls.includes(own.index) || loops.length > 0 || seen.bulkAt.length > 0) return undefined;
	if (weight > mostWeight || own.type.parameters + body.locals > mostLocals) return undefined;
	if (own.type.results > 1) return undefined;
	const locals = localTypes(body);
	if (!locals.every((type) => zeros.has(type))) return undefined;
	const steps = stepsOf(body);
	const ownCalls = steps.filter(({ opcode, index }) => opcode === op.call && index === own.index);
	if (ownCalls.length > mostCalls || steps.some(({ opcode }) => leavesByCall(opcode))) return undefined;
	return new Inlining(body, { steps, locals, own }).made();
}

/** What such a call leaves is the whole function, of which there are two in one body. */
function leavesByCall(opcode: number): boolean {
	return opcode === op.returnCall || opcode === op.returnCallIndirect;
}

/** Types of the locals behind the parameters. */
function localTypes({ bytes, groups, groupsAt }: FunctionBody): number[] {
	const declared = new Bytes(bytes.subarray(groupsAt));
	return Array.from({ length: groups }, () => {
		const count = declared.u32();
		return new Array<number>(count).fill(declared.byte());
	}).flat();
}

function stepsOf(body: FunctionBody): Step[] {
	const reader = new InstructionWalk(body);
	const steps: Step[] = [];
	let depth = 0;
	let isMore = reader.read();
	while (isMore) {
		const { opcode, index, at } = reader;
		if (opcode === op.end) depth--;
		isMore = reader.read();
		steps.push({ opcode, index, at, end: isMore ? reader.at : body.bytes.length, depth });
		if (opcode === op.block || opcode === op.if) depth++;
	}
	return steps;
}

class Inlining {
	readonly #body: FunctionBody;
	readonly #own: Own;
	readonly #steps: readonly Step[];
	readonly #locals: readonly number[];
	/** The first local of those that the calls inside share, one after the other. */
	readonly #shift: number;
	readonly #parts: (Uint8Array | readonly number[])[] = [];
	readonly #kept: Kept[] = [];
	#length = 0;

	constructor(
		body: FunctionBody,
		{ steps, locals, own }: { steps: readonly Step[]; locals: number[]; own: Own },
	) {
		this.#body = body;
		this.#own = own;
		this.#steps = steps;
		this.#locals = locals;
		this.#shift = own.type.parameters + body.locals;
	}

	made(): FunctionBody {
		const { bytes, groups, groupsAt, locals, codeAt, room } = this.#body;
		const added = [...this.#own.type.parameterTypes, ...this.#locals];
		const count = unsigned(groups + added.length);
		const groupsEnd = count.length + codeAt - groupsAt + 2 * added.length;
		this.#put(count);
		this.#put(bytes.subarray(groupsAt, codeAt));
		this.#put(added.flatMap((type) => [1, type]));
		for (const step of this.#steps) {
			if (this.#isOwnCall(step)) this.#inline(step);
			else this.#keep(step);
		}
		return {
			bytes: concat(this.#parts),
			groups: groups + added.length,
			groupsAt: count.length,
			locals: locals + added.length,
			codeAt: groupsEnd,
			room,
			origin: { body: this.#body, kept: this.#kept },
		};
	}

	#isOwnCall({ opcode, index }: Step): boolean {
		return opcode === op.call && index === this.#own.index;
	}

	#inline({ at: callAt }: Step): void {
		const { parameters, resultTypes } = this.#own.type;
		for (let place = parameters - 1; place >= 0; place--)
			this.#put([op.localSet, ...unsigned(this.#shift + place)]);
		for (const [place, type] of this.#locals.entries())
			this.#put([...(zeros.get(type) ?? []), op.localSet, ...unsigned(this.#shift + parameters + place)]);
		// Labels stay what they are: the block stands where the function's own label was.
		this.#put([op.block, resultTypes[0] ?? emptyBlock]);
		for (const step of this.#steps) this.#keepInside(step, callAt);
	}

	#keepInside(step: Step, callAt: number): void {
		const { opcode, index, depth } = step;
		if (opcode === op.localGet || opcode === op.localSet || opcode === op.localTee)
			this.#put([opcode, ...unsigned(index + this.#shift)]);
		else if (opcode === op.return) this.#put([op.br, ...unsigned(depth)]);
		else this.#keep(step, callAt);
	}

	#keep({ at, end }: Step, callAt?: number): void {
		const last = this.#kept.at(-1);
		const isNext =
			last !== undefined &&
			last.end === at &&
			last.callAt === callAt &&
			last.to + last.end - last.from === this.#length;
		if (isNext) this.#kept[this.#kept.length - 1] = { ...last, end };
		else this.#kept.push({ from: at, end, to: this.#length, ...(callAt === undefined ? {} : { callAt }) });
		this.#put(this.#body.bytes.subarray(at, end));
	}

	#put(part: Uint8Array | readonly number[]): void {
		this.#parts.push(part);
		this.#length += part.length;
	}
}
