// What a box believes of a repository that lies: nothing.
import test from 'ava';
import fc from 'fast-check';
import { trustErrors } from '../../../firmware/update/trust-error.ts';
import { type Files, published, startBox, versions } from './trusting-box.ts';

/** Replaces a file of the repository by what `change` makes of its text. */
function tamper(files: Files, path: string, change: (text: string) => string): void {
	files.set(path, new TextEncoder().encode(change(new TextDecoder().decode(files.get(path)))));
}

const lies: Record<
	string,
	{ code: keyof typeof trustErrors | 'malformed-answer'; lie: (files: Files, old: Files) => void }
> = {
	'a timestamp that was cut off': {
		code: 'metadata-malformed',
		lie: (files) => tamper(files, 'metadata/timestamp.json', (text) => text.slice(0, 100)),
	},
	'a timestamp that is not JSON': {
		code: 'metadata-malformed',
		lie: (files) => tamper(files, 'metadata/timestamp.json', () => '\0\0\0'),
	},
	'a timestamp that is empty': {
		code: 'metadata-malformed',
		lie: (files) => files.set('metadata/timestamp.json', new Uint8Array()),
	},
	'a timestamp nested deeper than any stack': {
		code: 'metadata-malformed',
		lie: (files) => tamper(files, 'metadata/timestamp.json', () => '['.repeat(16_000)),
	},
	'a timestamp of another type': {
		code: 'metadata-malformed',
		lie: (files) =>
			files.set('metadata/timestamp.json', files.get('metadata/3.snapshot.json') ?? new Uint8Array()),
	},
	'a timestamp without signatures': {
		code: 'metadata-signature',
		lie: (files) =>
			tamper(files, 'metadata/timestamp.json', (text) =>
				text.replace(/"signatures":\[[^\]]*\]/, '"signatures":[]'),
			),
	},
	'a timestamp whose content was changed': {
		code: 'metadata-signature',
		lie: (files) =>
			tamper(files, 'metadata/timestamp.json', (text) => text.replace(/"version":3/, '"version":4')),
	},
	'a timestamp that is too large': {
		code: 'metadata-too-large',
		lie: (files) => tamper(files, 'metadata/timestamp.json', (text) => text + ' '.repeat(16_384)),
	},
	'no timestamp': { code: 'metadata-missing', lie: (files) => files.delete('metadata/timestamp.json') },
	'no snapshot': { code: 'metadata-missing', lie: (files) => files.delete('metadata/3.snapshot.json') },
	'no targets': { code: 'metadata-missing', lie: (files) => files.delete('metadata/3.targets.json') },
	'a snapshot that was cut off': {
		code: 'metadata-mismatch',
		lie: (files) => tamper(files, 'metadata/3.snapshot.json', (text) => text.slice(0, -1)),
	},
	'a snapshot longer than announced': {
		code: 'metadata-too-large',
		lie: (files) => tamper(files, 'metadata/3.snapshot.json', (text) => `${text} `),
	},
	'the snapshot of before under the new name': {
		code: 'metadata-mismatch',
		lie: (files, old) =>
			files.set('metadata/3.snapshot.json', old.get('metadata/2.snapshot.json') ?? new Uint8Array()),
	},
	'the targets of before under the new name': {
		code: 'metadata-mismatch',
		lie: (files, old) =>
			files.set('metadata/3.targets.json', old.get('metadata/2.targets.json') ?? new Uint8Array()),
	},
	'targets whose content was changed': {
		code: 'metadata-mismatch',
		lie: (files) =>
			tamper(files, 'metadata/3.targets.json', (text) => text.replace('"length":1', '"length":2')),
	},
	'a root that is nonsense': {
		code: 'metadata-malformed',
		lie: (files) => files.set('metadata/2.root.json', new Uint8Array(100)),
	},
	'the first root again as the second': {
		code: 'metadata-rollback',
		lie: (files, old) =>
			files.set('metadata/2.root.json', old.get('metadata/1.root.json') ?? new Uint8Array()),
	},
	'a root that is too large': {
		code: 'metadata-too-large',
		lie: (files) => files.set('metadata/2.root.json', new Uint8Array(131_073)),
	},
};

for (const [name, { code, lie }] of Object.entries(lies)) {
	test(`${name} is \`${code}\`, the box keeps what it knew and takes the truth when it comes`, async (t) => {
		const { trust, add, publish, reader, open } = await startBox(t);
		const old = reader.files;
		await add(2);
		const files = await publish();
		const truth = new Map(files);
		lie(files, old);

		await t.throwsAsync(trust.refresh(), { code });

		t.deepEqual(versions(trust), [1]);
		t.deepEqual(versions(await open()), [1]);
		reader.files = truth;
		await trust.refresh();
		t.deepEqual(versions(trust), [1, 2]);
	});
}

