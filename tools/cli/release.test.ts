import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { content, imageOf } from '../../firmware/slots/image.fixture.ts';
import { startDesk, type } from './trial-desk.ts';

const slotBytes = { boot: 100_000, root: 1_000_000 };
const images = (seed: number) => {
	const root = content(600_000, 1);
	root.set(content(500, seed), 300_000);
	return { boot: content(50_000, seed), root };
};

async function startBuilds(t: Parameters<typeof startDesk>[0]) {
	const desk = await startDesk(t);
	const build = async (version: string, release: number, changes: object = {}) => {
		const folder = join(desk.cwd, version);
		await mkdir(folder);
		for (const [name, bytes] of Object.entries(images(release)))
			await writeFile(join(folder, `${name}.img`), bytes);
		const described = { board: 'qemu-arm64', version, release, slotBytes, ...changes };
		await writeFile(join(folder, 'release.json'), JSON.stringify(described));
		return version;
	};
	return { ...desk, build };
}

test('a release is signed with both images and what boxes find it by', async (t) => {
	const { type: run, build, repository } = await startBuilds(t);

	const { code, json } = await run('release', await build('1.2.0', 7), '--json');

	t.is(code, 0);
	t.deepEqual(json(), {
		board: 'qemu-arm64',
		version: '1.2.0',
		release: 7,
		url: 'tuf:firmware/qemu-arm64/1.2.0',
		patches: [],
	});
	const targets = await repository.targets();
	t.deepEqual(Object.keys(targets).toSorted(), [
		'firmware/qemu-arm64/1.2.0/boot.img',
		'firmware/qemu-arm64/1.2.0/root.img',
	]);
	t.is(targets['firmware/qemu-arm64/1.2.0/root.img']?.hashes['sha256'], imageOf(images(7).root).sha256);
});

test('where no headend runs it is signed into the repository of the checkout, from any folder of it', async (t) => {
	const { type: run, build, repository, cwd } = await startBuilds(t);
	const folder = await build('1.2.0', 7);
	await rm(join(cwd, '.mullion', 'headend.json'));

	t.is((await run('release', folder)).code, 0);
	t.is((await type(['release', '.'], { cwd: join(cwd, folder) })).code, 0);

	t.is(Object.keys(await repository.targets()).length, 2);
});

test('with an older release beside it, boxes that run that get a patch, where one is worth it', async (t) => {
	const { type: run, build, repository } = await startBuilds(t);
	const older = await build('1.1.0', 6);

	const { json } = await run('release', await build('1.2.0', 7), '--from', older, '--json');

	// The boot image has nothing in common with the one before.
	const { patches } = json() as { patches: { partition: string; bytes: number }[] };
	t.deepEqual(
		patches.map(({ partition }) => partition),
		['root'],
	);
	t.true((patches[0]?.bytes ?? 0) < 2000);
	const base = imageOf(images(6).root).sha256.slice(0, 16);
	t.truthy((await repository.targets())[`firmware/qemu-arm64/1.2.0/root-from-${base}.delta`]);
});

test('a release that no box would take, or that is not there, is not signed', async (t) => {
	const { type: run, build, repository, cwd } = await startBuilds(t);
	const errorOf = async (...argv: string[]) => {
		const { json, code } = await run('release', ...argv, '--json');
		return [code, (json() as { error: { code: string } }).error.code];
	};

	t.deepEqual(await errorOf('nowhere'), [1, 'no-such-file']);
	t.deepEqual(await errorOf(), [2, 'usage']);
	t.deepEqual(await errorOf(await build('2.0.0', 0)), [1, 'bad-update']);
	t.deepEqual(await errorOf(await build('2.1.0', 8, { slotBytes: { boot: 10, root: 10 } })), [
		1,
		'bad-update',
	]);
	t.deepEqual(await errorOf(await build('2.2.0', 9, { board: undefined })), [1, 'bad-update']);
	await writeFile(join(cwd, await build('2.3.0', 10), 'release.json'), '{');
	t.deepEqual(await errorOf('2.3.0'), [1, 'bad-release']);
	t.deepEqual(Object.keys(await repository.targets()), []);
});
