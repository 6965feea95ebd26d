/** What a function does that its checks depend on: its loops, whom it calls, how much it can do between. */
import { type InstructionRoom, type Instructions, InstructionWalk } from './instruction-walk.ts';
import { bulk, dropping, op, tableWriting, weightOf } from './opcodes.ts';

/** Code that runs at most once between two checks of its own: a function, or a loop, without the loops in it. */
export interface Region {
	/** Where its check belongs: the first instruction of the function, or of the loop's body. */
	readonly at: number;
	/** Of all its instructions, in plain ones; those it calls not included. */
	weight: number;
	/** Functions it calls, by index; not those behind whose call it traps: such a call cannot come twice. */
	readonly calls: number[];
	callsIndirectly: boolean;
}

export interface ScannedFunction {
	/** The function itself first, then its loops in the order of their heads. */
	readonly regions: readonly [Region, ...Region[]];
	/** Where instructions begin whose work is the number on top of the stack. */
	readonly bulkAt: readonly number[];
	/** Whether it changes what a table holds. */
	readonly writesTables: boolean;
	/** Whether it drops a segment, which then is gone for the instance. */
	readonly dropsSegments: boolean;
	/** Places where ways part or meet; a table of labels counts as many. */
	readonly branches: number;
}

/** A piece of a body that was kept: where it was, and where it is now. */
export interface Kept {
	readonly from: number;
	/** Where it ended. */
	readonly end: number;
	readonly to: number;
	/** Of a call that was put in where it is made: the call. */
	readonly callAt?: number;
}

export interface FunctionBody {
	/** Locals and instructions. */
	readonly bytes: Uint8Array;
	/** Where the groups of locals begin, behind their count. */
	readonly groupsAt: number;
	readonly groups: number;
	/** Locals without the parameters. */
	readonly locals: number;
	/** Where the instructions begin. */
	readonly codeAt: number;
	/** Where a walk keeps what it has read for the next one; none in a large module, where it would be many times the code. */
	readonly room: InstructionRoom | undefined;
	/** By `instruction-walk.ts`. */
	instructions?: Instructions;
	/** What it was made of, and the pieces of that, in order; undefined as it came. */
	readonly origin?: { readonly body: FunctionBody; readonly kept: readonly Kept[] };
}

/** The engine sets every local to zero at the entry: so many cost what an instruction does. */
const localsPerInstruction = 4;

/** @throws ComponentError `not-a-component`, `instruction-unknown` */
export function scanFunction(body: FunctionBody): ScannedFunction {
	const { locals, codeAt } = body;
	const reader = new InstructionWalk(body);
	const whole = regionAt(codeAt);
	whole.weight = Math.ceil(locals / localsPerInstruction);
	const regions: [Region, ...Region[]] = [whole];
	const bulkAt: number[] = [];
	let writesTables = false;
	let dropsSegments = false;
	/** The loop that a block opened, for its end. */
	const opened: (Region | undefined)[] = [];
	let region = whole;
	let headIsNext = false;
	let before: number = op.end;
	let branches = 0;
	while (reader.read()) {
		const { opcode, at } = reader;
		if (headIsNext) {
			region = regionAt(at);
			regions.push(region);
			headIsNext = false;
		}
		region.weight += weightOf(opcode);
		switch (opcode) {
			case op.loop:
				opened.push(region);
				headIsNext = true;
				branches++;
				break;
			case op.block:
			case op.if:
				opened.push(undefined);
				branches++;
				break;
			case op.br:
			case op.brIf:
				branches++;
				break;
			case op.brTable:
				branches += reader.labels.length;
				break;
			case op.end:
				region = opened.pop() ?? region;
				break;
			case op.call:
			case op.returnCall:
				region.calls.push(reader.index);
				break;
			case op.unreachable:
				if (before === op.call) region.calls.pop();
				break;
			case op.callIndirect:
			case op.returnCallIndirect:
				region.callsIndirectly = true;
				break;
			default:
				// Few have a prefix, and looking in a set takes longer than the rest of it.
				if (opcode <= 0xff) {
					writesTables ||= opcode === op.tableSet;
					break;
				}
				writesTables ||= tableWriting.has(opcode);
				dropsSegments ||= dropping.has(opcode);
				if (bulk.has(opcode)) bulkAt.push(at);
		}
		before = opcode;
	}
	return { regions, bulkAt, branches, writesTables, dropsSegments };
}

function regionAt(at: number): Region {
	return { at, weight: 0, calls: [], callsIndirectly: false };
}
