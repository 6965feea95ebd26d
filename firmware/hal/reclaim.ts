/**
 * Has the engine look for memory that nobody uses and give it back to the machine, with what of its program nobody runs
 * any more: by itself it looks only once it wants more, and keeps what it finds. Worth it behind what is seldom: a start,
 * or a sleep.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Reclaim } from '../../runtime/vm/reclaim.ts';
import { trimAllocator } from './allocator.ts';
import { releaseProgramPages } from './program-pages.ts';

/** @param gatherMs how long what has become free gathers */
export function reclaimer(gatherMs = 1000): Reclaim {
	let isArmed = false;
	let wasStart = false;
	return (behind) => {
		wasStart ||= behind === 'start';
		if (isArmed) return;
		isArmed = true;
		setTimeout(() => {
			const isBehindStart = wasStart;
			isArmed = false;
			wasStart = false;
			// Any other kind leaves the pages of young objects, and those that became free, with the engine.
			const collected = collect({ type: 'major', execution: 'async', flavor: 'last-resort' });
			void Promise.resolve(collected).then(() => giveBack(isBehindStart));
		}, gatherMs).unref();
	};
}

/** How long after its collection a thread gives back what others may still be collecting, in milliseconds. */
const settlingMs = 500;

function giveBack(isBehindStart: boolean): void {
	setTimeout(() => {
		trimAllocator();
		// Behind a sleep nothing of the program is more idle than before, and the next wake would have to fetch it again.
		if (isBehindStart) releaseProgramPages();
	}, settlingMs).unref();
}

/** Of pieces, between two looks at what has become old: that takes fifty times as long as one at what is young. */
const piecesToAge = 32;

/**
 * To be called for each piece, of a megabyte or so, of something large that is carried through memory. What carried it
 * gathers to tens of megabytes otherwise: few objects hold it, too few to make the engine look.
 */
export function pieceReclaimer(): () => void {
	let pieces = 0;
	return () => {
		pieces = (pieces + 1) % piecesToAge;
		collect({ type: pieces === 0 ? 'major' : 'minor', execution: 'sync' });
	};
}

let found: ((how: object) => unknown) | undefined;

/** Where the engine was not told to show it from the beginning, a context is made that has it, of a megabyte. */
function collect(how: object): unknown {
	found ??= globalThis.gc ?? collectorOfContext();
	return found?.(how);
}

function collectorOfContext(): typeof found {
	setFlagsFromString('--expose-gc');
	return runInNewContext('gc');
}
