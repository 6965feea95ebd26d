/** Puts the checks into the code of one function and says where the branch of each has come to stand. */
import type { Check } from './charge.ts';
import type { Exchanges } from './fuel-in-local.ts';
import type { FunctionBody, Kept } from './function-scan.ts';
import { concat, signed, unsigned } from './leb.ts';
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
	/** Index of the global that holds the fuel. */
	readonly global: number;
	/** Where the function lies that is called when it is used up: the first of a table. Undefined where the call ends. */
	readonly gate: { readonly type: number; readonly table: number } | undefined;
	/** Parameters of the function. */
	readonly parameters: number;
}

const i32 = 0x7f;
const emptyBlock = 0x40;
/** Bytes or entries that one unit of fuel pays for, as a power of two. */
const bulkPerUnit = 5;

interface Insertion {
	readonly at: number;
	/** Which comes first of those in front of one instruction. */
	readonly rank: number;
	readonly code: readonly number[];
	/** Where in `code` the branch of a check begins. */
	readonly branch?: number;
}

export function rewriteFunction(body: FunctionBody, rewriting: Rewriting): RewrittenFunction {
	const { checks, exchanges, global, gate, parameters } = rewriting;
	if (checks.length === 0) return { bytes: body.bytes, branchesAt: [], kept: [{ from: 0, to: 0 }] };
	const code = new CheckCode({
		global,
		gate,
		local: parameters + body.locals,
		isLocal: exchanges !== undefined,
	});
	const insertions: Insertion[] = checks.map(({ at, units }) => ({ at, rank: 1, ...code.check(units) }));
	// The first check of a function that counts in a local fetches the fuel.
	if (exchanges !== undefined) {
		insertions.push(
			{ at: body.codeAt, rank: 0, code: code.read },
			...exchanges.readAt.map((at) => ({ at, rank: 0, code: code.read })),
			...exchanges.writeAt.map((at) => ({ at, rank: 2, code: code.write })),
		);
	}
	return insert(body, insertions);
}

function insert(
	{ bytes, groups, groupsAt, codeAt }: FunctionBody,
	insertions: Insertion[],
): RewrittenFunction {
	const parts: (Uint8Array | readonly number[])[] = [];
	const branchesAt: number[] = [];
	const kept: Kept[] = [];
	let length = 0;
	const put = (part: Uint8Array | readonly number[]): void => {
		parts.push(part);
		length += part.length;
	};
	const keep = (from: number, end: number): void => {
		kept.push({ from, to: length });
		put(bytes.subarray(from, end));
	};
	put(unsigned(groups + 1));
	put(bytes.subarray(groupsAt, codeAt));
	put([...unsigned(2), i32]);
	let copied = codeAt;
	for (const { at, code, branch } of insertions.sort((a, b) => a.at - b.at || a.rank - b.rank)) {
		keep(copied, at);
		copied = at;
		if (branch !== undefined) branchesAt.push(length + branch);
		put(code);
	}
	keep(copied, bytes.length);
	return { bytes: concat(parts), branchesAt, kept };
}

/** The instructions of the checks of one function, which has two locals for them: fuel, and a length. */
class CheckCode {
	readonly read: readonly number[];
	readonly write: readonly number[];
	readonly #isLocal: boolean;
	readonly #fuel: readonly number[];
	readonly #length: readonly number[];
	readonly #pass: readonly number[];

	constructor({
		global,
		gate,
		local,
		isLocal,
	}: Pick<Rewriting, 'global' | 'gate'> & { local: number; isLocal: boolean }) {
		this.#isLocal = isLocal;
		this.#fuel = unsigned(local);
		this.#length = unsigned(local + 1);
		this.read = [op.globalGet, ...unsigned(global), op.localSet, ...this.#fuel];
		this.write = [op.localGet, ...this.#fuel, op.globalSet, ...unsigned(global)];
		this.#pass =
			gate === undefined
				? [op.unreachable]
				: [op.i32Const, 0, op.callIndirect, ...unsigned(gate.type), ...unsigned(gate.table)];
	}

	/** @param units undefined where the number on top of the stack is charged and left there */
	check(units: number | undefined): { code: readonly number[]; branch: number } {
		const isBulk = units === undefined;
		const amount = isBulk
			? [op.localGet, ...this.#length, op.i32Const, bulkPerUnit, op.i32ShrU]
			: [op.i32Const, ...signed(units)];
		const charge = [
			...(isBulk ? [op.localSet, ...this.#length] : []),
			...(this.#isLocal ? [] : this.read),
			op.localGet,
			...this.#fuel,
			...amount,
			op.i32Sub,
			op.localSet,
			...this.#fuel,
			...(this.#isLocal ? [] : this.write),
			op.localGet,
			...this.#fuel,
			op.i32Const,
			0,
			op.i32LtS,
		];
		const refill = [
			op.if,
			emptyBlock,
			...(this.#isLocal ? this.write : []),
			...this.#pass,
			...(this.#isLocal ? this.read : []),
			op.end,
			...(isBulk ? [op.localGet, ...this.#length] : []),
		];
		return { code: [...charge, ...refill], branch: charge.length };
	}
}
