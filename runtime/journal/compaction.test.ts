import test from 'ava';
import { openInMemory, replayed, settled, text } from './journal.fixture.ts';
import type { Journal } from './journal.ts';

const limits = { segmentBytes: 2000, groupBytes: 500, keepBytes: 5000 };

async function write(journal: Journal, vm: number, records: number): Promise<number> {
	for (let index = 0; index < records; index++) journal.append(1, vm, text(`${index}`.padEnd(100)));
	journal.flush();
	await settled();
	return journal.durable;
}

test('segments that a snapshot covers are removed, and the log does not grow for ever', async (t) => {
	const { files, journal } = await openInMemory(limits);
	const vm = journal.stream('vm');
	for (let round = 0; round < 20; round++) {
		const sequence = await write(journal, vm, 50);
		journal.covered(vm, sequence);
	}
	journal.flush();
	await settled();

	t.true(journal.counts().segments <= 2);
	t.is((await files.list()).length, journal.counts().segments);
	t.true(journal.counts().bytesKept < 4000);
});

test('a VM that said nothing since its snapshot keeps no old segment, however long ago that was', async (t) => {
	const { files, journal } = await openInMemory(limits);
	const [quiet, busy] = [journal.stream('quiet'), journal.stream('busy')];
	journal.covered(quiet, await write(journal, quiet, 3));
	for (let round = 0; round < 5; round++) journal.covered(busy, await write(journal, busy, 50));
	journal.flush();
	await settled();
	t.true(journal.counts().segments <= 2);
	await write(journal, quiet, 1);
	files.restart();

	const { recovery } = await openInMemory({ ...limits, files });

	t.deepEqual(recovery.damage, []);
	t.deepEqual(
		recovery.streams.map(({ name, cutAfter }) => [name, cutAfter]),
		[
			['quiet', undefined],
			['busy', undefined],
		],
	);
	t.deepEqual(
		(await replayed(recovery)).filter((row) => row.startsWith('quiet')).map((row) => row.trim()),
		['quiet:0'],
	);
});

test('when the log is larger than it should be, the VM that needs its oldest record is wanted a snapshot of', async (t) => {
	const { journal } = await openInMemory(limits);
	const [slow, busy] = [journal.stream('slow'), journal.stream('busy')];
	await write(journal, slow, 1);
	t.is(journal.wantsSnapshot(), undefined);
	journal.covered(busy, await write(journal, busy, 60));
	await write(journal, busy, 1);

	t.deepEqual(journal.wantsSnapshot(), { stream: slow, name: 'slow' });
	journal.covered(slow, journal.durable);

	// Although the log does not say so yet, and nothing of it was removed.
	t.is(journal.wantsSnapshot(), undefined);
	journal.flush();
	await settled();
	t.is(journal.wantsSnapshot(), undefined);
});

test('a segment is not removed before the log itself says that it is covered', async (t) => {
	const { files, journal } = await openInMemory({ segmentBytes: 1 });
	const vm = journal.stream('vm');
	for (let round = 0; round < 3; round++) await write(journal, vm, 1);
	files.stall();
	journal.append(1, vm, text('last'));
	journal.flush();
	await settled();
	journal.covered(vm, journal.durable);
	files.resume();
	await settled();
	files.restart();

	const { recovery } = await openInMemory({ files });

	t.is(recovery.streams[0]?.cutAfter, undefined);
	t.is((await replayed(recovery)).length, 4);
});

test('a snapshot must not be ahead of what is durable', async (t) => {
	const { journal } = await openInMemory();
	const vm = journal.stream('vm');
	const sequence = journal.append(1, vm, text('x'));
	t.throws(() => journal.covered(vm, sequence), { instanceOf: RangeError });
});

test('a VM that was forgotten is not there after a restart, and its name begins anew', async (t) => {
	const { files, journal } = await openInMemory();
	const vm = journal.stream('vm');
	journal.append(1, vm, text('old'));
	journal.forget(vm);
	const next = journal.stream('vm');
	journal.append(1, next, text('new'));
	await journal.close();

	const { recovery } = await openInMemory({ files });

	t.not(next, vm);
	t.deepEqual(await replayed(recovery), ['vm:new']);
});

test('a segment that is left while others are removed stays until the next one is durable', async (t) => {
	for (let steps = 0; steps < 12; steps++) {
		const { files, journal } = await openInMemory({ segmentBytes: 1 });
		const vm = journal.stream('vm');
		await write(journal, vm, 1);
		files.stall('remove');
		journal.covered(vm, await write(journal, vm, 1));
		journal.flush();
		await settled();
		journal.append(1, vm, text('next'));
		journal.flush();
		await settled();
		files.cutAfter(steps);
		files.resume();
		await settled();
		files.restart();

		const { recovery } = await openInMemory({ files });

		t.like(recovery.streams, [{ name: 'vm', snapshot: 3 }], `cut before step ${steps}`);
	}
});

test('what turns out to be unneeded while others are being removed goes with them', async (t) => {
	const { files, journal } = await openInMemory({ segmentBytes: 1000 });
	const one = journal.stream('one');
	const last = await write(journal, one, 10);
	const other = journal.stream('other');
	await write(journal, other, 10);
	files.stall('remove');
	journal.covered(one, last);
	journal.flush();
	await settled();
	journal.covered(other, journal.durable);
	journal.flush();
	await settled();
	files.resume();
	await settled();

	t.is((await files.list()).length, 1);
});
