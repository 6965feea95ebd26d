import test from 'ava';
import fc from 'fast-check';
import { bootStates } from './boot-state.fixture.ts';
import { type BootState, otherSlot, type SlotName } from './boot-state.ts';
import { chooseSlot } from './choose-slot.ts';

const settled: BootState = {
	seq: 7,
	order: ['a', 'b'],
	a: { left: 3, isGood: true },
	b: { left: 0, isGood: false },
	floor: 4,
	reason: '',
};

/** The slots that so many boots start, if nothing that runs ever touches the state. */
function starts(state: BootState, count: number): { slots: string; state: BootState } {
	let slots = '';
	for (let boot = 0; boot < count; boot++) {
		const { slot, next } = chooseSlot(state);
		slots += slot;
		state = next;
	}
	return { slots, state };
}

test('a slot on trial is started as often as it has starts, and then the good one again', (t) => {
	const activated: BootState = { ...settled, order: ['b', 'a'], b: { left: 2, isGood: false } };

	t.deepEqual(chooseSlot(activated), {
		slot: 'b',
		next: { ...activated, seq: 8, tried: 'b', b: { left: 1, isGood: false } },
	});
	t.is(starts(activated, 8).slots, 'bbaaaaaa');
});

test('a good slot that never comes up is passed over for another good one, and is the way back from that', (t) => {
	const both: BootState = { ...settled, b: { left: 3, isGood: true } };

	t.is(starts(both, 8).slots, 'aabbaaaa');
});

test('once no start is counted any more nothing is written', (t) => {
	const { state } = starts(settled, 5);

	t.deepEqual(state.a, { left: 1, isGood: true });
	t.is(chooseSlot(state).next, state);
});

test('a slot that was marked unbootable is not started while another one can be', (t) => {
	fc.assert(
		fc.property(bootStates, fc.constantFrom<SlotName>('a', 'b'), fc.nat(10), (state, slot, boots) => {
			const other = otherSlot(slot);
			const marked = {
				...state,
				[slot]: { left: 0, isGood: state[slot].isGood },
				[other]: { left: Math.max(1, state[other].left), isGood: true },
			};
			t.is(starts(marked, boots).slots, other.repeat(boots));
		}),
	);
	t.pass();
});

test('a box without a good slot never stops trying both', (t) => {
	fc.assert(
		fc.property(bootStates, (state) => {
			const bad = (slot: SlotName) => ({ left: state[slot].left % 4, isGood: false });
			const { slots } = starts({ ...state, a: bad('a'), b: bad('b') }, 10);
			t.regex(slots.slice(-4), /^(abab|baba)$/);
		}),
	);
	t.pass();
});

test('a choice changes what it says: the seq, the slot tried, and one start of that slot', (t) => {
	fc.assert(
		fc.property(bootStates, (state) => {
			const { slot, next } = chooseSlot(state);
			if (next === state) return;
			const { left, isGood } = state[slot];
			t.true(next[slot].left === left || next[slot].left === left - 1);
			t.true(next[slot].left >= (isGood && left > 0 ? 1 : 0));
			const expected = {
				...state,
				tried: slot,
				seq: state.seq + 1,
				[slot]: { left: next[slot].left, isGood },
			};
			t.deepEqual(next, expected);
		}),
	);
	t.pass();
});
