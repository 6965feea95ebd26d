import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import test, { type ExecutionContext } from 'ava';
import fc from 'fast-check';
import { VolumeReader } from './volume-reader.ts';

async function volume(t: ExecutionContext): Promise<string> {
	const folder = await mkdtemp(join(tmpdir(), 'mullion-volume-'));
	t.teardown(() => rm(folder, { recursive: true, force: true }));
	await mkdir(join(folder, 'targets'));
	return folder;
}

const file = 'targets/clock.wasm';
const targetOf = (bytes: Uint8Array) => ({
	file,
	length: bytes.length,
	sha256: createHash('sha256').update(bytes).digest('hex'),
});
const whole = async (bytes: Uint8Array): Promise<Uint8Array> => bytes;

test('a target is handed out whole if it is what was signed, and never if it is not', async (t) => {
	const folder = await volume(t);
	const reader = new VolumeReader(folder);
	const bytes = fc.uint8Array({ maxLength: 600_000, size: 'max' });
	await fc.assert(
		fc.asyncProperty(bytes, bytes, async (signed, there) => {
			await writeFile(join(folder, file), there);
			const target = targetOf(signed);
			const isSame = Buffer.compare(signed, there) === 0;
			const fetched = await reader.fetch({ target }, whole).catch(({ code }) => code);
			t.deepEqual(fetched, isSame ? signed : 'volume-damaged');
			await writeFile(join(folder, file), signed);
			t.deepEqual(await reader.fetch({ target }, whole), signed);
		}),
		{ numRuns: 20 },
	);
});

test('what is no file, or is larger than any module, is not read', async (t) => {
	const folder = await volume(t);
	const reader = new VolumeReader(folder, 1000);
	const target = targetOf(new Uint8Array(10));
	t.false(await reader.has(target));
	await promisify(execFile)('mkfifo', [join(folder, file)]);
	t.false(await reader.has(target));
	await t.throwsAsync(reader.fetch({ target }, whole), { code: 'volume-damaged' });
	await rm(join(folder, file));
	await mkdir(join(folder, file));
	t.false(await reader.has(target));
	await rm(join(folder, file), { recursive: true });
	const large = new Uint8Array(1001);
	await writeFile(join(folder, file), large);
	await t.throwsAsync(reader.has(target), { code: 'volume-damaged' });
	await t.throwsAsync(reader.has(targetOf(large)), { code: 'volume-damaged' });
	await t.throwsAsync(reader.fetch({ target: targetOf(large) }, whole), { code: 'volume-damaged' });
	await t.throwsAsync(reader.fetch({ target: { ...target, file: '../etc/passwd' } }, whole), {
		code: 'read-refused',
	});
});
