import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { logFilesContract } from '../../runtime/journal/log-files-contract.ts';
import { systemClock } from './clock.ts';
import { openJournal } from './journal.ts';
import { openLogFiles } from './log-files.ts';

async function emptyFolder(t: ExecutionContext): Promise<string> {
	const path = await mkdtemp(join(tmpdir(), 'mullion-log-'));
	t.teardown(() => rm(path, { recursive: true, force: true }));
	return path;
}

logFilesContract(test, {
	name: 'on disk',
	open: async (t) => openLogFiles(join(await emptyFolder(t), 'made')),
});

test('a disk without room is `disk-full`, at the write already', async (t) => {
	// /dev/full is the kernel's own full disk.
	const files = await openLogFiles('/dev');
	const file = await files.create('full');
	await t.throwsAsync(file.append(new Uint8Array(1)), { code: 'disk-full' });
	await file.close();
});

test('a journal in a folder comes back from it', async (t) => {
	const folder = join(await emptyFolder(t), 'cell');
	const options = { folder, cell: 'open', clock: systemClock() };
	const { journal } = await openJournal(options);
	const vm = journal.stream('vm');
	const last = Array.from({ length: 1000 }, (_, at) => journal.append(1, vm, new Uint8Array(300).fill(at)));
	await journal.whenDurable(last.at(-1) ?? 0);
	await journal.close();

	const { recovery } = await openJournal(options);

	const seen: number[] = [];
	for await (const group of recovery.records()) seen.push(...group.map(({ payload }) => payload[299] ?? -1));
	t.deepEqual(
		seen,
		last.map((_, at) => at & 0xff),
	);
	t.deepEqual(recovery.damage, []);
});
