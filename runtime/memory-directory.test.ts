import test from 'ava';
import fc from 'fast-check';
import { directoryContract } from './directory-contract.ts';
import { MemoryDirectory } from './memory-directory.ts';
import { MemoryDisk, PowerCut } from './memory-disk.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (file: Uint8Array | undefined): string | undefined => file && new TextDecoder().decode(file);

directoryContract(test, { name: 'in memory', open: async () => new MemoryDirectory() });

test('a cut before or after any step of a write leaves the old file or the new one, whole', async (t) => {
	for (const survives of [0, 1]) {
		for (let steps = 0; ; steps++) {
			const before = new MemoryDirectory();
			await before.write('a', bytes('the old file'));
			before.disk.cutAfter(steps);
			const written = await before.write('a', bytes('new')).then(
				() => true,
				(error) => !(error instanceof PowerCut),
			);

			const after = await before.restart((most) => most * survives);

			const expected = written ? ['new'] : ['new', 'the old file'];
			t.true(expected.includes(text(await after.read('a')) ?? ''), `cut after ${steps} steps`);
			t.deepEqual(await after.list(), ['a']);
			if (written) break;
		}
	}
});

test('whatever is written or removed, and wherever it is cut, every file is whole: old or new', async (t) => {
	const change = fc.record({
		folder: fc.constantFrom('', 'f', 'g'),
		name: fc.constantFrom('a', 'b'),
		content: fc.option(fc.string({ maxLength: 40 }), { nil: undefined }),
	});
	await fc.assert(
		fc.asyncProperty(
			fc.array(change, { maxLength: 8 }),
			fc.nat(60),
			fc.infiniteStream(fc.nat(1000)),
			async (changes, cutAfter, choices) => {
				const before = new MemoryDirectory();
				before.disk.cutAfter(cutAfter);
				const settled = new Map<string, string | undefined>();
				let open: { key: string; content: string | undefined } | undefined;
				for (const { folder, name, content } of changes) {
					open = { key: `${folder}/${name}`, content };
					const place = folder === '' ? before : before.folder(folder);
					try {
						if (content === undefined) await place.remove(name);
						else await place.write(name, bytes(content));
					} catch (error) {
						t.true(error instanceof PowerCut);
						break;
					}
					settled.set(open.key, content);
					open = undefined;
				}

				const after = await before.restart((most) => (choices.next().value ?? 0) % (most + 1));

				for (const folder of ['', 'f', 'g']) {
					for (const name of ['a', 'b']) {
						const key = `${folder}/${name}`;
						const place = folder === '' ? after : after.folder(folder);
						const found = text(await place.read(name));
						const allowed = key === open?.key ? [settled.get(key), open.content] : [settled.get(key)];
						if (!allowed.includes(found)) throw new Error(`${key} is ${found}, not ${allowed.join(' or ')}`);
					}
				}
			},
		),
		{ numRuns: 300 },
	);
	t.pass();
});

test('the model does lose what was not synced: a rename without a sync of its folder can be undone', async (t) => {
	const disk = new MemoryDisk();
	await disk.create('aside', bytes('content'));
	await disk.syncFolder('');
	await disk.rename('aside', 'name');

	disk.restart();

	t.deepEqual(await disk.entries(''), [{ name: 'aside', isFolder: false }]);
});

test('the model does tear what was cut before its sync, so that a rename too early would show', async (t) => {
	const disk = new MemoryDisk();
	disk.cutAfter(1);
	await t.throwsAsync(disk.create('torn', bytes('content')), { instanceOf: PowerCut });

	disk.restart((most) => Math.ceil(most / 2));

	t.is(text(await disk.read('torn')), 'cont');
});

test('a disk without room refuses the new file, keeps the old one and leaves nothing behind', async (t) => {
	const directory = new MemoryDirectory(new MemoryDisk({ capacity: 20 }));
	await directory.write('a', bytes('0123456789'));

	await t.throwsAsync(directory.write('a', bytes('0123456789x')), { code: 'disk-full' });

	t.is(text(await directory.read('a')), '0123456789');
	await directory.write('b', bytes('0123456789'));
	t.deepEqual(await directory.list(), ['a', 'b']);
});

test('a disk that fails at any step says so, and the file is whole and can be written again', async (t) => {
	for (let step = 0; step < 4; step++) {
		const directory = new MemoryDirectory();
		await directory.write('a', bytes('old'));
		directory.disk.failAfter(step, 'io');

		await t.throwsAsync(directory.write('a', bytes('new')), { code: 'io' });

		t.true(['old', 'new'].includes(text(await directory.read('a')) ?? ''));
		await directory.write('a', bytes('newer'));
		t.is(text(await directory.read('a')), 'newer');
	}
});
