/** How much fuel a piece of code is charged, and where beside heads and entries it is checked again. */
import { ComponentError } from '../error.ts';
import type { CallWeights } from './free-functions.ts';
import type { FunctionBody, Region, ScannedFunction } from './function-scan.ts';
import { InstructionReader } from './instruction-reader.ts';
import { lateChecks, mostBefore } from './late-checks.ts';
import { op, weightOf } from './opcodes.ts';

/** Plain instructions that one unit of fuel pays for. */
export const instructionsPerUnit = 8;
/** The most that one check pays for; behind so much another one follows. */
export const mostWeightPerCheck = 256;

export interface Check {
	/** The instruction that it stands in front of, in bytes from the beginning of the body. */
	readonly at: number;
	/** Units of fuel; none where the number on top of the stack is charged. */
	readonly units: number | undefined;
}

/** The checks of one function that is not free of them. */
export function checksOf(body: FunctionBody, scanned: ScannedFunction, weights: CallWeights): Check[] {
	const total = ({ weight, calls }: Region): number =>
		calls.reduce((sum, call) => sum + weights.of(call), weight);
	const isLong = scanned.regions.some((region) => total(region) > mostWeightPerCheck);
	const late = isLong || scanned.regions.length > 1 ? undefined : lateChecks(body, weights);
	const [whole, ...loops] = scanned.regions;
	// Then the heads of its loops stand in front of every call that can come back to it.
	const isEntryFree =
		loops.length > 0 &&
		scanned.bulkAt.length === 0 &&
		total(whole) <= mostBefore &&
		!whole.callsIndirectly &&
		!whole.calls.some(weights.usesFuel);
	const checks: Check[] =
		late === undefined
			? (isEntryFree ? loops : scanned.regions).map((region) => ({
					at: region.at,
					units: unitsFor(total(region)),
				}))
			: late.map((at) => ({ at, units: unitsFor(total(scanned.regions[0])) }));
	if (isLong)
		for (const at of longWays(body, weights)) checks.push({ at, units: unitsFor(mostWeightPerCheck) });
	for (const at of scanned.bulkAt) checks.push({ at, units: undefined });
	return checks;
}

/** The check itself is paid by the one. */
function unitsFor(weight: number): number {
	return 1 + Math.floor(Math.min(weight, mostWeightPerCheck) / instructionsPerUnit);
}

interface Block {
	readonly isLoop: boolean;
	/** The region around a loop goes on behind it as far as it was. */
	readonly outside: number;
	/** The longest way to a branch that leaves for the end of this block. */
	atEnd: number;
	/** Of an `if`: the way that goes past what is inside. */
	readonly atElse: number;
}

/** No way leads here. */
const nowhere = Number.NEGATIVE_INFINITY;

/**
 * Where another check belongs because the longest way from the one before is used up.
 *
 * Branches go forwards, or to the head of a loop where a check stands; so one pass that keeps the
 * longest way to every label knows them all.
 */
function longWays({ bytes, codeAt }: FunctionBody, weights: CallWeights): number[] {
	const reader = new InstructionReader(bytes, codeAt);
	const found: number[] = [];
	const blocks: Block[] = [{ isLoop: false, outside: 0, atEnd: nowhere, atElse: nowhere }];
	/** Depths of the loops among them. */
	const loops: number[] = [];
	let way = 0;
	const branch = (label: number): void => {
		const target = blocks[blocks.length - 1 - label];
		if (target === undefined || target.isLoop) return;
		// Leaving loops: the region of the target has gone no further than the outermost of them.
		const left = outermostFrom(loops, blocks.length - label);
		const atTarget = left === undefined || way === nowhere ? way : (blocks[left] as Block).outside;
		target.atEnd = Math.max(target.atEnd, atTarget);
	};
	while (reader.read()) {
		const { opcode } = reader;
		if (way > mostWeightPerCheck - weightOf(opcode) && opcode !== op.else && opcode !== op.end) {
			found.push(reader.at);
			way = 0;
		}
		way += weightOf(opcode);
		switch (opcode) {
			case op.block:
				blocks.push({ isLoop: false, outside: way, atEnd: nowhere, atElse: nowhere });
				break;
			case op.if:
				blocks.push({ isLoop: false, outside: way, atEnd: nowhere, atElse: way });
				break;
			case op.loop:
				loops.push(blocks.length);
				blocks.push({ isLoop: true, outside: way, atEnd: nowhere, atElse: nowhere });
				if (way !== nowhere) way = 0;
				break;
			case op.else: {
				const block = blocks.pop();
				if (block === undefined)
					throw new ComponentError('not-a-component', 'the core module has an else that belongs to no if');
				blocks.push({ ...block, atEnd: Math.max(block.atEnd, way), atElse: nowhere });
				way = block.atElse;
				break;
			}
			case op.end: {
				const block = blocks.pop();
				if (block === undefined) break;
				if (block.isLoop) {
					loops.pop();
					way = way === nowhere ? nowhere : block.outside;
				} else way = Math.max(way, block.atEnd, block.atElse);
				break;
			}
			case op.br:
				branch(reader.index);
				way = nowhere;
				break;
			case op.brIf:
				branch(reader.index);
				break;
			case op.brTable:
				for (const label of reader.labels) branch(label);
				way = nowhere;
				break;
			case op.call:
				way += weights.of(reader.index);
				break;
			case op.return:
			case op.unreachable:
			case op.returnCall:
			case op.returnCallIndirect:
				way = nowhere;
				break;
		}
	}
	return found;
}

/** The first of the rising depths that is no less; a table of labels may ask for as many as there are blocks. */
function outermostFrom(depths: readonly number[], least: number): number | undefined {
	let [from, to] = [0, depths.length];
	while (from < to) {
		const middle = (from + to) >>> 1;
		if ((depths[middle] as number) < least) from = middle + 1;
		else to = middle;
	}
	return depths[from];
}
