/** Boot states of all kinds, for property tests. */
import fc from 'fast-check';
import type { BootState, SlotState } from './boot-state.ts';

const slotState: fc.Arbitrary<SlotState> = fc.record({
	left: fc.oneof(fc.nat(3), fc.nat(255)),
	isGood: fc.boolean(),
});

export const bootStates: fc.Arbitrary<BootState> = fc.record(
	{
		seq: fc.oneof(fc.nat(20), fc.nat(0xffff_ffff_ff)),
		order: fc.constantFrom(['a', 'b'] as const, ['b', 'a'] as const),
		a: slotState,
		b: slotState,
		floor: fc.oneof(fc.nat(20), fc.nat(0xffff_ffff_ff)),
		tried: fc.constantFrom('a', 'b'),
		reason: fc.stringMatching(/^[a-z0-9-]{0,64}$/),
	},
	{ requiredKeys: ['seq', 'order', 'a', 'b', 'floor', 'reason'] },
);
