import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { ManualClock } from '../../runtime/manual-clock.ts';
import { Downloads, type DownloadsOptions } from './download.ts';
import { MemoryRangeReader } from './memory-range-reader.ts';
import type { Target } from './target-view.ts';

/** Bytes that differ everywhere, so that a chunk in a wrong place shows. */
function content(length: number, seed = 1): Uint8Array {
	const bytes = new Uint8Array(length);
	let state = seed;
	for (let at = 0; at < length; at++) {
		state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
		bytes[at] = state >>> 16;
	}
	return bytes;
}

function targetOf(bytes: Uint8Array, file = 'targets/a'): Pick<Target, 'file' | 'length' | 'sha256'> {
	return { file, length: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
}

async function start(
	t: ExecutionContext,
	{ bytes = content(100_000), ...options }: Partial<DownloadsOptions> & { bytes?: Uint8Array } = {},
) {
	const directory = await mkdtemp(join(tmpdir(), 'mullion-download-'));
	t.teardown(() => rm(directory, { recursive: true, force: true }));
	const reader = new MemoryRangeReader([['targets/a', bytes]]);
	const open = (): Downloads =>
		new Downloads({ directory, reader, clock: new ManualClock(), chunkBytes: fixed(16_384), ...options });
	return { directory, reader, bytes, target: targetOf(bytes), downloads: open(), open };
}

const fixed = (bytes: number) => ({ least: bytes, most: bytes });

const same = async (bytes: Uint8Array): Promise<Uint8Array> => bytes;

test('a target arrives whole, in chunks, each asked for once, and nothing stays behind', async (t) => {
	const { downloads, target, bytes, reader, directory } = await start(t);
	const progress: number[] = [];

	const got = await downloads.fetch({ target, onProgress: (at) => progress.push(at) }, same);

	t.deepEqual(got, bytes);
	t.deepEqual(
		reader.requests.map(({ offset, length }) => [offset, length]),
		[...[0, 1, 2, 3, 4, 5].map((chunk) => [chunk * 16_384, 16_384]), [98_304, 1_696]],
	);
	t.deepEqual(progress, [0, 16_384, 32_768, 49_152, 65_536, 81_920, 98_304, 100_000]);
	t.deepEqual(await readdir(directory), []);
});

test('targets of every length around a chunk arrive whole, the empty one too', async (t) => {
	for (const length of [0, 1, 9, 10, 11, 39, 40, 41, 100]) {
		const { downloads, target, bytes } = await start(t, { bytes: content(length), chunkBytes: fixed(10) });
		t.deepEqual(await downloads.fetch({ target }, same), bytes);
	}
});

test('no more requests are on their way than the window allows, whatever order they are answered in', async (t) => {
	const { downloads, target, bytes, reader } = await start(t, { window: 3 });
	const open: (() => void)[] = [];
	let most = 0;
	const answerAll = (): void => {
		for (const go of open.splice(0).reverse()) go();
	};
	reader.answer = async (_request, truth) => {
		await new Promise<void>((resolve) => {
			open.push(resolve);
			most = Math.max(most, open.length);
			// The last asked is answered first.
			if (open.length === 3 || truth?.offset === 98_304) setImmediate(answerAll);
		});
		return truth;
	};

	t.deepEqual(await downloads.fetch({ target }, same), bytes);
	t.is(most, 3);
});

test('answers shorter than asked for are completed', async (t) => {
	const { downloads, target, bytes, reader } = await start(t);
	reader.answer = async (_request, truth) => truth && { ...truth, data: truth.data.slice(0, 7_001) };

	t.deepEqual(await downloads.fetch({ target }, same), bytes);
});

test('a download that broke off goes on where it was, in a new process too', async (t) => {
	const { downloads, open, target, bytes, reader } = await start(t, { window: 1 });
	const lost = new Error('gone');
	reader.answer = async (_request, truth) => {
		if (reader.requests.length > 4) throw lost;
		return truth;
	};
	await t.throwsAsync(downloads.fetch({ target }, same), { is: lost });
	reader.answer = async (_request, truth) => truth;
	reader.requests.length = 0;
	const progress: number[] = [];

	t.deepEqual(await open().fetch({ target, onProgress: (at) => progress.push(at) }, same), bytes);

	t.is(reader.requests[0]?.offset, 4 * 16_384);
	t.is(progress[0], 4 * 16_384);
});

test('bytes that were kept but damaged are found by the digest and fetched once more', async (t) => {
	const { downloads, target, bytes, directory, reader } = await start(t);
	await writeFile(join(directory, target.sha256), content(50_000, 2));

	t.deepEqual(await downloads.fetch({ target }, same), bytes);

	t.deepEqual(reader.requests.filter(({ offset }) => offset === 0).length, 1);
});

test('more bytes kept than the target has are thrown away', async (t) => {
	const { downloads, target, bytes, directory } = await start(t);
	await writeFile(join(directory, target.sha256), content(200_000, 2));

	t.deepEqual(await downloads.fetch({ target }, same), bytes);
});

test('wrong bytes are `target-digest`, nobody sees them and they are not kept', async (t) => {
	const { downloads, target, bytes, directory, reader } = await start(t);
	reader.files.set('targets/a', content(bytes.length, 3));

	await t.throwsAsync(
		downloads.fetch({ target }, async () => t.fail('wrong bytes were used')),
		{ code: 'target-digest' },
	);

	t.is((await readFile(join(directory, target.sha256))).length, 0);
	t.is(reader.requests.length, 7, 'a repository that lies is not asked twice');
	reader.files.set('targets/a', bytes);
	t.deepEqual(await downloads.fetch({ target }, same), bytes);
});

test('a file of another length is `target-length`, before its bytes are kept', async (t) => {
	const { downloads, target, bytes, directory, reader } = await start(t);
	for (const length of [bytes.length - 1, bytes.length + 1, 0]) {
		reader.files.set('targets/a', content(length));
		await t.throwsAsync(downloads.fetch({ target }, same), { code: 'target-length' });
	}
	t.is((await readFile(join(directory, target.sha256))).length, 0);
});

test('a file that becomes another one half-way is `target-length`, and what came stays', async (t) => {
	const { downloads, target, bytes, reader } = await start(t, { window: 1 });
	reader.answer = async (_request, truth) =>
		truth && { ...truth, size: reader.requests.length > 3 ? 99_999 : truth.size };
	await t.throwsAsync(downloads.fetch({ target }, same), { code: 'target-length' });
	reader.answer = async (_request, truth) => truth;
	reader.requests.length = 0;

	t.deepEqual(await downloads.fetch({ target }, same), bytes);
	t.is(reader.requests[0]?.offset, 3 * 16_384);
});

test('a target the repository does not have is `target-missing`', async (t) => {
	const { downloads, target, reader } = await start(t);
	reader.files.clear();

	await t.throwsAsync(downloads.fetch({ target }, same), { code: 'target-missing' });
});

test('a target that is too large is refused before anything is asked for', async (t) => {
	const { downloads, target, reader } = await start(t, { maxBytes: 99_999 });

	await t.throwsAsync(downloads.fetch({ target }, same), { code: 'target-too-large' });

	t.is(reader.requests.length, 0);
});

test('an answer for another range, without bytes or with too many is `malformed-answer`', async (t) => {
	const { downloads, target, reader } = await start(t);
	const changes = [{ offset: 1 }, { data: new Uint8Array() }, { data: new Uint8Array(20_000) }];
	for (const change of changes) {
		reader.answer = async (_request, truth) => truth && { ...truth, ...change };
		await t.throwsAsync(downloads.fetch({ target }, same), { code: 'malformed-answer' });
	}
});

test('a download is given up by its signal, with its reason, and another one is not held up by it', async (t) => {
	const { downloads, target, bytes, reader } = await start(t);
	const other = content(10, 5);
	reader.files.set('targets/b', other);
	const { promise: stalled, resolve: stalls } = Promise.withResolvers<void>();
	reader.answer = async ({ path, signal }, truth) => {
		if (path === 'targets/b') return truth;
		stalls();
		return new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason)));
	};
	const stop = new AbortController();
	const hanging = downloads.fetch({ target, signal: stop.signal }, same);
	await stalled;

	t.deepEqual(await downloads.fetch({ target: targetOf(other, 'targets/b') }, same), other);

	stop.abort(new Error('no longer wanted'));
	await t.throwsAsync(hanging, { message: 'no longer wanted' });
	reader.answer = async (_request, truth) => truth;
	t.deepEqual(await downloads.fetch({ target }, same), bytes);
});

