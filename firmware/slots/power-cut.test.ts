/** Every state that a power cut during an update can leave is one that boots a whole release. */
import test, { type ExecutionContext } from 'ava';
import fc from 'fast-check';
import { type SlotName, startsOfGood } from './boot-state.ts';
import { BootStateStore } from './boot-state-store.ts';
import { chooseSlot } from './choose-slot.ts';
import { chooser, content } from './image.fixture.ts';
import { MemoryBlockDevice } from './memory-block-device.ts';
import { type Images, SlotBox } from './testbed.fixture.ts';

const tornStates = 500;
const partitionBytes = { boot: 300_000, root: 2_500_000 };
const releases = [1, 2, 3].map((release) => ({
	boot: content(280_000 + release, 2 * release),
	root: content(2_400_000 + release, 2 * release + 1),
}));
const imagesOf = (release: number): Images => releases[release - 1] as Images;
const newBox = () => new SlotBox({ imagesOf, partitionBytes });

type Content = ReadonlyMap<string, Uint8Array>;

const begins = (device: Uint8Array | undefined, image: Uint8Array): boolean =>
	device !== undefined && Buffer.compare(device.subarray(0, image.length), image) === 0;

/** The release that a slot holds whole, if any. */
function releaseIn(content: Content, slot: SlotName): number | undefined {
	const at = releases.findIndex(
		({ boot, root }) =>
			begins(content.get(`boot-${slot}`), boot) && begins(content.get(`root-${slot}`), root),
	);
	return at < 0 ? undefined : at + 1;
}

/** What the next boots start, with nobody but the boot loader at work: the releases, or what is wrong. */
async function bootable(content: Content): Promise<Set<number>> {
	const bytes = content.get('bootstate') ?? new Uint8Array();
	const store = await BootStateStore.open(new MemoryBlockDevice({ size: bytes.length, content: bytes }));
	if (store.lost !== undefined) throw store.lost;
	const held = { a: releaseIn(content, 'a'), b: releaseIn(content, 'b') };
	const started = new Set<number>();
	for (let { state } = store, boot = 0; boot < 20; boot++) {
		const { slot, next } = chooseSlot(state);
		const release = held[slot];
		if (release === undefined)
			throw new Error(`slot ${slot} is started and not whole: ${JSON.stringify(state)}`);
		started.add(release);
		state = next;
	}
	return started;
}

/** Every prefix of what was written, and many of what may be left of it. */
async function holdsAlways(t: ExecutionContext, { history }: SlotBox, allowed: readonly number[]) {
	const { length } = history.events;
	const seen = new Set<number>();
	const check = async (content: Content): Promise<void> => {
		for (const release of await bootable(content)) seen.add(release);
	};
	for (let count = 0; count <= length; count++) await check(history.prefix(count));
	await fc.assert(
		fc.asyncProperty(fc.nat(length), fc.nat(), (count, seed) => check(history.torn(count, chooser(seed)))),
		{ numRuns: tornStates },
	);
	t.deepEqual([...seen].toSorted(), allowed);
	t.log(`${length + 1} prefixes and ${tornStates} torn states of ${length} writes and syncs`);
}

test('an update that is found healthy, and another one after it', async (t) => {
	const box = newBox();
	for (const release of [2, 3]) {
		const { updater } = await box.boot();
		await box.install(updater, release);
		await updater.activate();
		await box.trial((await box.boot()).updater);
	}

	t.like(await box.state(), { order: ['a', 'b'], floor: 3 });
	await holdsAlways(t, box, [1, 2, 3]);
});

test('an update that is given back, and installed again', async (t) => {
	const box = newBox();
	const { updater } = await box.boot();
	await box.install(updater, 2);
	box.health.problems = ['cells'];
	await updater.activate();
	box.health.problems = ['cells', 'cloud'];
	for (const _ of [1, 2, 3]) await box.trial((await box.boot()).updater);
	const back = await box.boot();
	t.is(back.slot, 'a');
	await box.install(back.updater, 3);

	await holdsAlways(t, box, [1, 2]);
});

test('an update that breaks off with an error of the flash, and is tried again', async (t) => {
	const box = newBox();
	const { updater } = await box.boot();
	for (const [operation, count] of [
		['write', 2],
		['sync', 1],
	] as const) {
		box.slots.b.root.failAfter(operation, count);
		await t.throwsAsync(box.install(updater, 2), { code: 'write-failed' });
	}
	await box.install(updater, 2);
	box.bootState.failAfter('sync', 0);
	await t.throwsAsync(updater.activate(), { code: 'boot-state-not-written' });
	await updater.activate();

	await holdsAlways(t, box, [1, 2]);
});

test('after a cut at any moment a box comes back and the update can be brought to its end', async (t) => {
	await fc.assert(
		fc.asyncProperty(fc.nat(60), fc.nat(), async (steps, seed) => {
			const choose = chooser(seed);
			const box = newBox();
			// The data partition has its own power cut, and the others are cut at the same moment.
			const first = await box.boot();
			box.directory.disk.cutAfter(steps);
			await box
				.install(first.updater, 2)
				.then(() => first.updater.activate())
				.catch(() => undefined);
			const left = box.history.torn(box.history.events.length, choose);
			for (const device of [box.bootState, ...Object.values(box.slots).flatMap(Object.values)])
				device.content.set(left.get(device.name) ?? []);
			box.directory = await box.directory.restart(choose);

			let { slot, updater } = await box.boot();
			if (slot === 'a') {
				await box.install(updater, 2);
				await updater.activate();
				({ slot, updater } = await box.boot());
			}
			t.is(slot, 'b');
			await box.trial(updater);
			const now = new Map(Object.values(box.slots.b).map(({ name, content }) => [name, content]));
			t.is(releaseIn(now, 'b'), 2);
			t.like(await box.state(), { order: ['b', 'a'], b: { left: startsOfGood, isGood: true } });
		}),
		{ numRuns: 25 },
	);
});
