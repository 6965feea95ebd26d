import test from 'ava';
import { openInMemory, replayed, settled, text } from './journal.fixture.ts';
import { MemoryLogFiles } from './memory-log-files.ts';

test('what several VMs did comes back after a power cut, in the one order it happened in', async (t) => {
	const { files, journal } = await openInMemory();
	const [player, clock] = [journal.stream('player'), journal.stream('clock')];
	journal.append(1, player, text('first'));
	journal.append(2, clock, text('second'));
	const last = journal.append(1, player, text('third'));
	journal.flush();
	await journal.whenDurable(last);
	files.restart();

	const again = await openInMemory({ files });

	t.deepEqual(await replayed(again.recovery), ['player:first', 'clock:second', 'player:third']);
	t.is(again.journal.stream('player'), player);
	t.deepEqual(again.recovery.damage, []);
});

test('a record can be encoded in place, by who knows only afterwards how long it is', async (t) => {
	const { files, journal } = await openInMemory();
	const vm = journal.stream('vm');
	const sequence = journal.encode(3, vm, 100, (into, at) => {
		into.set(text('abc'), at);
		return at + 3;
	});
	journal.append(3, vm, text('def'));
	t.throws(() => journal.encode(3, vm, 2, (_into, at) => at + 3), { instanceOf: RangeError });
	await journal.close();

	t.is(sequence, 2);
	t.deepEqual(await replayed((await openInMemory({ files })).recovery), ['vm:abc', 'vm:def']);
});

test('who waits for a record is told within the hold time, and one sync serves all who wait', async (t) => {
	const told: number[] = [];
	const { clock, journal } = await openInMemory({ holdMs: 2, onDurable: (sequence) => told.push(sequence) });
	const vm = journal.stream('vm');
	const sequences = Array.from({ length: 50 }, (_, index) => journal.append(1, vm, text(`${index}`)));
	const waiting = Promise.all(sequences.map((sequence) => journal.whenDurable(sequence)));

	clock.advance(1);
	await settled();
	t.deepEqual(told, []);
	clock.advance(1);
	await waiting;

	t.deepEqual(told, [51]);
	t.like(journal.counts(), { records: 50, groups: 1, syncs: 1, pagesWritten: 1 });
});

test('a record that nobody waits for reaches the disk too, but later, and an idle box writes nothing', async (t) => {
	const { clock, journal } = await openInMemory({ lazyMs: 1000 });
	clock.advance(10_000);
	await settled();
	t.is(journal.counts().bytesWritten, 0);
	const sequence = journal.append(1, journal.stream('vm'), text('x'));

	clock.advance(999);
	await settled();
	t.is(journal.durable, 0);
	clock.advance(1);
	await settled();

	t.is(journal.durable, sequence);
	const { bytesWritten, syncs } = journal.counts();
	clock.advance(10_000);
	await settled();
	t.like(journal.counts(), { bytesWritten, syncs });
});

test('one small message after another wears the flash only so much: groups come further apart', async (t) => {
	const { clock, journal } = await openInMemory({ smallGroupsPerSecond: 20 });
	const vm = journal.stream('vm');
	const waits: number[] = [];
	for (let message = 0; message < 300; message++) {
		const sequence = journal.append(1, vm, text('x'));
		journal.need(sequence);
		let waited = 0;
		for (; journal.durable < sequence; waited++) {
			clock.advance(1);
			await settled();
		}
		waits.push(waited);
	}

	t.true(waits.slice(0, 200).every((ms) => ms === 1));
	t.true(waits.slice(-50).every((ms) => ms >= 49 && ms <= 51));
	t.is(journal.counts().groups, 300);
});

test('what is only wished for comes at once now and then, and in the long run as if nobody had wished', async (t) => {
	const { clock, journal } = await openInMemory({ lazyMs: 1000 });
	const vm = journal.stream('vm');
	const prompt: boolean[] = [];
	for (let message = 0; message < 600; message++) {
		const sequence = journal.append(1, vm, text('x'));
		journal.wish(sequence);
		clock.advance(1);
		await settled();
		prompt.push(journal.durable >= sequence);
		clock.advance(99);
		await settled();
	}

	t.true(prompt.slice(0, 10).every(Boolean));
	const { groups } = journal.counts();
	t.true(groups <= 60 + 10, `${groups} groups in a minute`);
});

