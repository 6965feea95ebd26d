import test from 'ava';
import fc from 'fast-check';
import { KeptCell, probe } from './keeping.fixture.ts';
import { MemoryStorage } from './memory-storage.ts';

/** So small that every group is followed by a snapshot. */
const eager = { segmentBytes: 1024, keepBytes: 1 };

const step = fc.oneof(
	{ weight: 4, arbitrary: fc.record({ do: fc.constant('count' as const) }) },
	{ weight: 3, arbitrary: fc.record({ do: fc.constant('chain' as const) }) },
	{ weight: 3, arbitrary: fc.record({ do: fc.constant('write' as const) }) },
	{ weight: 1, arbitrary: fc.record({ do: fc.constant('trap' as const) }) },
	{ weight: 1, arbitrary: fc.record({ do: fc.constant('close' as const) }) },
	{ weight: 1, arbitrary: fc.record({ do: fc.constant('sleep' as const) }) },
	{
		weight: 3,
		arbitrary: fc.record({
			do: fc.constant('cut' as const),
			steps: fc.nat(6),
			/** Of the disk with the snapshots. */
			diskSteps: fc.nat(12),
			/** Turns of a chain before the cut; 0 for a cut in what the disk does. */
			turns: fc.nat(5),
			kept: fc.nat(),
			isTurned: fc.boolean(),
		}),
	},
);

/** What those outside have seen of each VM: by the identity of the message, which is what tells a repeat. */
class Seen {
	readonly #words = new Map<string, { vm: number; turn: number; text: string; count: number }>();

	readonly losses: string[] = [];
	/** What somebody has traced, as `vm count text`. */
	readonly traced = new Set<string>();

	look(cell: KeptCell): void {
		for (const report of cell.said) {
			if (report.tag === 'seen') {
				const { text, count } = probe.word(report.payload);
				this.traced.add(`${report.vm} ${count} ${text}`);
			}
			if (report.tag === 'published' && report.id !== undefined) {
				const { vm, id, payload } = report;
				this.#words.set(`${vm} ${id.turn} ${id.index}`, { vm, turn: id.turn, ...probe.word(payload) });
			}
		}
		this.losses.push(...cell.lines().filter((line) => /state-lost|replay-differs/.test(line)));
	}

	of(vm: number): { text: string; count: number }[] {
		return [...this.#words.values()].filter((word) => word.vm === vm).toSorted((a, b) => a.turn - b.turn);
	}
}

async function startBoth(cell: KeptCell, isTurned: boolean): Promise<void> {
	cell.post({ tag: 'look', topics: ['probe.out'], messages: 1000, bytes: 100_000 });
	for (const vm of isTurned ? [2, 1] : [1, 2]) await cell.start(vm);
	await cell.write();
}

test('under any schedule of messages, faults and power cuts, journalled VMs lose and double nothing', async (t) => {
	await fc.assert(
		fc.asyncProperty(
			fc.array(step, { minLength: 2, maxLength: 14 }),
			fc.boolean(),
			async (steps, isEager) => {
				const seen = new Seen();
				let cell = new KeptCell(new MemoryStorage(isEager ? eager : {}));
				await startBoth(cell, false);
				for (const each of steps) {
					if (each.do === 'count') await cell.order({ what: 'count' });
					else if (each.do === 'chain') await cell.order({ what: 'chain', count: 2 });
					else if (each.do === 'write') await cell.write();
					else if (each.do === 'sleep') {
						cell.clock.advance(60);
						await cell.settle();
					} else if (each.do === 'trap') {
						await cell.order({ what: 'trap' });
						await cell.write();
						for (let left = 2; left > 0; left--) await startBoth(cell, false);
					} else if (each.do === 'close') {
						cell.post({ tag: 'close' });
						await cell.write();
						seen.look(cell);
						cell = new KeptCell(cell.storage, cell.clock);
						await startBoth(cell, true);
					} else {
						if (each.turns === 0) {
							cell.storage.files.cutAfter(each.steps);
							cell.storage.directory.disk.cutAfter(each.diskSteps);
							await cell.order({ what: 'chain', count: 2 });
							await cell.write();
						} else {
							const payload = probe.order({ what: 'chain', count: 2 });
							cell.post({ tag: 'publish', topic: 'probe.order', sender: 0, payload });
							await cell.runOnly(each.turns);
						}
						seen.look(cell);
						cell = await cell.cut((most) => (most === 0 ? 0 : each.kept % (most + 1)));
						await startBoth(cell, each.isTurned);
					}
				}
				for (let left = 3; left > 0; left--) await cell.write();
				seen.look(cell);

				const both = [seen.of(1), seen.of(2)];
				// Every order that a VM has had is one word: none is missing, none is there twice.
				for (const words of both)
					t.deepEqual(
						words.map(({ count }) => count),
						words.map((_, at) => at + 1),
					);
				t.deepEqual(seen.losses, []);
				// What was traced happened.
				const happened = [1, 2].flatMap((vm) =>
					seen.of(vm).map((word) => `${vm} ${word.count} ${word.text}`),
				);
				t.deepEqual([...seen.traced.difference(new Set(happened))], []);
				// What a VM of a chain says to go on with reaches both.
				const said = both.flat().filter(({ text }) => text === '2' || text === '1').length;
				for (const words of both) t.is(words.filter(({ text }) => text === '1' || text === '0').length, said);
			},
		),
		{ numRuns: 150 },
	);
});
