/**
 * Where a function that counts its fuel in a local has to exchange it with the global.
 *
 * A tight loop is hardly slower for a register that is counted down, but much for a word in memory.
 * The global must be right whenever somebody else may look at it: in calls, and after the function.
 */
import type { CallWeights } from './free-functions.ts';
import type { FunctionBody, ScannedFunction } from './function-scan.ts';
import { InstructionWalk } from './instruction-walk.ts';
import { op } from './opcodes.ts';

export interface Exchanges {
	/** Instructions in front of which the local goes to the global. */
	readonly writeAt: readonly number[];
	/** Instructions in front of which the global comes back to the local. */
	readonly readAt: readonly number[];
}

/** Whether one of its loops calls nobody who uses fuel: then it is worth it. */
export function isWorthLocal({ regions: [, ...loops] }: ScannedFunction, weights: CallWeights): boolean {
	return loops.some((loop) => !loop.callsIndirectly && !loop.calls.some(weights.usesFuel));
}

export function exchangesOf(body: FunctionBody, weights: CallWeights): Exchanges {
	const reader = new InstructionWalk(body);
	const writeAt: number[] = [];
	const readAt: number[] = [];
	let depth = 0;
	let wasCall = false;
	while (reader.read()) {
		const { opcode, at, index, labels } = reader;
		if (wasCall && opcode !== op.unreachable) readAt.push(at);
		wasCall = opcode === op.callIndirect || (opcode === op.call && weights.usesFuel(index));
		let leaves = false;
		switch (opcode) {
			case op.block:
			case op.loop:
			case op.if:
				depth++;
				break;
			case op.end:
				leaves = depth-- === 0;
				break;
			case op.br:
			case op.brIf:
				leaves = index === depth;
				break;
			case op.brTable:
				leaves = labels.includes(depth);
				break;
			case op.return:
			case op.returnCall:
			case op.returnCallIndirect:
				leaves = true;
				break;
		}
		if (wasCall || leaves) writeAt.push(at);
	}
	return { writeAt, readAt };
}
