import test from 'ava';
import fc from 'fast-check';
import { PaperBox, type PaperCell } from './exchange.fixture.ts';

const heardOf = (cell: PaperCell | undefined, vm: number): number[] =>
	(cell?.heard ?? []).filter(({ sender }) => sender === vm).map(({ number }) => number);

/** A speaker in the first of two cells. */
function two(): { box: PaperBox; near: PaperCell; far: PaperCell } {
	const box = new PaperBox({ cells: 2, ringBytes: 1024 });
	const [near, far] = box.cells as [PaperCell, PaperCell];
	box.start(1, near);
	box.settle();
	return { box, near, far };
}

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

test('a sender stands still while what it said finds no room in another cell, and goes on when it does', (t) => {
	const { box, near, far } = two();
	let number = 0;
	while (near.say(1, number, 0)) {
		number++;
		near.exchange.commit();
		far.exchange.hear();
		far.exchange.commit();
	}
	// 36 bytes each, and 64 KiB under way.
	t.is(number, 1821);
	box.settle();
	t.true(near.say(1, number, 0));
	box.settle();
	t.deepEqual(
		heardOf(far, 1),
		Array.from({ length: 1822 }, (_, at) => at),
	);
});

const lossy = {
	'of a topic that may lose its oldest': [{}, { whenFull: 'drop-oldest' }],
	'that is trusted less': [{ domain: 'authorized' }, { domain: 'open' }],
} as const;

for (const [which, [here, there]] of Object.entries(lossy))
	test(`a receiver ${which} costs a sender nothing by not listening`, (t) => {
		const box = new PaperBox({ cells: 0, ringBytes: 1024 });
		const near = box.addCell(here);
		const far = box.addCell(there);
		box.start(1, near);
		box.settle();
		for (let number = 0; number < 10_000; number++) t.true(near.say(1, number, 0));
		box.settle();
		const heard = heardOf(far, 1);
		t.is(heard.at(-1), 9999);
		t.is(heard.length + near.exchange.counts().dropped, 10_000);
		t.true(heard.every((number, at) => at === 0 || number > (heard[at - 1] ?? 0)));
	});

test('what a cell says in the name of others is dropped by the one that hears it, and counted', (t) => {
	const { box, near, far } = two();
	box.start(2, far);
	box.settle();
	near.speakers.add(2).add(77);
	// Of a VM of the other cell, of none, and of one that may only listen.
	for (const vm of [2, 77, 1001]) {
		near.speakers.add(vm);
		near.say(vm, vm, 0);
	}
	near.say(1, 5, 0);
	box.settle();
	t.deepEqual(
		far.heard.map(({ sender }) => sender),
		[1],
	);
	t.is(far.exchange.counts().forged, 3);
});

test('of a cell that is gone the last whole word is heard, and nobody waits for it', (t) => {
	const { box, near, far } = two();
	box.start(2, far);
	box.settle();
	for (let number = 0; near.say(1, number, 0); number++) near.exchange.commit();
	t.false(near.say(1, 0, 0));
	far.say(2, 1, 0);
	far.exchange.commit();
	far.say(2, 2, 0);
	box.hub.removeCell(far);
	box.cells.splice(1);
	box.settle();
	t.deepEqual(heardOf(near, 2), [1]);
	const next = box.addCell();
	box.settle();
	t.true(near.say(1, 7, 0));
	box.settle();
	t.deepEqual(heardOf(next, 1), [7]);
});
