/** Which slot the next boot tries: the one write that gives the other one to the boot loader, and the one that takes it back. */
import { otherSlot, type SlotName, startsOfGood } from './boot-state.ts';
import type { BootStateStore } from './boot-state-store.ts';
import { problemsNow } from './health-window.ts';
import type { SlotRecord, SlotRecords } from './slot-records.ts';
import { isWhole } from './slot-writer.ts';
import { UpdateError } from './update-error.ts';
import { partitions } from './update-manifest.ts';
import type { UpdaterOptions } from './updater-options.ts';

export interface NextSlot extends Pick<UpdaterOptions, 'health' | 'clock' | 'slots'> {
	readonly running: SlotName;
	readonly store: BootStateStore;
	readonly records: SlotRecords;
	/** Starts that it gets. */
	readonly tries: number;
}

/**
 * Has the next boot try the other slot. What was good once may be older than the floor: the box has run it,
 * and only what comes from outside is held against that. Errors: `nothing-installed`, `downgrade-refused`,
 * `boot-state-not-written`, those of the records.
 *
 * @param isVerified it was read back whole already
 */
export async function giveStarts(next: NextSlot, isVerified: boolean): Promise<void> {
	const { store, records, running, tries } = next;
	const other = otherSlot(running);
	const record = await records.read(other);
	const isGood = await wasGood(next);
	if (!isGood) await requireReady(next, { record, isVerified });
	const before = await problemsNow(next);
	if (record !== undefined) await records.write(other, { ...record, before, tries });
	await store.change(() => ({
		order: [other, running],
		[other]: { left: tries, isGood: false },
		reason: 'not-started',
	}));
}

/** Has the next boot start what runs. Returns whether the other slot is good once more. Errors: `boot-state-not-written`. */
export async function takeBack(next: NextSlot): Promise<boolean> {
	const { store, records, running } = next;
	const other = otherSlot(running);
	const isGood = (await records.ran(other))?.isGood === true;
	await store.change(() => ({
		order: [running, other],
		[other]: isGood ? { left: startsOfGood, isGood } : { left: 0, isGood },
		reason: '',
	}));
	return isGood;
}

/** The other slot was found good, and has not been written or given back since. */
export async function wasGood({ store, records, running }: NextSlot): Promise<boolean> {
	const other = otherSlot(running);
	return store.state[other].isGood || (await records.ran(other))?.isGood === true;
}

async function requireReady(
	{ store, records, running, slots }: NextSlot,
	{ record, isVerified }: { readonly record: SlotRecord | undefined; readonly isVerified: boolean },
): Promise<void> {
	const other = otherSlot(running);
	if (record?.isReady !== true) throw new UpdateError('nothing-installed', `slot ${other} has no update`);
	requireFloor(record, store.state.floor);
	for (const partition of isVerified ? [] : partitions) {
		if (await isWhole(slots[other][partition], record.parts[partition])) continue;
		await records.write(other, { ...record, isReady: false });
		throw new UpdateError('nothing-installed', `${partition}-${other} is not what was written there`);
	}
}

/** @throws UpdateError `downgrade-refused` */
export function requireFloor(
	{ release, version }: Pick<SlotRecord, 'release' | 'version'>,
	floor: number,
): void {
	if (release >= floor) return;
	const message = `${version} is release ${release}, and this box takes none before ${floor}`;
	throw new UpdateError('downgrade-refused', message);
}
