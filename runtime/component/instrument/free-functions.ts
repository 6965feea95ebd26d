/**
 * Decides which functions need no check at their entry.
 *
 * A check at every getter would cost more than the getter. A function is free of one when it has no
 * loop, no indirect call and nothing that moves memory, is small with everything free that it calls, and closes no circle of
 * calls: then every circle has a check on it, and what runs between two checks stays small.
 */
import type { ScannedFunction } from './function-scan.ts';

/** The most that a free function may weigh, with those free ones that it calls. */
export const mostFreeWeight = 96;

export interface CallWeights {
	/** Whether a defined function needs no check, by its place among the defined ones. */
	readonly isFree: (place: number) => boolean;
	/** Whether a call to the function of this index can use fuel: by checks, its own or of those it calls, or by what the host charges. */
	readonly usesFuel: (index: number) => boolean;
	/** What a call to the function of this index adds to its caller, beside the call itself. */
	readonly of: (index: number) => number;
}

/** @param imported functions in front of the defined ones in the index space */
export function freeFunctions(functions: readonly ScannedFunction[], imported: number): CallWeights {
	/** Weight of a free function; 0 of one with a check, which charges for itself; -1 before it is known. */
	const weights = new Int32Array(functions.length).fill(-1);
	const free = new Uint8Array(functions.length);
	/** Whether a free function can come to somebody who is not. */
	const leads = new Uint8Array(functions.length);
	const unknownCallees = new Int32Array(functions.length);
	const callers = functions.map((): number[] => []);
	const settled: number[] = [];

	// The host charges for what it does itself.
	const of = (index: number): number => (index < imported ? 0 : (weights[index - imported] ?? 0));
	const usesFuel = (index: number): boolean => free[index - imported] !== 1 || leads[index - imported] === 1;
	const settle = (place: number, weight: number): void => {
		free[place] = weight > 0 && weight <= mostFreeWeight ? 1 : 0;
		weights[place] = free[place] === 1 ? weight : 0;
		leads[place] = (functions[place] as ScannedFunction).regions[0].calls.some(usesFuel) ? 1 : 0;
		settled.push(place);
	};
	const spread = (): void => {
		for (let place = settled.pop(); place !== undefined; place = settled.pop())
			for (const caller of callers[place] ?? []) {
				unknownCallees[caller] = (unknownCallees[caller] ?? 0) - 1;
				if (unknownCallees[caller] === 0 && weights[caller] === -1) settle(caller, withCallees(caller));
			}
	};
	const withCallees = (place: number): number => {
		const [{ weight, calls }] = (functions[place] as ScannedFunction).regions;
		return calls.reduce((sum, call) => sum + of(call), Math.max(weight, 1));
	};

	for (const [place, { regions, bulkAt }] of functions.entries()) {
		const [{ weight, calls, callsIndirectly }] = regions;
		if (callsIndirectly || regions.length > 1 || bulkAt.length > 0 || weight > mostFreeWeight) {
			settle(place, 0);
			continue;
		}
		for (const call of calls) {
			const callee = callers[call - imported];
			if (callee === undefined) continue;
			callee.push(place);
			unknownCallees[place] = (unknownCallees[place] ?? 0) + 1;
		}
		if (unknownCallees[place] === 0) settle(place, withCallees(place));
	}
	spread();
	// What is left calls in a circle, or calls who does: the heaviest bears a check best.
	const heaviest = [...functions.keys()]
		.filter((place) => weights[place] === -1)
		.sort((a, b) => weightAt(functions, b) - weightAt(functions, a));
	for (const place of heaviest) {
		if (weights[place] !== -1) continue;
		settle(place, 0);
		spread();
	}
	return {
		isFree: (place) => free[place] === 1,
		usesFuel,
		of,
	};
}

function weightAt(functions: readonly ScannedFunction[], place: number): number {
	return functions[place]?.regions[0].weight ?? 0;
}
