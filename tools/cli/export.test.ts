import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { certificateTarget, moduleTarget } from '../headend/repository/module-target.ts';
import { emptyModule, startDesk } from './trial-desk.ts';

async function startWithModules(t: Parameters<typeof startDesk>[0]) {
	const desk = await startDesk(t);
	for (const [name, version] of [
		['clock', '1.9.0'],
		['clock', '1.10.0'],
		['bell', '1.0.0'],
	] as const) {
		const target = moduleTarget({ name, version, vendor: 'mullion' });
		await desk.repository.addTarget({ ...target, bytes: emptyModule({ name, version }) });
	}
	return { ...desk, stick: join(desk.cwd, 'stick') };
}

const namesIn = async (folder: string): Promise<string[]> =>
	(await readdir(folder)).map((name) => name.replace(/^[0-9a-f]{64}\./, '')).toSorted();

test('the newest versions go onto a stick, and it is said until when they are believed', async (t) => {
	const { type, stick } = await startWithModules(t);
	const { code, json } = await type('export', 'stick', '--days', '10', '--json');
	t.is(code, 0);
	const said = json() as { folder: string; modules: object[]; validUntil: string };
	t.like(said, { folder: stick });
	t.deepEqual(
		said.modules.map((module) => ({ ...module, bytes: undefined })),
		[
			{ name: 'bell', version: '1.0.0', bytes: undefined },
			{ name: 'clock', version: '1.10.0', bytes: undefined },
		],
	);
	const days = (Date.parse(said.validUntil) - Date.now()) / 86_400_000;
	t.true(days > 9.9 && days <= 10, `${days}`);
	t.deepEqual(await namesIn(join(stick, 'targets', 'modules')), ['bell-1.0.0.wasm', 'clock-1.10.0.wasm']);
	t.true((await readdir(join(stick, 'metadata'))).includes('timestamp.json'));
});

test('one that is named goes alone, with its certificate', async (t) => {
	const { type, stick, repository } = await startWithModules(t);
	const sha256 = (await repository.targets())['modules/bell-1.0.0.wasm']?.hashes['sha256'] ?? '';
	await repository.addTarget({ ...certificateTarget(sha256), bytes: new Uint8Array([1]) });
	t.is((await type('export', 'stick', 'bell')).code, 0);
	t.deepEqual(await namesIn(join(stick, 'targets', 'modules')), ['bell-1.0.0.wasm']);
	t.deepEqual(await namesIn(join(stick, 'targets', 'certificates')), [`${sha256}.json`]);
});

test('the repository and its copy never say different things under one version', async (t) => {
	const { type, stick, repository } = await startWithModules(t);
	const version = async (folder: string, file: string): Promise<number> =>
		JSON.parse(await readFile(join(folder, 'metadata', file), 'utf8')).signed.version;
	await type('export', 'stick');
	t.is(await version(stick, 'timestamp.json'), await version(repository.publicDirectory, 'timestamp.json'));
	await repository.removeTarget('modules/bell-1.0.0.wasm');
	t.true(
		(await version(repository.publicDirectory, 'timestamp.json')) > (await version(stick, 'timestamp.json')),
	);
});

test('what cannot be copied is said, with a code', async (t) => {
	const { type, cwd, repository } = await startWithModules(t);
	const outcome = async (...argv: string[]) => {
		const { code, err } = await type('export', ...argv);
		return `${code} ${/[a-z]+(-[a-z]+)+|usage/.exec(err)?.[0]}`;
	};
	t.regex(await outcome(), /^2 usage/);
	t.regex(await outcome('stick', '--days', '0'), /^2 /);
	t.regex(await outcome('stick', '--days', '400'), /^2 /);
	const missing = await type('export', 'stick', 'unheard-of');
	t.not(missing.code, 0);
	t.regex(missing.err, /no module "unheard-of"; there are bell, clock/);
	await writeFile(join(cwd, 'file'), '');
	t.not((await type('export', 'file')).code, 0);
	for (const path of Object.keys(await repository.targets())) await repository.removeTarget(path);
	t.regex((await type('export', 'stick')).err, /push one first/);
});
