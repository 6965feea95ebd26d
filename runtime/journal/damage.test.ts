import { crc32 } from 'node:zlib';
import test from 'ava';
import fc from 'fast-check';
import { GroupBuffer } from './group-buffer.ts';
import { openInMemory, replayed, settled, text } from './journal.fixture.ts';
import { MemoryLogFiles } from './memory-log-files.ts';
import { encodeHeader, formatVersion } from './segment-header.ts';

const name = '0000000000000001.segment';

/** Three groups, one record each behind the row of the stream: sequences 2, 3 and 4. */
async function threeGroups(): Promise<{ files: MemoryLogFiles; ends: number[] }> {
	const { files, journal } = await openInMemory();
	const vm = journal.stream('vm');
	const ends: number[] = [];
	for (const content of ['one', 'two', 'three']) {
		journal.append(1, vm, text(content));
		journal.flush();
		await settled();
		ends.push(files.bytesOf(name).length);
	}
	return { files, ends };
}

test('a damaged record in the middle of a segment cuts its VM off before it, and the loss has a number', async (t) => {
	const { files, ends } = await threeGroups();
	files.flip(name, ((ends[0] ?? 0) + 41) * 8);

	const { journal, recovery } = await openInMemory({ files });

	t.deepEqual(await replayed(recovery), ['vm:one']);
	t.deepEqual(recovery.damage, [{ segment: name, bytes: (ends[1] ?? 0) - (ends[0] ?? 0), after: 2, to: 3 }]);
	t.is(recovery.streams[0]?.cutAfter, 2);
	t.is(journal.wantsSnapshot()?.name, 'vm');
});

test('what a VM does after it was cut off is there after the next restart, and a snapshot is wanted', async (t) => {
	const { files, ends } = await threeGroups();
	files.flip(name, ((ends[0] ?? 0) + 41) * 8);
	const { journal } = await openInMemory({ files });
	const vm = journal.stream('vm');
	t.deepEqual(journal.wantsSnapshot(), { stream: vm, name: 'vm' });
	journal.append(1, vm, text('other'));
	await journal.close();

	const again = await openInMemory({ files });

	t.deepEqual(await replayed(again.recovery), ['vm:one', 'vm:other']);
	t.is(again.recovery.streams[0]?.cutAfter, undefined);
	again.journal.covered(vm, again.journal.durable);
	t.is(again.journal.wantsSnapshot(), undefined);
});

test('a VM whose snapshot is behind the damage loses nothing', async (t) => {
	const { files, ends } = await threeGroups();
	files.flip(name, ((ends[0] ?? 0) + 41) * 8);

	const { recovery } = await openInMemory({ files, snapshots: new Map([['vm', 3]]) });

	t.deepEqual(await replayed(recovery), ['vm:three']);
	t.is(recovery.streams[0]?.cutAfter, undefined);
	t.is(recovery.damage.length, 1);
});

test('a torn end is dropped and told of once; what is written afterwards stands in its place', async (t) => {
	const { files, ends } = await threeGroups();
	files.put(name, files.bytesOf(name).slice(0, -5));

	const { journal, recovery } = await openInMemory({ files });
	t.deepEqual(await replayed(recovery), ['vm:one', 'vm:two']);
	t.deepEqual(recovery.damage, [{ segment: name, bytes: (ends[2] ?? 0) - (ends[1] ?? 0) - 5, after: 3 }]);
	journal.append(1, journal.stream('vm'), text('again'));
	await journal.close();

	const again = await openInMemory({ files });
	t.deepEqual(again.recovery.damage, []);
	t.deepEqual(await replayed(again.recovery), ['vm:one', 'vm:two', 'vm:again']);
});

test('a segment that is gone is damage too', async (t) => {
	const { files, journal } = await openInMemory({ segmentBytes: 1 });
	const vm = journal.stream('vm');
	for (const content of ['one', 'two', 'three']) {
		journal.append(1, vm, text(content));
		journal.flush();
		await settled();
	}
	await files.remove('0000000000000003.segment');

	const { recovery } = await openInMemory({ files });

	t.deepEqual(await replayed(recovery), ['vm:one']);
	t.deepEqual(recovery.damage, [{ segment: '0000000000000004.segment', bytes: 0, after: 2, to: 3 }]);
});

test('a group inside a payload is not taken for one behind damage: a guest does not know the salt', async (t) => {
	const forged = new GroupBuffer(100);
	forged.add(1, 1, text('forged'));
	const payload = new Uint8Array(104);
	// Behind the header, the row of the stream and the record's own head, this is where a group may begin.
	payload.set(forged.seal({ first: 9, salt: 41, checksum: crc32 }), 6);
	const { files, journal } = await openInMemory();
	journal.append(1, journal.stream('vm'), payload);
	await journal.close();
	const group = files.bytesOf(name).length - 192;
	files.flip(name, group * 8);

	const { recovery } = await openInMemory({ files });

	t.deepEqual(await replayed(recovery), []);
	t.is(recovery.last, 0);
});

test('a journal of another version or another cell is an error, and is left as it is', async (t) => {
	const files = new MemoryLogFiles();
	const head = { cell: 'open', salt: 1, first: 1, follows: 0, streams: [] };
	files.put(name, encodeHeader({ ...head, version: formatVersion + 1 }, crc32));
	await t.throwsAsync(openInMemory({ files }), { code: 'format-unknown' });

	files.put(name, encodeHeader({ ...head, version: formatVersion, cell: 'authorized' }, crc32));
	await t.throwsAsync(openInMemory({ files }), { code: 'other-cell' });

	t.deepEqual(await files.list(), [name]);
});

test('whatever is in the files, opening invents nothing, and the journal can be written to', async (t) => {
	const header = encodeHeader(
		{ version: formatVersion, cell: 'open', salt: 7, first: 1, follows: 0, streams: [] },
		crc32,
	);
	const group = new GroupBuffer(100);
	group.add(1, 1, text('of no stream'));
	const whole = group.seal({ first: 1, salt: 7, checksum: crc32 });
	const part = fc.oneof(
		fc.uint8Array({ maxLength: 100 }),
		fc.constantFrom(header, whole, whole.subarray(0, 20), header.subarray(0, 100)),
	);
	const contents = fc.array(part, { maxLength: 6 }).map((parts) => Buffer.concat(parts));
	const first = fc.constantFrom(
		'0000000000000001',
		'0000000000000002',
		'9007199254740000',
		'9999999999999999',
	);
	const folder = fc.array(fc.tuple(first, contents), { maxLength: 3 });
	await fc.assert(
		fc.asyncProperty(folder, async (all) => {
			const files = new MemoryLogFiles();
			for (const [digits, bytes] of all) files.put(`${digits}.segment`, bytes);
			const { recovery, journal } = await openInMemory({ files });
			if ((await replayed(recovery)).length > 0 || recovery.streams.length > 0) throw new Error('invented');
			journal.append(1, journal.stream('vm'), text('new'));
			await journal.close();
			const again = await openInMemory({ files });
			const records = await replayed(again.recovery);
			if (records.join() !== 'vm:new') throw new Error(`written, and then there was ${records.join()}`);
		}),
		{ numRuns: 400, includeErrorInReport: true },
	);
	t.pass();
});
