import test from 'ava';
import fc from 'fast-check';
import { MemoryDirectory } from '../memory-directory.ts';
import { MemoryDisk, PowerCut } from '../memory-disk.ts';
import { ModuleStore } from './store.ts';
import { sha256 } from './store-digest.ts';
import type { Unit } from './store-index.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

async function unitOf(name: string, content: string, previous?: Unit['previous']): Promise<Unit> {
	const unit = { name, version: `1.0.0-${content.length}`, uuid: `uuid-of-${name}`, installedAtUs: 5 };
	const digest = await sha256(bytes(content));
	return { ...unit, digest, requestedState: 'active', manifest: { content }, ...(previous && { previous }) };
}

async function install(store: ModuleStore, unit: Unit, content: string): Promise<void> {
	await store.put(bytes(content), unit.digest);
	await store.record(unit);
}

test('what was installed is there after a restart, with its bytes and everything that was said of it', async (t) => {
	const directory = new MemoryDirectory();
	const unit = await unitOf('clock', 'tick');
	await install(await ModuleStore.open({ directory }), unit, 'tick');

	const store = await ModuleStore.open({ directory });

	t.deepEqual(store.units(), [unit]);
	t.deepEqual(store.unit('clock'), unit);
	t.deepEqual(await store.get(unit.digest), bytes('tick'));
});

test('bytes that are not those of their digest are refused before anything is written', async (t) => {
	const directory = new MemoryDirectory();
	const store = await ModuleStore.open({ directory });

	await t.throwsAsync(store.put(bytes('tock'), await sha256(bytes('tick'))), { code: 'digest-mismatch' });
	await t.throwsAsync(store.put(bytes('tick'), '../../etc/passwd'), { code: 'digest-mismatch' });

	t.is(directory.disk.steps, 0);
});

test('a module that the disk gives back changed is `store-corrupt`, and storing it again heals it', async (t) => {
	const directory = new MemoryDirectory();
	const store = await ModuleStore.open({ directory });
	const unit = await unitOf('clock', 'tick');
	await install(store, unit, 'tick');
	await directory.folder('blobs').write(unit.digest, bytes('tack'));

	await t.throwsAsync(store.get(unit.digest), { code: 'store-corrupt' });

	await store.put(bytes('tick'), unit.digest);
	t.deepEqual(await store.get(unit.digest), bytes('tick'));
});

const damages: ((index: Uint8Array) => Uint8Array)[] = [
	(index) => index.slice(0, -1),
	(index) => index.map((byte, at) => (at === 80 ? byte ^ 1 : byte)),
	() => bytes(''),
];

test('a list of installed modules that was damaged is read from its copy, and written anew', async (t) => {
	const directory = new MemoryDirectory();
	const unit = await unitOf('clock', 'tick');
	await install(await ModuleStore.open({ directory }), unit, 'tick');
	const index = (await directory.read('index')) ?? new Uint8Array();

	for (const name of ['index', 'index-copy'])
		for (const damage of damages) {
			await directory.write(name, damage(index));
			const store = await ModuleStore.open({ directory });
			t.deepEqual(store.units(), [unit]);
			t.is(store.problem, undefined);
			t.deepEqual(await store.get(unit.digest), bytes('tick'));
			t.deepEqual(await directory.read(name), index);
		}
	await directory.remove('index');
	t.deepEqual((await ModuleStore.open({ directory })).units(), [unit]);
});

test('of a list that was damaged twice nothing is known, nothing is removed for it, and it is set aside', async (t) => {
	const directory = new MemoryDirectory();
	const unit = await unitOf('clock', 'tick');
	await install(await ModuleStore.open({ directory }), unit, 'tick');
	const index = (await directory.read('index')) ?? new Uint8Array();
	for (const name of ['index', 'index-copy']) await directory.write(name, index.slice(1));

	const store = await ModuleStore.open({ directory });
	t.is(store.problem?.code, 'store-corrupt');
	t.deepEqual(store.units(), []);
	t.deepEqual(await store.get(unit.digest), bytes('tick'));

	const other = await unitOf('bell', 'ring');
	await install(store, other, 'ring');
	t.deepEqual(await directory.read('index-damaged'), index.slice(1));
	const next = await ModuleStore.open({ directory });
	t.is(next.problem, undefined);
	t.deepEqual(next.units(), [other]);
	t.deepEqual(await next.list(), [other.digest]);
});

