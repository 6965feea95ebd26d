/** What a box finds in the boot state when it starts, and what it makes of it. */
import { type BootState, lostReason, otherSlot, type SlotName, startsOfGood } from './boot-state.ts';
import type { BootStateStore } from './boot-state-store.ts';
import type { SlotRecord, SlotRecords } from './slot-records.ts';
import type { UpdateState } from './update-machine.ts';

/**
 * A state of the update, or what became of the other slot: `given-back` is that its trial failed, and
 * `fallen-back` that it was good and did not come up any more.
 */
export type Finding = 'settled' | 'ready' | 'activated' | 'trial' | 'given-back' | 'fallen-back';

export interface Found {
	readonly state: BootState;
	/** The slot that runs. */
	readonly running: SlotName;
	/** Of the other slot. */
	readonly record: Pick<SlotRecord, 'isReady'> | undefined;
}

export function findingOf({ state, running, record }: Found): Finding {
	const other = otherSlot(running);
	const { left, isGood } = state[other];
	if (!state[running].isGood) return 'trial';
	if (state.order[0] === other) {
		if (isGood) return 'fallen-back';
		return left > 0 ? 'activated' : 'given-back';
	}
	return record?.isReady === true && !isGood && left === 0 ? 'ready' : 'settled';
}

export interface StartContext {
	readonly store: BootStateStore;
	readonly records: SlotRecords;
	readonly running: SlotName;
	readonly tries: number;
}

/**
 * Gives a good slot its starts back, notes that one on trial has come this far, and writes down what was
 * given back. Errors: those of the records, `boot-state-not-written`.
 */
export async function settleStart({ store, records, running, tries }: StartContext): Promise<UpdateState> {
	const other = otherSlot(running);
	const record = await records.read(other);
	const { state } = store;
	const finding = findingOf({ state, running, record });
	if (finding === 'trial') {
		if (state.reason !== lostReason) await store.change(() => ({ reason: 'started' }));
		return 'trial';
	}
	const ownStarts = { [running]: { left: startsOfGood, isGood: true } };
	if (finding !== 'given-back' && finding !== 'fallen-back') {
		await store.change(() => ownStarts);
		return finding;
	}
	const isGivenBack = finding === 'given-back';
	const ran = await records.ran(other);
	// The boot state comes last: should the power go before, all of it is written once more.
	await records.writeFailed({
		slot: other,
		version: record?.version ?? ran?.version,
		release: record?.release ?? ran?.release,
		tries: isGivenBack ? (record?.tries ?? tries) : startsOfGood - 1,
		reason: isGivenBack && state.reason !== '' ? state.reason : 'not-started',
		isReported: false,
	});
	if (record !== undefined) await records.write(other, { ...record, isReady: false });
	if (ran !== undefined && isGivenBack) await records.writeRan(other, { ...ran, isGood: false });
	await store.change(() => ({ ...ownStarts, order: [running, other], reason: '' }));
	return 'settled';
}
