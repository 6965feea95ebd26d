import { readFile } from 'node:fs/promises';
import test from 'ava';
import fc from 'fast-check';
import { walkMpegAudio } from './mpeg-audio.ts';
import { parseMpegHeader } from './mpeg-header.ts';

/** A frame of zeros behind a header whose stream is fixed and whose bit rate is not. */
function frame(bitrateIndex: number, b1 = 0xfb): Uint8Array {
	const head = Uint8Array.of(0xff, b1, (bitrateIndex << 4) | 0, 0xc4);
	const bytes = new Uint8Array(parseMpegHeader(head, 0)?.length ?? 0);
	bytes.set(head);
	return bytes;
}

function tag(size: number): Uint8Array {
	const bytes = new Uint8Array(10 + size);
	bytes.set([0x49, 0x44, 0x33, 4, 0, 0, 0, 0, size >> 7, size & 0x7f]);
	return bytes;
}

test('the shipped sample is 24 ms frames from its tag to its end and nothing else', async (t) => {
	const bytes = await readFile(new URL('sample.mp3', import.meta.url));

	const audio = walkMpegAudio(bytes);

	t.true(bytes.length < 400_000);
	t.true(audio.tagBytes > 0);
	t.is(audio.skippedBytes + audio.truncatedBytes, 0);
	t.true(
		audio.frames.every(
			({ durationUs, length, isInfo }) => durationUs === 24_000 && length === 144 && !isInfo,
		),
	);
	t.is(audio.frames.length * 144 + audio.tagBytes, bytes.length);
	t.true(audio.durationUs >= 45e6 && audio.durationUs <= 55e6);
});

// Lengths from the formula of 11172-3 2.4.3.1 by hand: 144 x bit rate / sample rate, and 4 x 12 x for layer I.
for (const [name, header, expected] of [
	['MPEG-1 layer III 128 kbit/s 44.1 kHz', [0xff, 0xfb, 0x90, 0x00], { length: 417, samples: 1152 }],
	['the same with padding', [0xff, 0xfb, 0x92, 0x00], { length: 418, samples: 1152 }],
	['MPEG-1 layer II 192 kbit/s 48 kHz', [0xff, 0xfd, 0xa4, 0x00], { length: 576, samples: 1152 }],
	['MPEG-1 layer I 384 kbit/s 32 kHz', [0xff, 0xff, 0xc8, 0x00], { length: 576, samples: 384 }],
	[
		'MPEG-2 layer III 48 kbit/s 24 kHz',
		[0xff, 0xf3, 0x64, 0xc4],
		{ length: 144, samples: 576, isMono: true },
	],
	[
		'MPEG-2.5 layer III 8 kbit/s 8 kHz',
		[0xff, 0xe3, 0x18, 0x00],
		{ length: 72, samples: 576, sampleRate: 8000 },
	],
] as const) {
	test(`a header of ${name} tells the length of its frame`, (t) => {
		t.like(parseMpegHeader(Uint8Array.from(header), 0), expected);
	});
}

for (const [name, header] of [
	['a broken sync word', [0xff, 0xdb, 0x90, 0x00]],
	['the reserved version', [0xff, 0xeb, 0x90, 0x00]],
	['the reserved layer', [0xff, 0xf9, 0x90, 0x00]],
	['the forbidden bit rate', [0xff, 0xfb, 0xf0, 0x00]],
	['free format', [0xff, 0xfb, 0x00, 0x00]],
	['the reserved sample rate', [0xff, 0xfb, 0x9c, 0x00]],
	['the reserved emphasis', [0xff, 0xfb, 0x90, 0x02]],
	['too few bytes', [0xff, 0xfb, 0x90]],
] as const) {
	test(`${name} begins no frame`, (t) => {
		t.is(parseMpegHeader(Uint8Array.from(header), 0), undefined);
	});
}

test('frames are found at their places whatever stands between them', (t) => {
	// Two frames in a row: a single one between noise has nothing to confirm it.
	const run = fc.array(fc.integer({ min: 1, max: 14 }), { minLength: 2, maxLength: 6 });
	const noise = fc
		.uint8Array({ minLength: 1, maxLength: 300 })
		.map((bytes) => bytes.map((byte) => byte & 0x3f));
	const part = fc.record({ tagSize: fc.option(fc.nat(500)), noise: fc.option(noise), run });
	fc.assert(
		fc.property(fc.array(part, { maxLength: 6 }), (parts) => {
			const pieces: Uint8Array[] = [];
			const expected: number[] = [];
			let length = 0;
			const add = (piece: Uint8Array) => {
				pieces.push(piece);
				length += piece.length;
			};
			for (const { tagSize, noise, run } of parts) {
				if (noise !== null) add(noise);
				if (tagSize !== null) add(tag(tagSize));
				for (const bitrateIndex of run) {
					expected.push(length);
					add(frame(bitrateIndex));
				}
			}
			const audio = walkMpegAudio(Buffer.concat(pieces));
			return JSON.stringify(audio.frames.map(({ offset }) => offset)) === JSON.stringify(expected);
		}),
	);
	t.pass();
});

test('of any bytes whatever, each is counted once', (t) => {
	const anyBytes = fc.oneof(
		fc.uint8Array({ maxLength: 3000 }),
		// Noise made of what headers and tags are made of.
		fc
			.array(fc.constantFrom(0xff, 0xfb, 0xf3, 0x90, 0x64, 0x49, 0x44, 0x33, 0, 1), { maxLength: 3000 })
			.map((bytes) => Uint8Array.from(bytes)),
	);
	fc.assert(
		fc.property(anyBytes, (bytes) => {
			const { frames, tagBytes, skippedBytes, truncatedBytes } = walkMpegAudio(bytes);
			const frameBytes = frames.reduce((sum, { length }) => sum + length, 0);
			const isOrdered = frames.every(({ offset }, index) => {
				const before = frames[index - 1];
				return before === undefined || before.offset + before.length <= offset;
			});
			return isOrdered && frameBytes + tagBytes + skippedBytes + truncatedBytes === bytes.length;
		}),
	);
	t.pass();
});

test('a last frame that is cut is no frame', (t) => {
	const bytes = Buffer.concat([frame(9), frame(9), frame(9).subarray(0, 100)]);

	const audio = walkMpegAudio(bytes);

	t.is(audio.frames.length, 2);
	t.is(audio.truncatedBytes, 100);
});

test('tags at the end are no sound', (t) => {
	const id3v1 = Buffer.alloc(128);
	id3v1.write('TAGfffffff\xff\xfb', 'latin1');
	const ape = Buffer.alloc(32 + 40 + 32);
	ape.write('APETAGEX');
	ape.writeUInt32LE(40 + 32, 12);
	ape.writeUInt32LE(0xa0000000, 20);
	ape.write('APETAGEX', 72);

	const audio = walkMpegAudio(Buffer.concat([frame(9), ape, id3v1]));

	t.is(audio.frames.length, 1);
	t.is(audio.tagBytes, ape.length + id3v1.length);
	t.is(audio.skippedBytes, 0);
});

test('a table of a variable bit rate is marked and has no time', (t) => {
	const info = Buffer.from(frame(9));
	info.write('Xing', 4 + 17);

	const audio = walkMpegAudio(Buffer.concat([info, frame(9), frame(5)]));

	t.deepEqual(
		audio.frames.map(({ isInfo }) => isInfo),
		[true, false, false],
	);
	t.is(Math.round(audio.durationUs), Math.round((2 * 1152e6) / 44_100));
});
