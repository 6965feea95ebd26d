/** Puts the checks into the code of one function and says where the branch of each has come to stand. */
import type { Check } from './charge.ts';
import type { Exchanges } from './fuel-in-local.ts';
import type { FunctionBody, Kept } from './function-scan.ts';
import { copyBytes, copyNumbers, signed, unsigned } from './leb.ts';
import { op } from './opcodes.ts';

export interface RewrittenFunction {
	readonly bytes: Uint8Array;
	/** Where the branches of checks begin, in bytes from the beginning of the body. */
	readonly branchesAt: readonly number[];
	/** What was kept of the body, in order: where it was, and where it is now. */
	readonly kept: readonly Kept[];
}

export interface Rewriting {
	readonly checks: readonly Check[];
	/** Where the function counts in a local; undefined where it counts in the global. */
	readonly exchanges: Exchanges | undefined;
	/** Of the module. */
	readonly codes: CheckCodes;
	/** Parameters of the function. */
	readonly parameters: number;
}

export interface CheckTargets {
	/** Index of the global that holds the fuel. */
	readonly global: number;
	/** Where the function lies that is called when it is used up: the first of a table. Undefined where the call ends. */
	readonly gate: { readonly type: number; readonly table: number } | undefined;
}

/** The code of checks, made once for all functions with as many locals. */
export class CheckCodes {
	readonly #targets: CheckTargets;
	readonly #inGlobal: CheckCode[] = [];
	readonly #inLocal: CheckCode[] = [];

	constructor(targets: CheckTargets) {
		this.#targets = targets;
	}

	/** @param local the first of the two for the checks */
	of(local: number, isLocal: boolean): CheckCode {
		const made = isLocal ? this.#inLocal : this.#inGlobal;
		made[local] ??= new CheckCode({ ...this.#targets, local, isLocal });
		return made[local];
	}
}

const i32 = 0x7f;
const emptyBlock = 0x40;
/** One more group: two for the checks. */
const checkLocals = [2, i32];
/** Bytes or entries that one unit of fuel pays for, as a power of two. */
const bulkPerUnit = 5;

interface Insertion {
	readonly at: number;
	/** Which comes first of those in front of one instruction. */
	readonly rank: number;
	readonly code: readonly number[];
	/** Where in `code` the branch of a check begins; -1 where it is none. */
	readonly branch: number;
}

export function rewriteFunction(body: FunctionBody, rewriting: Rewriting): RewrittenFunction {
	const { checks, exchanges, codes, parameters } = rewriting;
	if (checks.length === 0)
		return { bytes: body.bytes, branchesAt: [], kept: [{ from: 0, end: body.bytes.length, to: 0 }] };
	const code = codes.of(parameters + body.locals, exchanges !== undefined);
	const insertions: Insertion[] = [];
	for (const { at, units } of checks) {
		const check = code.check(units);
		insertions.push({ at, rank: 1, code: check.code, branch: check.branch });
	}
	// The first check of a function that counts in a local fetches the fuel.
	if (exchanges !== undefined) {
		insertions.push({ at: body.codeAt, rank: 0, code: code.read, branch: -1 });
		for (const at of exchanges.readAt) insertions.push({ at, rank: 0, code: code.read, branch: -1 });
		for (const at of exchanges.writeAt) insertions.push({ at, rank: 2, code: code.write, branch: -1 });
	}
	if (insertions.length > 1) insertions.sort((a, b) => a.at - b.at || a.rank - b.rank);
	return insert(body, insertions);
}

/** @param insertions in order */
function insert(
	{ bytes, groups, groupsAt, codeAt }: FunctionBody,
	insertions: readonly Insertion[],
): RewrittenFunction {
	const branchesAt: number[] = [];
	const kept: Kept[] = [];
	const declared = unsigned(groups + 1);
	let length = declared.length + bytes.length - groupsAt + checkLocals.length;
	for (const { code } of insertions) length += code.length;
	const whole = new Uint8Array(length);
	copyNumbers(whole, 0, declared);
	let to = declared.length;
	let copied = groupsAt;
	const copy = (end: number): void => {
		copyBytes(whole, to, bytes, { from: copied, end });
		to += end - copied;
		copied = end;
	};
	copy(codeAt);
	copyNumbers(whole, to, checkLocals);
	to += checkLocals.length;
	for (const { at, code, branch } of insertions) {
		kept.push({ from: copied, end: at, to });
		copy(at);
		if (branch >= 0) branchesAt.push(to + branch);
		copyNumbers(whole, to, code);
		to += code.length;
	}
	kept.push({ from: copied, end: bytes.length, to });
	copy(bytes.length);
	return { bytes: whole, branchesAt, kept };
}

interface CodeOfCheck {
	readonly code: readonly number[];
	readonly branch: number;
}

/** The instructions of checks, which have two locals: fuel, and a length. */
class CheckCode {
	readonly read: readonly number[];
	readonly write: readonly number[];
	readonly #length: readonly number[];
	/** What stands in front of the amount and behind it, up to the branch and from there. */
	readonly #before: readonly number[];
	readonly #charge: readonly number[];
	readonly #refill: readonly number[];

	/** By units; at 0 where the number on top of the stack is charged. */
	readonly #checks: CodeOfCheck[] = [];

	constructor({ global, gate, local, isLocal }: CheckTargets & { local: number; isLocal: boolean }) {
		const fuel = unsigned(local);
		const tank = unsigned(global);
		this.#length = unsigned(local + 1);
		this.read = [op.globalGet, ...tank, op.localSet, ...fuel];
		this.write = [op.localGet, ...fuel, op.globalSet, ...tank];
		const get = [op.localGet, ...fuel];
		const pass =
			gate === undefined
				? [op.unreachable]
				: [op.i32Const, 0, op.callIndirect, ...unsigned(gate.type), ...unsigned(gate.table)];
		const isNegative = [op.i32Const, 0, op.i32LtS];
		this.#before = isLocal ? get : [op.globalGet, ...tank];
		const written = isLocal ? [] : [op.globalSet, ...tank, ...get];
		this.#charge = [op.i32Sub, op.localTee, ...fuel, ...written, ...isNegative];
		this.#refill = [op.if, emptyBlock, ...(isLocal ? [...this.write, ...pass, ...this.read] : pass), op.end];
	}

	/** @param units undefined where the number on top of the stack is charged and left there */
	check(units: number | undefined): CodeOfCheck {
		const place = units ?? 0;
		this.#checks[place] ??= this.#make(units);
		return this.#checks[place];
	}

	#make(units: number | undefined): CodeOfCheck {
		const code: number[] = [];
		if (units === undefined) add(code, [op.localSet, ...this.#length]);
		add(code, this.#before);
		if (units === undefined) add(code, [op.localGet, ...this.#length, op.i32Const, bulkPerUnit, op.i32ShrU]);
		else add(code, [op.i32Const, ...signed(units)]);
		add(code, this.#charge);
		const branch = code.length;
		add(code, this.#refill);
		if (units === undefined) add(code, [op.localGet, ...this.#length]);
		return { code, branch };
	}
}

function add(to: number[], more: readonly number[]): void {
	for (const each of more) to.push(each);
}
