import { execFileSync } from 'node:child_process';
import { mkdtemp, open, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { seededRandom } from '../../link/random.ts';
import { crashStates } from '../crash-states.ts';
import { WriteLog } from '../write-log.ts';

const diskSectors = 512;

/** Has QEMU do some commands of qemu-io to a disk of zeros while it writes the log. */
async function record(t: ExecutionContext, commands: readonly string[], sectorBytes: number) {
	const folder = await mkdtemp(join(tmpdir(), 'mullion-write-log-'));
	t.teardown(() => rm(folder, { recursive: true }));
	const paths = { disk: join(folder, 'disk'), log: join(folder, 'log'), base: join(folder, 'base') };
	for (const path of Object.values(paths)) await writeFile(path, '');
	for (const path of [paths.disk, paths.base]) await truncate(path, diskSectors * 512);
	const image = [
		`driver=blklogwrites,discard=unmap,log-sector-size=${sectorBytes}`,
		`file.driver=file,file.filename=${paths.disk},file.discard=unmap`,
		`log.driver=file,log.filename=${paths.log}`,
	].join(',');
	// The log counts its entries when there is a flush.
	const asked = [...commands, 'flush'].flatMap((command) => ['-c', command]);
	execFileSync('qemu-io', [...asked, '--image-opts', image]);
	return paths;
}

for (const sectorBytes of [512, 4096]) {
	test(`a log of sectors of ${sectorBytes} bytes that QEMU wrote makes the disk that QEMU made`, async (t) => {
		const random = seededRandom(sectorBytes);
		const below = (limit: number) => Math.floor(random() * limit);
		const commands = Array.from({ length: 60 }, () => {
			const units = (diskSectors * 512) / sectorBytes;
			const first = below(units);
			const range = `${first * sectorBytes} ${Math.min(1 + below(6), units - first) * sectorBytes}`;
			const kinds = [`write -P ${1 + below(250)} ${range}`, `write -z ${range}`, `discard ${range}`, 'flush'];
			return kinds[[0, 0, 0, 1, 2, 3][below(6)] as number] as string;
		});

		const paths = await record(t, commands, sectorBytes);

		await using log = await WriteLog.open(paths.log);
		await using base = await open(paths.base);
		t.is(log.sectorBytes, sectorBytes);
		const states = await Array.fromAsync(crashStates({ log, torn: 50, random }));
		const prefixes = states.filter(({ name }) => !name.includes('torn'));
		t.is(prefixes.length, log.entries + 1);
		t.true(log.entries >= commands.length);
		const made = await prefixes.at(-1)?.read(base, 0, diskSectors * 512);
		t.true(made?.equals(await readFile(paths.disk)));
	});
}

test('a flush in a log of QEMU is a point behind which nothing is lost', async (t) => {
	const paths = await record(t, ['write -P 1 0 4k', 'flush', 'write -P 2 4k 4k'], 512);
	await using log = await WriteLog.open(paths.log);
	await using base = await open(paths.base);

	const torn = (await Array.fromAsync(crashStates({ log, torn: 100, random: seededRandom(1) })))
		.filter(({ name }) => /^after entry 2, torn/.test(name))
		.map((state) => state.read(base, 0, 8192));

	t.true(torn.length > 0);
	for (const disk of await Promise.all(torn)) t.true(disk.subarray(0, 4096).every((byte) => byte === 1));
});
