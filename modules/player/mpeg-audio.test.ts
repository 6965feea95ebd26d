import { readFileSync } from 'node:fs';
import test from 'ava';
import fc from 'fast-check';
import { walkMpegAudio } from '../../tools/media/mpeg-audio.ts';
import { type Harness, startHarness } from './harness.ts';
import {
	apeTag,
	bitrateOf,
	concat,
	frame,
	frameBytesOf,
	headerOf,
	id3v1,
	id3v2,
	rateOf,
	type Shape,
	samplesOf,
} from './mpeg-stream.ts';

const shapes = fc.record<Shape>({
	version: fc.constantFrom(1, 2, 2.5),
	layer: fc.constantFrom(1, 2, 3),
	bitrateIndex: fc.integer({ min: 1, max: 14 }),
	rateIndex: fc.integer({ min: 0, max: 2 }),
	hasPadding: fc.boolean(),
	hasCrc: fc.boolean(),
});

/** Runs of frames of one shape each, where bitrate and padding change from frame to frame. */
const runs = fc
	.record({
		shape: shapes,
		frames: fc.array(fc.record({ bitrateIndex: fc.integer({ min: 1, max: 14 }), hasPadding: fc.boolean() }), {
			minLength: 2,
			maxLength: 12,
		}),
	})
	.map(({ shape, frames }) => frames.map((change, seed) => frame({ ...shape, ...change }, seed)));

/** What no header begins with and no tag is. */
const garbage = fc.uint8Array({ minLength: 1, maxLength: 600, min: 0x80, max: 0xfe });

const speech: Shape = {
	version: 2,
	layer: 3,
	bitrateIndex: 4,
	rateIndex: 0,
	hasPadding: false,
	hasCrc: false,
};

const ends = ['frame', 'more', 'end', 'hopeless'] as const;

/** What the scanner makes of bytes that arrive in pieces cut at the given places. */
function scan(harness: Harness, bytes: Uint8Array, cuts: readonly number[] = []) {
	harness.call('scanReset');
	const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length];
	let end = 0;
	for (let i = 1; i < places.length; i++) {
		harness.give(bytes.subarray(places[i - 1], places[i]));
		end = harness.call('scanFeed', i === places.length - 1 ? 1 : 0);
		if (ends[end] === 'hopeless') break;
	}
	const frames = Array.from({ length: harness.call('scanFrames') }, (_, i) => {
		const at = harness.call('scanFrame', 2 * i);
		return bytes.subarray(at, at + harness.call('scanFrame', 2 * i + 1));
	});
	const skipped = harness.call('scanSkipped');
	return { frames, end: ends[end], skipped, resyncs: harness.call('scanResyncs') };
}

test('every header of versions 1, 2 and 2.5 and layers I to III gives its length, duration and bitrate', async (t) => {
	const harness = await startHarness();
	for (const version of [1, 2, 2.5] as const) {
		for (const layer of [1, 2, 3] as const) {
			for (let code = 0; code < 14 * 3 * 4; code++) {
				const shape: Shape = {
					version,
					layer,
					bitrateIndex: 1 + (code % 14),
					rateIndex: Math.floor(code / 14) % 3,
					hasPadding: (code & 1) === 1,
					hasCrc: (code & 2) === 2,
				};
				const facts = harness.callWide('headerFacts', headerOf(shape));
				t.deepEqual(
					[
						Number(facts >> 48n),
						Number((facts >> 32n) & 0xffffn),
						Number((facts >> 24n) & 0xffn),
						Number(facts & 0xffffffn),
					],
					[frameBytesOf(shape), samplesOf(shape), layer, rateOf(shape)],
				);
				t.is(harness.call('headerBitrate', headerOf(shape)), bitrateOf(shape));
			}
		}
	}
});

test('lengths known from the field are right', async (t) => {
	const harness = await startHarness();
	const lengthOf = (header: number) => Number(harness.callWide('headerFacts', header) >> 48n);
	t.is(lengthOf(0xfffb9064), 417); // MPEG-1 layer III, 128 kbit/s, 44.1 kHz
	t.is(lengthOf(0xfffb9264), 418);
	t.is(lengthOf(0xfffbe064), 1044); // 320 kbit/s
	t.is(lengthOf(0xfff380c4), 208); // MPEG-2 layer III, 64 kbit/s, 22.05 kHz
	t.is(lengthOf(0xfffdc400), 768); // MPEG-1 layer II, 256 kbit/s, 48 kHz
});

test('free format, reserved versions, layers, bitrates, rates and emphasis are no headers', async (t) => {
	const harness = await startHarness();
	for (const header of [
		0xfffb0064, 0xfffbf064, 0xfffb9c64, 0xfff99064, 0xffeb9064, 0xffdb9064, 0, 0xffffffff,
	]) {
		t.is(harness.callWide('headerFacts', header), 0n, header.toString(16));
	}
});