test('a repository that goes back to what it was is `metadata-rollback`, also after a restart', async (t) => {
	const { trust, add, publish, reader, open } = await startBox(t);
	const old = reader.files;
	await add(2);
	await publish();
	await trust.refresh();
	reader.files = old;

	await t.throwsAsync(trust.refresh(), { code: 'metadata-rollback' });
	await t.throwsAsync((await open()).refresh(), { code: 'metadata-rollback' });

	t.deepEqual(versions(trust), [1, 2]);
});

test('a timestamp that was seen once counts, even if what it announced never came', async (t) => {
	const { trust, add, publish, reader, open } = await startBox(t);
	await add(2);
	const between = await publish();
	await add(3);
	(await publish()).delete('metadata/4.snapshot.json');
	await t.throwsAsync(trust.refresh(), { code: 'metadata-missing' });
	reader.files = between;

	await t.throwsAsync((await open()).refresh(), { code: 'metadata-rollback' });
	t.deepEqual(versions(await open()), [1]);
});

test('a repository with other keys is refused, whatever it offers', async (t) => {
	const { trust, reader } = await startBox(t);
	const other = await startBox(t);
	await other.repository.rotate('root');
	const foreign = await published(other.repository);

	reader.files = new Map(foreign);
	await t.throwsAsync(trust.refresh(), { code: 'metadata-signature' });
	reader.files.delete('metadata/2.root.json');
	await t.throwsAsync(trust.refresh(), { code: 'metadata-signature' });

	t.deepEqual(versions(trust), [1]);
});

test('a box whose memory of the repository was damaged starts from its root again', async (t) => {
	const { box, open } = await startBox(t);
	const file = (await box.read('trust')) ?? new Uint8Array();
	await fc.assert(
		fc.asyncProperty(
			fc.nat(file.length - 1),
			fc.integer({ min: 1, max: 255 }),
			fc.boolean(),
			async (at, flip, cuts) => {
				await box.write(
					'trust',
					cuts ? file.slice(0, at) : file.map((byte, index) => (index === at ? byte ^ flip : byte)),
				);
				const trust = await open();
				await trust.refresh();
				t.deepEqual(versions(trust), [1]);
			},
		),
		{ numRuns: 60 },
	);
});

test('whatever byte of whatever file is changed, a box fails with a code or believes the same as without', async (t) => {
	const { add, publish, box, open, reader } = await startBox(t);
	const before = (await box.read('trust')) ?? new Uint8Array();
	await add(2);
	const truth = new Map(await publish());
	const paths = ['timestamp.json', '3.snapshot.json', '3.targets.json'].map((file) => `metadata/${file}`);
	await fc.assert(
		fc.asyncProperty(
			fc.constantFrom(...paths),
			fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
			fc.integer({ min: 1, max: 255 }),
			async (path, place, flip) => {
				await box.write('trust', before);
				const bytes = Uint8Array.from(truth.get(path) ?? []);
				const at = Math.floor(place * bytes.length);
				bytes[at] = (bytes[at] ?? 0) ^ flip;
				reader.files = new Map(truth).set(path, bytes);
				const trust = await open();
				const code = await trust.refresh().then(
					() => undefined,
					(error) => error.code,
				);
				if (code === undefined) t.deepEqual(versions(trust), [1, 2]);
				else t.true(code in trustErrors, code);
				if (code !== undefined) t.deepEqual(versions(trust), [1]);
			},
		),
		{ numRuns: 150 },
	);
});

test('a reader that lies about ranges is `malformed-answer`', async (t) => {
	const { reader, trust } = await startBox(t);
	const truth = { size: 10, offset: 0, data: new Uint8Array(10) };
	for (const answer of [
		{ ...truth, offset: 1 },
		{ ...truth, size: 9 },
		{ ...truth, size: -1 },
		{ ...truth, size: 0.5 },
		{ ...truth, data: new Uint8Array() },
		{ ...truth, size: 100_000, data: new Uint8Array(40_000) },
	]) {
		reader.answer = async () => answer;
		await t.throwsAsync(trust.refresh(), { code: 'malformed-answer' });
	}
	t.deepEqual(versions(trust), [1]);
});

test('metadata with more entries than a box can read in good time is `metadata-too-large`', async (t) => {
	const { reader, trust } = await startBox(t);
	const meta = Object.fromEntries(Array.from({ length: 2001 }, (_, index) => [`${index}`, {}]));
	reader.files.set(
		'metadata/2.root.json',
		Buffer.from(JSON.stringify({ signed: { keys: meta }, signatures: [] })),
	);

	await t.throwsAsync(trust.refresh(), { code: 'metadata-too-large', message: /2001 entries/ });
});
