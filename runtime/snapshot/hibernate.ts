/** Puts a VM to sleep as a few kilobytes that hold everything of it, and finds it again in them. */
import type { GuestState } from '../component/guest-state.ts';
import type { Packing } from './packing.ts';
import { type Moment, Recorder, type RecorderOptions } from './recorder.ts';
import { packSnapshot, type ReadOptions, readSnapshot, type Snapshot } from './snapshot.ts';

export interface HibernateOptions extends Pick<RecorderOptions, 'origin' | 'digester'>, Moment {
	readonly packing: Packing;
	/** What the memory of its module holds at first, say. Where it is given, it is needed to wake it. */
	readonly dictionary?: Uint8Array | undefined;
}

/** A packed base, which may as well be kept on disk. @throws StateError `not-capturable` */
export function hibernate(
	state: GuestState,
	{ origin, digester, packing, dictionary, ...moment }: HibernateOptions,
): Uint8Array {
	const bytes = new Recorder({ origin, digester }).record(state, moment);
	return packSnapshot(bytes, { packing, digester, dictionary });
}

/** The `image` is what `linkService` goes on from. @throws SnapshotError */
export function wake(bytes: Uint8Array, options: ReadOptions): Snapshot {
	return readSnapshot(bytes, options);
}
