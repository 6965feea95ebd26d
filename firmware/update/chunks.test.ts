import test from 'ava';
import fc from 'fast-check';
import { ManualClock } from '../../runtime/manual-clock.ts';
import { readChunks } from './chunks.ts';
import { MemoryRangeReader } from './memory-range-reader.ts';

const sizes = { least: 16_384, most: 262_144 };
const file = new Uint8Array(3_000_000).map((_, at) => at % 251);

/** Over a network of so many bytes a second, on which one answer comes after the other. */
function network(bytesPerSecond: (at: number) => number, bytes = file) {
	const clock = new ManualClock();
	const reader = new MemoryRangeReader([['targets/a', bytes]]);
	let freeAt = clock.now();
	reader.answer = (request, truth) => {
		const length = truth?.data.length ?? 0;
		freeAt = Math.max(freeAt, clock.now()) + (length / bytesPerSecond(request.offset)) * 1_000_000;
		return new Promise((resolve) => {
			clock.after((freeAt - clock.now()) / 1000, () => resolve(truth));
			setImmediate(() => clock.advance((freeAt - clock.now()) / 1000));
		});
	};
	const chunks = (changes: object = {}) =>
		readChunks({
			...{ reader, clock, path: 'targets/a', offset: 0, end: bytes.length, chunkBytes: sizes, window: 4 },
			signal: new AbortController().signal,
			wrongSize: (size) => new Error(`${size} bytes`),
			...changes,
		});
	return { chunks, asked: () => reader.requests.map(({ length }) => length) };
}

test('what comes soon is asked for in more and more, up to the most', async (t) => {
	const { chunks, asked } = network(() => 50_000_000);
	const got = Buffer.concat(await Array.fromAsync(chunks()));

	t.is(Buffer.compare(got, file), 0);
	t.is(asked()[0], sizes.least);
	t.is(Math.max(...asked()), sizes.most);
	t.true(asked().length < 25, `${asked().length} requests`);
});

test('what comes slowly is asked for in little', async (t) => {
	const { chunks, asked } = network(() => 37_500, file.subarray(0, 300_000));
	await Array.fromAsync(chunks());

	t.deepEqual(new Set(asked().slice(0, -1)), new Set([sizes.least]));
});

test('a network that becomes slow is asked for less again', async (t) => {
	const { chunks, asked } = network((at) => (at < 1_500_000 ? 50_000_000 : 100_000));
	await Array.fromAsync(chunks());

	t.is(Math.max(...asked()), sizes.most);
	t.true((asked().at(-2) ?? 0) <= 2 * sizes.least);
});

test('any file comes whole and in order, from any place on, at any speed', async (t) => {
	await fc.assert(
		fc.asyncProperty(
			fc.record({
				length: fc.nat(200_000),
				from: fc.nat(200_000),
				speed: fc.integer({ min: 1000, max: 100_000_000 }),
				least: fc.integer({ min: 1, max: 5000 }),
				times: fc.integer({ min: 1, max: 20 }),
			}),
			async ({ length, from, speed, least, times }) => {
				const bytes = file.subarray(0, length);
				const offset = Math.min(from, length);
				const { chunks } = network(() => speed, bytes);
				const chunkBytes = { least: least + 1000, most: (least + 1000) * times };
				const got = Buffer.concat(await Array.fromAsync(chunks({ offset, chunkBytes })));
				return Buffer.compare(got, bytes.subarray(offset)) === 0;
			},
		),
		{ numRuns: 50 },
	);
	t.pass();
});

test('the memory of a chunk is given back once the next is asked for, and of parts once they are joined', async (t) => {
	const reader = new MemoryRangeReader([['targets/a', file.subarray(0, 200_000)]]);
	const held = new Set<number>();
	// Every third answer is shorter than asked for.
	reader.answer = async (request, truth) => {
		const { offset } = request;
		held.add(offset);
		const part = offset % 3 === 0 ? truth?.data.subarray(0, 5000) : truth?.data;
		return truth && part && { ...truth, data: part, release: () => t.true(held.delete(offset)) };
	};
	const chunks = readChunks({
		...{ reader, clock: new ManualClock(), path: 'targets/a', offset: 0, end: 200_000, window: 1 },
		chunkBytes: { least: 16_384, most: 16_384 },
		signal: new AbortController().signal,
		wrongSize: (size) => new Error(`${size} bytes`),
	});
	let at = 0;
	for await (const chunk of chunks) {
		t.is(Buffer.compare(chunk, file.subarray(at, at + chunk.length)), 0);
		// One that came in one piece is held for as long as it is looked at.
		t.deepEqual([...held], at % 3 === 0 && chunk.length > 5000 ? [] : [at]);
		at += chunk.length;
	}
	t.is(at, 200_000);
	t.is(held.size, 0);
});
