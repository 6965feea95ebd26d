import test from 'ava';
import { ManualClock } from '../../runtime/manual-clock.ts';
import { MemoryRangeReader } from '../update/memory-range-reader.ts';
import type { DeltaError } from './delta-error.ts';
import { content } from './image.fixture.ts';
import { makeDelta } from './make-delta.ts';
import { RepositorySource } from './repository-source.ts';
import { imagesOf, SlotBox } from './testbed.fixture.ts';
import { releaseTargets } from './update-manifest.fixture.ts';
import { parseUpdate } from './update-manifest.ts';

const old = imagesOf(1);
const root = old.root.slice();
root.set(content(3000, 77), 600_000);
const made = { boot: old.boot, root };

/** A repository with release 2, and for its root image a patch to whatever it is given. */
async function repository(patch?: Uint8Array) {
	const deltas = patch && [{ partition: 'root' as const, base: '0'.repeat(64), patch }];
	const targets = releaseTargets({ release: 2, images: made, ...(deltas && { deltas }) });
	const reader = new MemoryRangeReader(targets.map(({ file, bytes }) => [file, bytes] as const));
	const refused: DeltaError[] = [];
	const source = new RepositorySource({
		reader,
		clock: new ManualClock(),
		target: (name) => targets.find(({ path }) => path === name),
		onPatchRefused: (error) => refused.push(error),
	});
	const box = new SlotBox();
	const { updater } = await box.boot();
	const images = targets.filter(({ path }) => path.endsWith('.img'));
	const update = parseUpdate(images, { board: 'qemu-arm64', floor: 0 });
	const install = async () => {
		await updater.install(update, source);
		return Buffer.compare(box.slots.b.root.content.subarray(0, root.length), root) === 0;
	};
	const bytesOf = (end: string): number =>
		reader.requests.filter(({ path }) => path.endsWith(end)).reduce((bytes, { length }) => bytes + length, 0);
	return { install, reader, refused, bytesOf };
}

test('a release is taken whole where there is no patch', async (t) => {
	const { install, bytesOf } = await repository();

	t.true(await install());
	t.is(bytesOf('root.img'), root.length);
});

test('a release comes as a patch to what runs, where there is one', async (t) => {
	const patch = await makeDelta(old.root, root);
	const { install, bytesOf, refused } = await repository(patch);

	t.true(await install());
	t.is(bytesOf('root.img'), 0);
	t.is(bytesOf('delta'), patch.length);
	t.true(patch.length < root.length / 50);
	t.deepEqual(refused, []);
});

test('a patch to something else is refused, and the image taken whole', async (t) => {
	const { install, bytesOf, refused } = await repository(await makeDelta(made.boot, root, { level: 1 }));

	t.true(await install());
	t.is(bytesOf('root.img'), root.length);
	t.like(refused, [{ code: 'delta-base-mismatch' }]);
});

test('a patch that is damaged half way is left, and only the rest is taken whole', async (t) => {
	const patch = await makeDelta(old.root, root, { level: 3, windowBytes: 262_144, slackBytes: 0 });
	const damaged = patch.slice();
	damaged[damaged.length - 100] = 1 + (damaged[damaged.length - 100] ?? 0);
	const { install, bytesOf, refused } = await repository(damaged);

	t.true(await install());
	t.is(bytesOf('root.img'), root.length - 524_288);
	t.like(refused, [{ code: 'delta-damaged' }]);
});

test('an image that the repository does not have, or has in another length, is an error with a code', async (t) => {
	const { install, reader } = await repository();
	for (const [name] of reader.files) if (name.endsWith('root.img')) reader.files.set(name, root.subarray(1));
	await t.throwsAsync(install(), { code: 'target-length' });

	for (const [name] of reader.files) if (name.endsWith('root.img')) reader.files.delete(name);
	await t.throwsAsync(install(), { code: 'target-missing' });
});

test('an image that is not the one that was signed is not kept', async (t) => {
	const { install, reader } = await repository();
	for (const [name] of reader.files)
		if (name.endsWith('root.img'))
			reader.files.set(
				name,
				root.map((byte) => byte ^ 1),
			);

	await t.throwsAsync(install(), { code: 'digest-mismatch' });
});
