/**
 * Where the entry check of a function without loops can wait: for the first call on each way.
 *
 * A function that looks at its argument and returns, as half of all recursive calls do, then pays
 * nothing. What it does before is as little as what a free function may do.
 */
import type { CallWeights } from './free-functions.ts';
import type { FunctionBody } from './function-scan.ts';
import { InstructionWalk } from './instruction-walk.ts';
import { op, weightOf } from './opcodes.ts';

/** The most that may be done before the first check of a function. */
export const mostBefore = 32;

/** Instead of how far a way has gone: it does not lead here, or has been checked. A longer way counts at a label. */
const nowhere = -2;
const checked = -1;

/** Undefined where it cannot wait. */
export function lateChecks(body: FunctionBody, weights: CallWeights): number[] | undefined {
	const reader = new InstructionWalk(body);
	const found: number[] = [];
	const blocks = [{ atEnd: nowhere, atElse: nowhere }];
	let way = 0;
	const branch = (label: number): void => {
		const target = blocks.at(-1 - label);
		if (target !== undefined) target.atEnd = Math.max(target.atEnd, way);
	};
	while (reader.read()) {
		const { opcode, index } = reader;
		const isDirect = opcode === op.call || opcode === op.returnCall;
		const isIndirect = opcode === op.callIndirect || opcode === op.returnCallIndirect;
		if (way >= 0 && (isIndirect || (isDirect && weights.usesFuel(index)))) {
			found.push(reader.at);
			way = checked;
		}
		if (way >= 0) way += weightOf(opcode) + (isDirect ? weights.of(index) : 0);
		if (way > mostBefore) return undefined;
		switch (opcode) {
			case op.block:
				blocks.push({ atEnd: nowhere, atElse: nowhere });
				break;
			case op.if:
				blocks.push({ atEnd: nowhere, atElse: way });
				break;
			case op.else: {
				const block = blocks.at(-1);
				if (block === undefined) break;
				block.atEnd = Math.max(block.atEnd, way);
				way = block.atElse;
				block.atElse = nowhere;
				break;
			}
			case op.end: {
				const block = blocks.pop();
				if (block !== undefined) way = Math.max(way, block.atEnd, block.atElse);
				break;
			}
			case op.brIf:
				branch(index);
				break;
			case op.br:
				branch(index);
				way = nowhere;
				break;
			case op.brTable:
				for (const label of reader.labels) branch(label);
				way = nowhere;
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
