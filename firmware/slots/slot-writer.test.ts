import { setImmediate } from 'node:timers/promises';
import test from 'ava';
import fc from 'fast-check';
import { ManualClock } from '../../runtime/manual-clock.ts';
import { MemoryDirectory } from '../../runtime/memory-directory.ts';
import { chooser, chunksOf, content, imageOf } from './image.fixture.ts';
import { MemoryBlockDevice } from './memory-block-device.ts';
import { type ImageWrite, pieceBytes, writeImage } from './slot-writer.ts';
import { WriteMarks } from './write-marks.ts';

const bytes = content(3 * pieceBytes + 12_345);

function prepared(changes: Partial<ImageWrite> & { readonly directory?: MemoryDirectory } = {}) {
	const { directory = new MemoryDirectory() } = changes;
	const asked: number[] = [];
	const device = new MemoryBlockDevice({ size: 4 * pieceBytes });
	const write: ImageWrite = {
		device,
		partition: 'root-b',
		image: imageOf(bytes),
		marks: new WriteMarks(directory),
		read: (from) => {
			asked.push(from);
			return chunksOf(bytes, { from });
		},
		clock: new ManualClock(),
		marking: { bytes: pieceBytes, us: 0 },
		...changes,
	};
	return { directory, device, asked, write };
}

const isThere = (device: MemoryBlockDevice): boolean =>
	Buffer.compare(device.content.subarray(0, bytes.length), bytes) === 0;

test('an image is in the partition whole and synced, written in pieces of at most a mebibyte', async (t) => {
	const { device, write } = prepared();
	const progress: number[] = [];

	await writeImage({ ...write, onProgress: (at) => progress.push(at) });

	t.true(isThere(device));
	const { events } = device.history;
	t.deepEqual(
		events.filter((event) => event.kind === 'write').map((event) => event.bytes.length),
		[pieceBytes, pieceBytes, pieceBytes, 12_345],
	);
	t.is(events.at(-1)?.kind, 'sync');
	t.deepEqual(progress, [0, pieceBytes, 2 * pieceBytes, 3 * pieceBytes, bytes.length]);
});

test('chunks of any size make the same image', async (t) => {
	await fc.assert(
		fc.asyncProperty(fc.integer({ min: 1000, max: 3_500_000 }), async (chunkBytes) => {
			const { device, write } = prepared({ read: (from) => chunksOf(bytes, { from, chunkBytes }) });
			await writeImage(write);
			return isThere(device);
		}),
		{ numRuns: 15 },
	);
	t.pass();
});

test('an image that has no room is refused before anything is written', async (t) => {
	const { device, write, asked } = prepared();
	const image = { ...write.image, length: device.size + 1 };

	await t.throwsAsync(writeImage({ ...write, image }), { code: 'image-too-large' });
	t.deepEqual(device.history.events, []);
	t.deepEqual(asked, []);
});

test('an image of another length or digest than promised is an error', async (t) => {
	const image = (changes: object) => writeImage(prepared({ image: { ...imageOf(bytes), ...changes } }).write);

	await t.throwsAsync(image({ length: bytes.length + 1 }), { code: 'length-mismatch' });
	await t.throwsAsync(image({ length: bytes.length - 1 }), { code: 'length-mismatch' });
	await t.throwsAsync(image({ sha256: '0'.repeat(64) }), { code: 'digest-mismatch' });
});

test('a device that fails is `write-failed`, with what it said', async (t) => {
	for (const [operation, count] of [
		['write', 2],
		['sync', 1],
		['sync', 4],
	] as const) {
		const { device, write } = prepared();
		device.failAfter(operation, count);
		const error = await t.throwsAsync(writeImage(write), { code: 'write-failed', message: /root-b.*EIO/ });
		t.like(error?.cause, { code: 'device-failed', cause: { code: 'EIO' } });
	}
});

test('what could not be written before is no error of what is written now', async (t) => {
	const { device, write } = prepared();
	// As a kernel does with what it still held when an earlier write gave up.
	device.failAfter('sync', 0);

	await writeImage(write);

	t.true(isThere(device));
});

test('a device that forgets what it took is found by reading it back', async (t) => {
	const { device, write } = prepared();
	const take = device.write.bind(device);
	device.write = (at, piece) => take(at, at === pieceBytes ? piece.map((byte) => byte ^ 1) : piece);

	await t.throwsAsync(writeImage(write), { code: 'read-back-failed' });

	device.failAfter('read', 1);
	await t.throwsAsync(writeImage(write), { code: 'read-back-failed' });
});