test('two that want the same target get it one after the other, whole', async (t) => {
	const { downloads, target, bytes } = await start(t);

	const got = await Promise.all([1, 2, 3].map(() => downloads.fetch({ target }, same)));

	t.deepEqual(got, [bytes, bytes, bytes]);
});

test('targets are used one at a time', async (t) => {
	const { downloads, target, reader } = await start(t);
	const other = content(100_000, 7);
	reader.files.set('targets/b', other);
	let inUse = 0;
	const use = async (): Promise<void> => {
		t.is(++inUse, 1);
		await new Promise((resolve) => setImmediate(resolve));
		inUse--;
	};

	await Promise.all([
		downloads.fetch({ target }, use),
		downloads.fetch({ target: targetOf(other, 'targets/b') }, use),
	]);
});

test('a target whose use fails is kept and needs no network the next time', async (t) => {
	const { downloads, target, bytes, reader } = await start(t);
	await t.throwsAsync(
		downloads.fetch({ target }, () => Promise.reject(new Error('store is full'))),
		{
			message: 'store is full',
		},
	);
	reader.requests.length = 0;

	t.deepEqual(await downloads.fetch({ target }, same), bytes);
	t.is(reader.requests.length, 0);
});

test('only so many unfinished targets are kept: the oldest goes', async (t) => {
	const { downloads, target, directory } = await start(t, { maxPartials: 2 });
	for (const [index, name] of ['old', 'newer', 'newest'].entries()) {
		await writeFile(join(directory, name), 'part');
		await utimes(join(directory, name), index + 1, index + 1);
	}

	await downloads.fetch({ target }, same);

	t.deepEqual((await readdir(directory)).sort(), ['newer', 'newest']);
});
