import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { emptyModule } from '../cli/trial-desk.ts';
import { imageAgentId } from './default-box.ts';
import { boxConfig, carriedModules, kernelChoice, releaseNumber, sourceDate } from './image-request.ts';

const board = { networks: [{ id: 'eth0', kind: 'ethernet', device: 'eth0' }] };

async function written(t: ExecutionContext, content: string | Uint8Array): Promise<string> {
	const folder = await mkdtemp(join(tmpdir(), 'mullion-request-'));
	t.teardown(() => rm(folder, { recursive: true, force: true }));
	const file = join(folder, 'file');
	await writeFile(file, content);
	return file;
}

for (const text of ['abc', '', '-5', '0', '1.5', '1e30', '4294967296'])
	test(`"${text}" is no number of a release`, (t) => {
		t.throws(() => releaseNumber(text), { code: 'usage', message: /^--release / });
	});

test('a number of 32 bits is one', (t) => {
	t.is(releaseNumber('4294967295'), 0xffff_ffff);
});

test('a kernel that there is not is told with those that there are', (t) => {
	t.throws(() => kernelChoice('nonsense'), { code: 'usage', message: /debian, configured/ });
});

test('without a file the box is that of a headend on this machine, with the networks of the board', async (t) => {
	t.like(await boxConfig(undefined, board), { endpointId: imageAgentId, ...board, state: '/data/state' });
});

for (const [what, text, field] of [
	['is not JSON', '{', 'cannot be read as JSON'],
	['is no object', '[]', 'must be an object'],
	['lacks a field', '{"endpointId": "os::x", "controllers": []}', 'broker'],
] as const)
	test(`a configuration that ${what} is refused with its file before anything is built`, async (t) => {
		const file = await written(t, text);
		const error = await t.throwsAsync(boxConfig(file, board), { code: 'bad-config' });
		t.true(error?.message.startsWith(file) && error.message.includes(field), error?.message);
	});

test('a module that is not there, is none, or has a policy that there is not is told by its name', async (t) => {
	const text = await written(t, 'text');

	await t.throwsAsync(carriedModules(['nofile']), { code: 'no-such-file', message: /nofile/ });
	await t.throwsAsync(carriedModules([`${text}=weird`]), { code: 'usage', message: /weird/ });
	const error = await t.throwsAsync(carriedModules([text]));
	t.true(error?.message.startsWith(`--module ${text}: `), error?.message);
});

test('two modules of one name would be one file of the root', async (t) => {
	const file = await written(t, emptyModule({ name: 'clock', version: '1.0.0' }));

	t.like(await carriedModules([`${file}=keep`]), [{ policy: 'keep' }]);
	await t.throwsAsync(carriedModules([file, `${file}=keep`]), { code: 'usage', message: /clock/ });
});

test('files are of the last commit, or of the time that is said', async (t) => {
	t.true((await sourceDate(undefined)) > 1_790_000_000);
	t.is(await sourceDate('1700000000'), 1_700_000_000);
	for (const text of ['', 'today', '-1', '1.5'])
		await t.throwsAsync(sourceDate(text), { code: 'usage', message: /^SOURCE_DATE_EPOCH / }, text);
});