test('a list of a newer format is left as it was with all that it may name, or set aside once another is written', async (t) => {
	const directory = new MemoryDirectory();
	const unit = await unitOf('clock', 'tick');
	await install(await ModuleStore.open({ directory }), unit, 'tick');
	// Of a later firmware, which names its modules elsewhere, has one that the units of this format do not, and no copy.
	const later = await sha256(bytes('later'));
	await directory.folder('blobs').write(later, bytes('later'));
	const body = JSON.stringify({
		format: 2,
		modules: [{ ...unit, digests: [unit.digest, later] }],
		units: [],
	});
	const index = bytes(`${await sha256(bytes(body))}\n${body}`);
	await directory.write('index', index);
	const { steps } = directory.disk;

	const store = await ModuleStore.open({ directory });
	t.is(store.problem?.code, 'store-newer');
	t.regex(store.problem?.message ?? '', /format 2/);
	t.deepEqual(store.units(), []);
	t.is(directory.disk.steps, steps, 'nothing was written or removed');

	const other = await unitOf('bell', 'ring');
	await install(store, other, 'ring');
	t.deepEqual(await directory.read('index-newer'), index);
	t.deepEqual((await ModuleStore.open({ directory })).units(), [other]);
	t.deepEqual(
		await directory.folder('blobs').list(),
		[unit.digest, later, other.digest].toSorted(),
		'the later firmware finds its modules',
	);
});

test('an update keeps the version before as long as it is named, and no longer', async (t) => {
	const store = await ModuleStore.open({ directory: new MemoryDirectory() });
	const first = await unitOf('clock', 'one');
	const second = await unitOf('clock', 'second', { version: first.version, digest: first.digest });
	const third = await unitOf('clock', 'the third', { version: second.version, digest: second.digest });

	await install(store, first, 'one');
	await install(store, second, 'second');
	t.deepEqual((await store.list()).toSorted(), [first.digest, second.digest].toSorted());

	await install(store, third, 'the third');
	t.deepEqual((await store.list()).toSorted(), [second.digest, third.digest].toSorted());
	await store.record(second).then(
		() => t.fail('went back to a version whose own predecessor is gone'),
		(error) => t.is(error.code, 'not-stored'),
	);
	t.is(store.unit('clock'), third);
});

test('a module that two units share goes with the last of them', async (t) => {
	const store = await ModuleStore.open({ directory: new MemoryDirectory() });
	const one = await unitOf('one', 'shared');
	const two = await unitOf('two', 'shared');
	await install(store, one, 'shared');
	await install(store, two, 'shared');

	await store.forget('one');
	t.deepEqual(await store.list(), [one.digest]);
	await store.forget('two');
	t.deepEqual(await store.list(), []);
	await store.forget('two');
});

test('a module that is being installed is not removed because another unit no longer needs it', async (t) => {
	const store = await ModuleStore.open({ directory: new MemoryDirectory() });
	const one = await unitOf('one', 'shared');
	const two = await unitOf('two', 'shared');
	await install(store, one, 'shared');

	await Promise.all([store.put(bytes('shared'), two.digest), store.forget('one'), store.record(two)]);

	t.deepEqual(await store.get(two.digest), bytes('shared'));
});

test('a module can be removed only when no unit names it', async (t) => {
	const store = await ModuleStore.open({ directory: new MemoryDirectory() });
	const unit = await unitOf('clock', 'tick');
	await install(store, unit, 'tick');

	await t.throwsAsync(store.remove(unit.digest), { code: 'in-use' });
	await store.forget('clock');
	await store.put(bytes('tick'), unit.digest);
	await store.remove(unit.digest);
	await store.remove(unit.digest);

	await t.throwsAsync(store.get(unit.digest), { code: 'not-stored' });
	await t.throwsAsync(store.get('../index'), { code: 'not-stored' });
});

test('a unit is recorded only as a whole: its modules stored and every field right', async (t) => {
	const store = await ModuleStore.open({ directory: new MemoryDirectory() });
	const unit = await unitOf('clock', 'tick');

	await t.throwsAsync(store.record(unit), { code: 'not-stored' });
	for (const wrong of [{ name: '' }, { digest: 'x' }, { uuid: '' }, { installedAtUs: 0.5 }]) {
		await t.throwsAsync(store.record({ ...unit, ...wrong }), { code: 'bad-unit' });
	}
	t.deepEqual(store.units(), []);
});