test('frames are the file without tags and garbage, wherever the pieces are cut', async (t) => {
	const harness = await startHarness();
	const parts = fc.oneof(
		runs.map((frames) => ({ frames, bytes: concat(frames), garbage: 0 })),
		garbage.map((bytes) => ({ frames: [], bytes, garbage: bytes.length })),
	);
	const files = fc.record({
		front: fc.array(
			fc
				.record({ size: fc.nat(5000), hasFooter: fc.boolean() })
				.map(({ size, hasFooter }) => id3v2(size, { hasFooter })),
			{ maxLength: 3 },
		),
		parts: fc.array(parts, { minLength: 1, maxLength: 6 }),
		// Behind garbage a tag cannot be told from more of it, so the end belongs to a run of frames.
		last: runs,
		back: fc.subarray([apeTag(77), id3v1()]),
		cuts: fc.array(fc.nat(), { maxLength: 20 }),
	});
	fc.assert(
		fc.property(files, ({ front, parts, last, back, cuts }) => {
			const bytes = concat([...front, ...parts.map((part) => part.bytes), ...last, ...back]);
			const expected = [...parts.flatMap((part) => part.frames), ...last];
			const found = scan(harness, bytes, cuts);
			t.is(found.end, 'end');
			t.deepEqual(found.frames, expected);
			t.is(
				found.skipped,
				parts.reduce((sum, part) => sum + part.garbage, 0),
			);
			const garbageRuns = parts.filter((part, i) => part.garbage > 0 && (parts[i - 1]?.garbage ?? 0) === 0);
			t.is(found.resyncs, garbageRuns.length);
		}),
		{ numRuns: 300 },
	);
});

/** Where frames are, on the account of a walker that shares nothing with the player. */
const walked = (bytes: Uint8Array): Uint8Array[] =>
	walkMpegAudio(bytes).frames.map(({ offset, length }) => bytes.subarray(offset, offset + length));

test('the shipped sample has the frames that an independent walker finds', async (t) => {
	const harness = await startHarness();
	const bytes = readFileSync(new URL('../../tools/media/sample.mp3', import.meta.url));
	const found = scan(harness, bytes, [1000, 5000, 60_000]);
	t.deepEqual(found.frames, walked(bytes));
	t.true(found.frames.length > 100);
	t.is(found.skipped, 0);
});

test('damaged streams have the frames that an independent walker finds', async (t) => {
	const harness = await startHarness();
	const damage = fc.array(fc.record({ at: fc.nat(), byte: fc.nat(255) }), { maxLength: 20 });
	const files = fc.tuple(
		fc.array(runs, { minLength: 1, maxLength: 4 }),
		damage,
		fc.array(fc.nat(), { maxLength: 9 }),
	);
	fc.assert(
		fc.property(files, ([runs, damage, cuts]) => {
			const bytes = concat(runs.flat());
			for (const { at, byte } of damage) bytes[at % bytes.length] = byte;
			// The walker gives up at a last frame that is not all there; the player looks for another in it.
			const whole = concat([bytes, ...Array.from({ length: 40 }, (_, seed) => frame(speech, seed))]);
			t.deepEqual(scan(harness, whole, cuts).frames, walked(whole));
		}),
		{ numRuns: 300 },
	);
});

test('bytes of no meaning never trap, always end, and are cut the same way wherever the pieces are cut', async (t) => {
	const harness = await startHarness();
	const noise = fc.oneof(
		fc.uint8Array({ maxLength: 4000 }),
		fc
			.array(fc.constantFrom(0xff, 0xfb, 0xf3, 0x90, 0x40, 0x00, 0x49, 0x44, 0x33, 0x54, 0x41, 0x47), {
				maxLength: 4000,
			})
			.map((bytes) => Uint8Array.from(bytes)),
	);
	fc.assert(
		fc.property(noise, fc.array(fc.nat(), { maxLength: 30 }), (bytes, cuts) => {
			const whole = scan(harness, bytes);
			const pieces = scan(harness, bytes, cuts);
			t.not(whole.end, 'more');
			t.deepEqual(pieces, whole);
		}),
		{ numRuns: 300 },
	);
});

test('a header inside the data of a frame is not taken for a frame', async (t) => {
	const harness = await startHarness();
	const frames = Array.from({ length: 20 }, (_, i) => {
		const bytes = frame(speech, i);
		for (let at = 4 + (i % 5); at + 4 < bytes.length; at += 9) bytes.set(bytes.subarray(0, 4), at);
		return bytes;
	});
	const found = scan(harness, concat(frames));
	t.deepEqual(found.frames, frames);
	t.is(found.resyncs, 0);
});

test('after lost bytes a lone header is passed over and the next two frames in a row are found', async (t) => {
	const harness = await startHarness();
	const frames = Array.from({ length: 8 }, (_, i) => frame(speech, i));
	const torn = (frames[3] as Uint8Array).slice(40);
	torn.set(frame(speech, 0).subarray(0, 4), 12);
	const found = scan(harness, concat([...frames.slice(0, 3), torn, ...frames.slice(4)]));
	t.deepEqual(found.frames, [...frames.slice(0, 3), ...frames.slice(4)]);
	t.is(found.skipped, torn.length);
	t.is(found.resyncs, 1);
});

test('a single frame that fills the file is found, and one cut short is not', async (t) => {
	const harness = await startHarness();
	const only = frame(speech, 1);
	t.deepEqual(scan(harness, only).frames, [only]);
	t.deepEqual(scan(harness, only.subarray(0, only.length - 1)).frames, []);
	const two = scan(harness, concat([only, only.subarray(0, 100)]));
	t.deepEqual([two.frames.length, two.skipped], [1, 100]);
});

test('a tag that says it is longer than the file leaves nothing', async (t) => {
	const harness = await startHarness();
	const liar = id3v2(100);
	liar.set([0x7f, 0x7f, 0x7f, 0x7f], 6);
	t.like(scan(harness, concat([liar, frame(speech, 1), frame(speech, 2)]), [50, 200]), {
		frames: [],
		end: 'end',
	});
});

test('half a megabyte without a frame, or endless tags, are given up', async (t) => {
	const harness = await startHarness();
	t.is(scan(harness, new Uint8Array(600_000).fill(0x20), [100_000]).end, 'hopeless');
	t.is(scan(harness, concat(Array.from({ length: 100 }, () => id3v2(0)))).end, 'hopeless');
});