test('what is held for a record on its way does not hold turns back once that is durable', async (t) => {
	const { files, journal } = await openInMemory({ groupBytes: 100, heldBytes: 1000 });
	files.stall();
	const sequence = journal.append(1, journal.stream('vm'), new Uint8Array(200));
	journal.hold(5000);
	await settled();
	t.false(journal.hasRoom);

	files.resume();
	await journal.whenDurable(sequence);
	await settled();
	t.true(journal.hasRoom);
});

test('a large group does not wait, and turns go on while it is on its way to the disk', async (t) => {
	const { files, journal } = await openInMemory({ groupBytes: 1000 });
	const vm = journal.stream('vm');
	files.stall();
	const first = journal.append(1, vm, new Uint8Array(1000));
	const second = journal.append(1, vm, new Uint8Array(1000));
	await settled();
	t.true(journal.hasRoom);
	t.is(journal.durable, 0);

	files.resume();
	await journal.whenDurable(second);

	t.is(journal.counts().groups, 2);
	t.true(journal.durable >= first);
});

test('a wish for a group counts at whatever moment of the group before it comes', async (t) => {
	for (let moment = 0; moment < 30; moment++) {
		const { journal } = await openInMemory();
		const vm = journal.stream('vm');
		journal.append(1, vm, text('first'));
		journal.flush();
		for (let hops = 0; hops < moment; hops++) await undefined;
		const sequence = journal.append(1, vm, text('second'));
		journal.flush();
		await settled();
		t.is(journal.durable, sequence, `after ${moment} microtasks`);
	}
});

test('what waits in memory for a record counts as much as what is in it, until the disk has it', async (t) => {
	const limits = { groupBytes: 1000, heldBytes: 3000, mostRecordBytes: 1000 };
	const { files, journal } = await openInMemory(limits);
	const vm = journal.stream('vm');
	files.stall();
	journal.hold(1000);
	const first = journal.append(1, vm, text('first'));
	t.true(journal.hasRoom);
	journal.hold(3000);
	journal.append(1, vm, text('second'));
	t.false(journal.hasRoom);
	t.is(journal.counts().groups, 0);

	files.resume();
	await journal.whenDurable(first + 1);

	t.true(journal.hasRoom);
	t.is(journal.counts().groups, 2);
	t.true(journal.counts().bytesWritten < 1000);
	await journal.close();
});

test('when the disk is too slow turns are held, and go on when it has caught up; nothing is lost', async (t) => {
	let rooms = 0;
	const limits = { groupBytes: 1000, heldBytes: 3000, mostRecordBytes: 1000 };
	const { files, journal } = await openInMemory({ ...limits, onRoom: () => rooms++ });
	const vm = journal.stream('vm');
	files.stall();
	let appended = 0;
	while (journal.hasRoom) journal.append(1, vm, text(`${appended++}`.padEnd(900)));
	t.true(appended < 10);
	t.throws(
		() => {
			for (;;) journal.append(1, vm, new Uint8Array(1000));
		},
		{ code: 'held-full' },
	);
	t.is(rooms, 0);

	files.resume();
	await settled();

	t.is(rooms, 1);
	t.true(journal.hasRoom);
	await journal.close();
	const numbers = (await replayed((await openInMemory({ files })).recovery)).map((row) =>
		row.slice(3).trim(),
	);
	t.deepEqual(
		numbers.slice(0, appended),
		Array.from({ length: appended }, (_, index) => `${index}`),
	);
});

test('a full disk is told of, and what waited for it is written when there is room', async (t) => {
	const codes: string[] = [];
	const { files, clock, journal } = await openInMemory({ onTrouble: ({ code }) => codes.push(code) });
	const vm = journal.stream('vm');
	files.failAfter(0, 'disk-full');
	files.failAfter(1, 'disk-full');
	const sequence = journal.append(1, vm, text('kept'));
	journal.flush();
	await settled();
	t.is(journal.trouble?.code, 'disk-full');

	clock.advance(50);
	await settled();
	t.is(journal.durable, 0);
	clock.advance(100);
	await journal.whenDurable(sequence);

	t.is(journal.trouble, undefined);
	t.deepEqual(codes, ['disk-full', 'disk-full']);
	files.restart();
	t.deepEqual(await replayed((await openInMemory({ files })).recovery), ['vm:kept']);
});