test('a full disk refuses an install, and what was installed still runs', async (t) => {
	const directory = new MemoryDirectory(new MemoryDisk({ capacity: 1500 }));
	const store = await ModuleStore.open({ directory });
	const unit = await unitOf('clock', 'tick');
	await install(store, unit, 'tick');
	const large = 'x'.repeat(1500);

	await t.throwsAsync(store.put(bytes(large), await sha256(bytes(large))), { code: 'disk-full' });

	t.deepEqual(store.units(), [unit]);
	t.deepEqual(await store.get(unit.digest), bytes('tick'));
	t.deepEqual((await ModuleStore.open({ directory })).units(), [unit]);
});

test('modules of a list whose write failed stay until the next list is written', async (t) => {
	const directory = new MemoryDirectory();
	const store = await ModuleStore.open({ directory });
	const unit = await unitOf('clock', 'tick');
	await store.put(bytes('tick'), unit.digest);
	directory.disk.failAfter(3, 'io');

	await t.throwsAsync(store.record(unit), { code: 'io' });
	await t.throwsAsync(store.remove(unit.digest), { code: 'in-use' });

	await store.record(unit);
	await store.forget('clock');
	t.deepEqual(await store.list(), []);
});

interface Change {
	readonly name: string;
	/** Undefined is: uninstall. */
	readonly content: string | undefined;
	readonly keepsPrevious: boolean;
}

async function applyTo(store: ModuleStore, { name, content, keepsPrevious }: Change): Promise<void> {
	if (content === undefined) return store.forget(name);
	const now = store.unit(name);
	const previous = now && keepsPrevious ? { version: now.version, digest: now.digest } : undefined;
	await install(store, await unitOf(name, content, previous), content);
}

test('whatever is installed, updated or removed, a cut at any step leaves the state before or after', async (t) => {
	const change = fc.record({
		name: fc.constantFrom('a', 'b', 'c'),
		content: fc.option(fc.string({ minLength: 1, maxLength: 30 }), { nil: undefined }),
		keepsPrevious: fc.boolean(),
	});
	await fc.assert(
		fc.asyncProperty(
			fc.array(change, { minLength: 1, maxLength: 6 }),
			fc.nat(70),
			fc.infiniteStream(fc.nat(1000)),
			async (changes, cutAfter, choices) => {
				let directory = new MemoryDirectory();
				let store = await ModuleStore.open({ directory });
				directory.disk.cutAfter(cutAfter);
				let before: Unit[] = [];
				let after: Unit[] = [];
				for (const next of changes) {
					before = store.units();
					const model = await ModuleStore.open({ directory: await copyOf(store) });
					await applyTo(model, next);
					after = model.units();
					try {
						await applyTo(store, next);
						before = after;
					} catch (error) {
						if (!(error instanceof PowerCut)) throw error;
						break;
					}
				}

				directory = await directory.restart((most) => (choices.next().value ?? 0) % (most + 1));
				store = await ModuleStore.open({ directory });

				const found = JSON.stringify(store.units());
				if (found !== JSON.stringify(before) && found !== JSON.stringify(after)) throw new Error(found);
				for (const unit of store.units()) {
					t.deepEqual(await store.get(unit.digest), bytes((unit.manifest as { content: string }).content));
					if (unit.previous) await store.get(unit.previous.digest);
				}
				const named = new Set(store.units().flatMap((unit) => [unit.digest, unit.previous?.digest]));
				t.true((await store.list()).every((digest) => named.has(digest)));
			},
		),
		{ numRuns: 150 },
	);
});

/** A store of its own with the same units, to ask what a change would have made of them. */
async function copyOf(store: ModuleStore): Promise<MemoryDirectory> {
	const directory = new MemoryDirectory();
	const copy = await ModuleStore.open({ directory });
	for (const unit of store.units()) {
		await copy.put(bytes((unit.manifest as { content: string }).content), unit.digest);
		if (unit.previous) await directory.folder('blobs').write(unit.previous.digest, bytes('not looked at'));
		await copy.record(unit);
	}
	return directory;
}