test('a write that broke off goes on from its last mark', async (t) => {
	const { device, write, asked } = prepared();
	const broken = async function* (from: number) {
		yield* chunksOf(bytes.subarray(0, 2 * pieceBytes + 5000), { from });
		throw new Error('the network went');
	};
	await t.throwsAsync(writeImage({ ...write, read: broken }), { message: 'the network went' });

	await writeImage(write);

	t.deepEqual(asked, [2 * pieceBytes]);
	t.true(isThere(device));
});

test('an image that is there already is not asked for again, and another one starts at its beginning', async (t) => {
	const { write, asked } = prepared();
	await writeImage(write);
	await writeImage(write);
	t.deepEqual(asked, [0]);

	const other = content(2 * pieceBytes, 9);
	await writeImage({ ...write, image: imageOf(other), read: (from) => chunksOf(other, { from }) });
	await writeImage(write);
	t.deepEqual(asked, [0, 0]);
});

test('a slot that was damaged below its mark is written anew, once', async (t) => {
	const { device, write, asked, directory } = prepared();
	await new WriteMarks(directory).set('root-b', write.image, pieceBytes);
	await writeImage(write);
	t.deepEqual(asked, [pieceBytes, 0]);
	t.true(isThere(device));

	device.content[7] = 255 - (device.content[7] ?? 0);
	await writeImage(write);
	t.true(isThere(device));
});

test('a damaged mark counts for none', async (t) => {
	for (const text of [
		'',
		'null',
		'[]',
		'{"written":1}',
		JSON.stringify({ ...imageOf(bytes), written: 0.5 }),
	]) {
		const { write, asked, directory, device } = prepared();
		await directory.write('root-b', new TextEncoder().encode(text));
		await writeImage(write);
		t.deepEqual(asked, [0]);
		t.true(isThere(device));
	}
});

test('a write can be given up between two pieces', async (t) => {
	const { write, device } = prepared();
	const abort = new AbortController();
	const onProgress = (at: number): void => (at === pieceBytes ? abort.abort(new Error('enough')) : undefined);

	await t.throwsAsync(writeImage({ ...write, signal: abort.signal, onProgress }), { message: 'enough' });
	t.is(device.history.events.filter(({ kind }) => kind === 'write').length, 1);
});

test('what comes next is taken while a piece is written, and no more than the next piece', async (t) => {
	const { write, device } = prepared();
	const begun = Promise.withResolvers<void>();
	const held = Promise.withResolvers<void>();
	let taken = 0;
	const slow = {
		size: device.size,
		read: (at: number, into: Uint8Array) => device.read(at, into),
		write: async (at: number, piece: Uint8Array) => {
			begun.resolve();
			await held.promise;
			await device.write(at, piece);
		},
		sync: () => device.sync(),
	};
	const read = async function* (from: number) {
		for await (const chunk of chunksOf(bytes, { from, chunkBytes: pieceBytes })) {
			taken++;
			yield chunk;
		}
	};

	const written = writeImage({ ...write, device: slow, read });
	await begun.promise;
	await setImmediate();
	t.is(taken, 2);
	held.resolve();
	await written;
	t.true(isThere(device));
});

test('what was taken while a piece was written is not lost by a source that breaks off', async (t) => {
	const { write, device, asked } = prepared();
	const breaking = async function* (from: number) {
		yield* chunksOf(bytes.subarray(0, 2 * pieceBytes), { from });
		throw new Error('cut off');
	};

	await t.throwsAsync(writeImage({ ...write, read: breaking }), { message: 'cut off' });
	await writeImage(write);
	t.deepEqual(asked, [2 * pieceBytes]);
	t.true(isThere(device));
});

test('after a power cut at any step a mark says no more than what is surely in the partition', async (t) => {
	await fc.assert(
		fc.asyncProperty(fc.nat(40), fc.nat(), async (steps, seed) => {
			const choose = chooser(seed);
			const { write, device, directory } = prepared();
			directory.disk.cutAfter(steps);
			await writeImage(write).catch(() => undefined);

			const { history } = device;
			const after = history.torn(history.events.length, choose).get('device');
			const marks = new WriteMarks(await directory.restart(choose));
			const written = await marks.of('root-b', write.image);
			t.is(Buffer.compare((after ?? bytes).subarray(0, written), bytes.subarray(0, written)), 0);
			const disk = new MemoryBlockDevice({ size: device.size, ...(after && { content: after }) });
			await writeImage({ ...write, device: disk, marks });
			t.true(isThere(disk));
		}),
		{ numRuns: 60 },
	);
});
