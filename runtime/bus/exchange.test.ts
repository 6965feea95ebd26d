import test from 'ava';
import fc from 'fast-check';
import { PaperBox, type PaperCell } from './exchange.fixture.ts';

const heardOf = (cell: PaperCell | undefined, vm: number): number[] =>
	(cell?.heard ?? []).filter(({ sender }) => sender === vm).map(({ number }) => number);

test('whoever moves where, and whoever is slow, each cell hears each sender in order and loses nothing', (t) => {
	const cellAt = fc.nat(2);
	const vm = fc.integer({ min: 1, max: 2 });
	const step = fc.oneof(
		{ weight: 6, arbitrary: fc.record({ do: fc.constant('say' as const), vm, bytes: fc.nat(120) }) },
		{ weight: 1, arbitrary: fc.record({ do: fc.constant('hear' as const), cellAt }) },
		{
			weight: 6,
			arbitrary: fc.record({
				do: fc.constant('obey' as const),
				cellAt,
				commands: fc.integer({ min: 1, max: 12 }),
			}),
		},
		{ weight: 3, arbitrary: fc.record({ do: fc.constant('commit' as const), cellAt }) },
		{ weight: 1, arbitrary: fc.record({ do: fc.constant('place' as const), cellAt }) },
		{ weight: 2, arbitrary: fc.record({ do: fc.constant('move' as const), vm, cellAt }) },
	);
	fc.assert(
		fc.property(fc.array(step, { minLength: 100, maxLength: 300 }), (steps) => {
			const box = new PaperBox({ cells: 3, ringBytes: 512 });
			const [first] = box.cells;
			if (first === undefined) return false;
			box.start(1, first);
			box.start(2, first);
			/** What each cell has to hear: what was said in another. */
			const due = new Map(box.cells.map((cell) => [cell, { 1: [] as number[], 2: [] as number[] }]));
			for (const [number, at] of steps.entries()) {
				const cell = 'cellAt' in at ? box.cells[at.cellAt] : undefined;
				if (at.do === 'say') {
					const home = box.cells.find(({ speakers }) => speakers.has(at.vm));
					if (home?.say(at.vm, number, at.bytes) !== true) continue;
					for (const [other, numbers] of due) if (other !== home) numbers[at.vm as 1 | 2].push(number);
				} else if (at.do === 'hear') {
					cell?.exchange.hear();
					cell?.exchange.commit();
				} else if (at.do === 'obey') for (let left = at.commands; left > 0; left--) cell?.obey();
				else if (at.do === 'commit') cell?.exchange.commit();
				else if (at.do === 'place') for (const place of cell?.unplaced.splice(0) ?? []) place();
				else if (at.do === 'move' && cell !== undefined) box.move(at.vm, cell);
			}
			box.settle();
			for (const cell of box.cells) {
				for (const vm of [1, 2] as const) t.deepEqual(heardOf(cell, vm), due.get(cell)?.[vm]);
				t.deepEqual(cell.exchange.counts(), { forged: 0, malformed: 0, dropped: 0 });
			}
			return true;
		}),
		{ numRuns: 300 },
	);
});