test('what a failed sync left behind is not read twice: the group is written again elsewhere', async (t) => {
	const { files, clock, journal } = await openInMemory();
	const vm = journal.stream('vm');
	journal.append(1, vm, text('one'));
	journal.flush();
	await settled();
	journal.append(1, vm, text('two'));
	files.stall();
	journal.flush();
	await settled();
	files.failAfter(0, 'io');
	files.resume();
	await settled();
	t.is(journal.trouble?.code, 'io');

	clock.advance(50);
	await settled();
	files.restart((most) => most);

	t.is((await files.list()).length, 2);
	const { recovery } = await openInMemory({ files });
	t.deepEqual(await replayed(recovery), ['vm:one', 'vm:two']);
	t.deepEqual(recovery.damage, []);
});

test('what a failed sync left behind does not come back in place of what was written instead', async (t) => {
	const { files, clock, journal } = await openInMemory();
	const vm = journal.stream('vm');
	journal.append(1, vm, text('one'));
	journal.flush();
	await settled();
	journal.append(1, vm, text('never durable'));
	files.failAfter(1, 'io');
	journal.flush();
	await settled();
	// Of the segment that it is written to again, no more than the name.
	files.cutAfter(1);
	clock.advance(50);
	await settled();
	files.restart((most) => most);
	t.is((await files.list()).length, 2);
	const again = await openInMemory({ files });
	t.deepEqual(await replayed(again.recovery), ['vm:one']);
	again.journal.append(1, vm, text('other'));
	await again.journal.close();

	const { recovery } = await openInMemory({ files });

	t.deepEqual(await replayed(recovery), ['vm:one', 'vm:other']);
	t.deepEqual(recovery.damage, []);
});

test('closing makes durable what is there; a disk that refuses even then is told of', async (t) => {
	const { files, journal } = await openInMemory();
	const vm = journal.stream('vm');
	journal.append(1, vm, text('a'));
	await journal.close();
	t.throws(() => journal.append(1, vm, text('b')), { code: 'closed' });

	const again = await openInMemory({ files });
	const waiting = again.journal.whenDurable(again.journal.append(1, vm, text('b')));
	files.failAfter(0, 'io');
	await Promise.all([
		t.throwsAsync(again.journal.close(), { code: 'io' }),
		t.throwsAsync(waiting, { code: 'io' }),
	]);
});

test('a record that is too large, or of a stream that is not there, is refused and leaves no trace', async (t) => {
	const { files, journal } = await openInMemory({ mostRecordBytes: 10 });
	const vm = journal.stream('vm');
	t.throws(() => journal.append(1, vm, new Uint8Array(11)), { code: 'too-large' });
	t.throws(() => journal.append(1, vm + 1, new Uint8Array(1)), { instanceOf: RangeError });
	t.throws(() => journal.append(255, vm, new Uint8Array(1)), { instanceOf: RangeError });
	t.throws(() => journal.stream(''), { instanceOf: RangeError });
	await journal.close();
	t.deepEqual(await replayed((await openInMemory({ files })).recovery), []);
});

test('which turns were surely handed over is known after a cut, and costs one small record a group', async (t) => {
	const { files, journal } = await openInMemory();
	const vm = journal.stream('vm');
	for (let turn = 1; turn <= 100; turn++) {
		journal.append(1, vm, text(`${turn}`));
		journal.acknowledge(vm, turn);
	}
	journal.flush();
	await settled();
	const { bytesWritten } = journal.counts();
	files.restart();

	const { recovery } = await openInMemory({ files, cell: 'open' });

	t.like(recovery.streams[0], { name: 'vm', handedOver: 100 });
	t.true(bytesWritten < 100 * 12 + 400);
});

test('files of somebody else in the folder are left alone', async (t) => {
	const files = new MemoryLogFiles();
	files.put('lost+found', text('?'));
	const { journal } = await openInMemory({ files });
	journal.append(1, journal.stream('vm'), text('x'));
	await journal.close();
	t.deepEqual(await files.list(), ['0000000000000001.segment', 'lost+found']);
});
