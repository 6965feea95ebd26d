import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { readPartitions } from '../partition-table.ts';

async function emptyDisk(t: ExecutionContext): Promise<string> {
	const folder = await mkdtemp(join(tmpdir(), 'mullion-gpt-'));
	t.teardown(() => rm(folder, { recursive: true }));
	const path = join(folder, 'disk');
	await writeFile(path, '');
	await truncate(path, 16 * 1024 * 1024);
	return path;
}

test('partitions that sfdisk made are found by their names', async (t) => {
	const disk = await emptyDisk(t);
	const input = 'label: gpt\nsize=1MiB,name=bootstate\nsize=2MiB,name="root-a"\nsize=3MiB\n';
	execFileSync('/usr/sbin/sfdisk', ['-q', disk], { input });

	t.deepEqual(await readPartitions(disk), [
		{ name: 'bootstate', firstSector: 2048, sectors: 2048 },
		{ name: 'root-a', firstSector: 4096, sectors: 4096 },
		{ name: '', firstSector: 8192, sectors: 6144 },
	]);
});

test('a disk without a GPT, or that is not there, is a bad image', async (t) => {
	await t.throwsAsync(readPartitions(await emptyDisk(t)), { code: 'bad-image', message: /no GPT/ });
	await t.throwsAsync(readPartitions('/nowhere'), { code: 'bad-image' });
});
