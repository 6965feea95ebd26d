import test from 'ava';
import fc from 'fast-check';
import { KeptCell } from './keeping.fixture.ts';

const suspend = { tag: 'suspend', vm: 1 } as const;
const resume = { tag: 'resume', vm: 1 } as const;
const digest = 'a'.repeat(64);
const bySnapshots = { keep: { mode: 'snapshot', intervalMs: 60_000, digest } } as const;
const counts = (cell: KeptCell): number[] => cell.words().map(({ count }) => count);

async function isAsleep(cell: KeptCell): Promise<boolean> {
	cell.post({ tag: 'count' });
	await cell.settle();
	const counted = cell.said.findLast((report) => report.tag === 'counts');
	return (counted?.vms[0]?.memoryBytes ?? 0) < 32_768;
}

test('one that is kept by snapshots is written down as it is suspended, and is small then', async (t) => {
	const cell = new KeptCell();
	await cell.start(1, bySnapshots);
	await cell.order({ what: 'count' });
	cell.post(suspend);
	await cell.write();
	t.true(await isAsleep(cell));

	// Long before it would have been written by itself.
	const again = await cell.cut();
	await again.start(1, bySnapshots);
	await again.order({ what: 'count' });
	await again.write();
	t.deepEqual(counts(again), [2]);
});

test('what waits for a suspended VM is there after the box was stopped in order', async (t) => {
	const cell = new KeptCell();
	await cell.start(1);
	await cell.order({ what: 'count' });
	cell.post(suspend);
	await cell.write();
	await cell.order({ what: 'count' });
	t.true(await isAsleep(cell));
	cell.post({ tag: 'close' });
	await cell.write();
	t.deepEqual(counts(cell), [1]);

	const again = await cell.cut();
	await again.start(1);
	await again.write();
	t.is(counts(again).at(-1), 2);
});

test('wherever the power goes while it is suspended and goes on, it is where it was', async (t) => {
	const step = fc.constantFrom('order', 'order', 'suspend', 'resume', 'pass', 'cut');
	await fc.assert(
		fc.asyncProperty(fc.array(step, { maxLength: 16 }), fc.nat(), async (steps, seed) => {
			let cell = new KeptCell();
			await cell.start(1);
			let isSuspended = false;
			/** What it has said, and what it was told that may or may not outlive a cut. */
			let said = 0;
			let told = 0;
			for (const what of steps) {
				if (what === 'order') {
					await cell.order({ what: 'count' });
					told++;
				} else if (what === 'suspend' || what === 'resume') {
					isSuspended = what === 'suspend';
					cell.post(isSuspended ? suspend : resume);
				} else if (what === 'pass') {
					cell.clock.advance(100);
					await cell.write();
				} else {
					await cell.write();
					said = counts(cell).at(-1) ?? said;
					cell = await cell.cut((most) => seed % (most + 1));
					isSuspended = false;
					await cell.start(1);
				}
			}
			if (isSuspended) cell.post(resume);
			await cell.write();
			await cell.order({ what: 'count' });
			await cell.write();
			const last = counts(cell).at(-1) ?? 0;
			// All that anybody has heard of has happened, and nothing happened twice.
			t.true(last > said && last <= told + 1, `${last} of ${said} to ${told}`);
		}),
		{ numRuns: 60 },
	);
});
