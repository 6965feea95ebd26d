/**
 * Has the engine look for memory that nobody uses and give it back to the machine, with what of its program nobody runs
 * any more: by itself it looks only once it wants more, and keeps what it finds. Worth it behind what is seldom: a start,
 * or a sleep.
 */
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
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

/** What may gather before it is looked for: a look takes a box as long as a megabyte takes through its network. */
const gatheredBytes = 2 * 1_048_576;
/** And what may become old before that is looked for too: it takes fifty times as long as a look at what is young. */
const agedBytes = 8 * 1_048_576;

/**
 * To be called for each piece, of a megabyte or so, of something large that is carried through memory. What carried it
 * gathers to tens of megabytes otherwise: few objects hold it, too few to make the engine look. How much gathers depends
 * on what carries: a patch leaves megabytes behind each piece, answers that are read into the same memory hardly any.
 */
export function pieceReclaimer(): () => void {
	/** In use behind the last look, and behind the last one at what is old. */
	let young = Number.POSITIVE_INFINITY;
	let old = Number.POSITIVE_INFINITY;
	return () => {
		const now = bytesInUse();
		young = Math.min(young, now);
		old = Math.min(old, young);
		if (now - young < gatheredBytes) return;
		collect({ type: 'minor', execution: 'sync' });
		young = bytesInUse();
		if (young - old < agedBytes) return;
		collect({ type: 'major', execution: 'sync' });
		young = bytesInUse();
		old = young;
	};
}

/** Of this thread's engine, with what its objects hold outside of it. */
function bytesInUse(): number {
	const { used_heap_size: inside, external_memory: outside } = getHeapStatistics();
	return inside + outside;
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
