/**
 * Which slot a boot starts, as a pure function: the reference that the boot loader's script is held against.
 *
 * A slot on trial is counted down to 0 and then not started any more. One that was good once is counted
 * down to 1, so that it is passed over for the other while that has starts left, but stays the way back. What
 * runs gives a good slot its starts back.
 */
import { type BootState, otherSlot, type SlotName, type SlotState } from './boot-state.ts';

export interface Choice {
	readonly slot: SlotName;
	/** To be written, if it is not the state there was, before the slot is started. */
	readonly next: BootState;
}

export function chooseSlot(state: BootState): Choice {
	// 1. The first slot in order that has a start to spare.
	const fresh = state.order.find((slot) => hasStarts(state[slot]));
	if (fresh !== undefined) {
		const { left, isGood } = state[fresh];
		return started({ ...state, [fresh]: { left: left - 1, isGood } }, fresh);
	}
	// 2. The first good one in order: nothing is counted any more, and nothing wears out.
	const good = state.order.find((slot) => state[slot].isGood && state[slot].left > 0);
	if (good !== undefined) return good === state.tried ? { slot: good, next: state } : started(state, good);
	// 3. A box with nothing to lose tries both in turn: what is not whole, the signature refuses.
	return started(state, state.tried === undefined ? state.order[0] : otherSlot(state.tried));
}

function hasStarts({ left, isGood }: SlotState): boolean {
	return isGood ? left > 1 : left > 0;
}

function started(state: BootState, slot: SlotName): Choice {
	return { slot, next: { ...state, tried: slot, seq: state.seq + 1 } };
}
