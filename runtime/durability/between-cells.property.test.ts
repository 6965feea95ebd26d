import test from 'ava';
import fc from 'fast-check';
import { probe } from './keeping.fixture.ts';
import { KeptPair } from './kept-pair.fixture.ts';

const cell = fc.nat(1);
/** Turns of each before the cut, or steps of the disk where there are none; how much of what was written is there. */
const cut = {
	turns: fc.tuple(fc.nat(4), fc.nat(4)),
	lingers: fc.boolean(),
	steps: fc.tuple(fc.nat(40), fc.nat(40)),
	kept: fc.nat(),
};
const step = fc.oneof(
	{ weight: 4, arbitrary: fc.record({ do: fc.constant('chain' as const) }) },
	{ weight: 2, arbitrary: fc.record({ do: fc.constant('write' as const) }) },
	{ weight: 3, arbitrary: fc.record({ do: fc.constant('cut one' as const), cell, ...cut }) },
	{ weight: 2, arbitrary: fc.record({ do: fc.constant('cut' as const), isTurned: fc.boolean(), ...cut }) },
);

/** What the box has heard of each VM, by the identity of the message. */
class Seen {
	readonly #words = new Map<string, { vm: number; turn: number; text: string; count: number }>();

	look(pair: KeptPair): void {
		for (const { sender: vm, id, payload } of pair.said.splice(0))
			if (id !== undefined)
				this.#words.set(`${vm} ${id.turn} ${id.index}`, { vm, turn: id.turn, ...probe.word(payload) });
	}

	of(vm: number): { text: string; count: number }[] {
		return [...this.#words.values()].filter((word) => word.vm === vm).toSorted((a, b) => a.turn - b.turn);
	}
}

test('what journalled VMs of two cells say to each other comes once, whichever cell ends when', async (t) => {
	await fc.assert(
		fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 12 }), async (steps) => {
			const seen = new Seen();
			let pair = new KeptPair();
			for (const vm of [1, 2]) await pair.start(vm);
			for (const each of steps) {
				if (each.do === 'write') await pair.write();
				else if (each.do === 'chain') {
					pair.post({ what: 'chain', count: 2 });
					await pair.settle();
				} else {
					const choose = (most: number): number => (most === 0 ? 0 : each.kept % (most + 1));
					pair.post({ what: 'chain', count: 2 });
					if (each.turns.some((turns) => turns > 0)) await pair.runOnly(each.turns, each.lingers);
					else {
						for (const index of each.do === 'cut' ? [0, 1] : [each.cell])
							pair.cutAfter(index, each.steps[index] ?? 0);
						await pair.write();
					}
					seen.look(pair);
					if (each.do === 'cut one') {
						await pair.cutOne(each.cell, choose);
						await pair.start(each.cell + 1);
					} else {
						pair = await pair.cut(choose);
						for (const vm of each.isTurned ? [2, 1] : [1, 2]) await pair.start(vm);
					}
				}
			}
			for (let left = 3; left > 0; left--) await pair.write();
			seen.look(pair);
			t.deepEqual(pair.faults, []);

			const both = [seen.of(1), seen.of(2)];
			// Every order that a VM has had is one word: none is missing, none is there twice.
			for (const words of both)
				t.deepEqual(
					words.map(({ count }) => count),
					words.map((_, at) => at + 1),
				);
			// What a VM of a chain says to go on with reaches both.
			const said = both.flat().filter(({ text }) => text === '2' || text === '1').length;
			for (const words of both) t.is(words.filter(({ text }) => text === '1' || text === '0').length, said);
		}),
		{ numRuns: 100 },
	);
});
