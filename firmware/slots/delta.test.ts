import test from 'ava';
import fc from 'fast-check';
import { applyDelta, type DeltaUse } from './apply-delta.ts';
import { DeltaError } from './delta-error.ts';
import { decodeDeltaHead, encodeDeltaHead, headBytes } from './delta-format.ts';
import { chunksOf, content, imageOf } from './image.fixture.ts';
import { makeDelta } from './make-delta.ts';
import { MemoryBlockDevice } from './memory-block-device.ts';

const small = { windowBytes: 4096, slackBytes: 1024, level: 3 };

/** What comes out, and how many chunks came before an error did. */
async function applied({
	old,
	made,
	patch,
	from = 0,
	...changes
}: { old: Uint8Array; made: Uint8Array; patch: Uint8Array } & Omit<Partial<DeltaUse>, 'old' | 'patch'>) {
	const asked: number[] = [];
	const chunks: Uint8Array[] = [];
	let error: unknown;
	try {
		const use: DeltaUse = {
			old: new MemoryBlockDevice({ size: old.length + 500, content: old }),
			patch: (at) => {
				asked.push(at);
				return chunksOf(patch, { from: at, chunkBytes: 777 });
			},
			image: imageOf(made),
			from,
			...changes,
		};
		for await (const chunk of applyDelta(use)) chunks.push(chunk);
	} catch (caught) {
		error = caught;
	}
	return { bytes: new Uint8Array(Buffer.concat(chunks)), chunks: chunks.length, asked, error };
}

/** Two images of which the second is the first with some stretches replaced, inserted or removed. */
const pairs = fc
	.tuple(
		fc.nat(40_000),
		fc.nat(1000),
		fc.array(fc.record({ at: fc.nat(40_000), remove: fc.nat(9000), insert: fc.nat(9000) }), { maxLength: 5 }),
	)
	.map(([length, seed, edits]) => {
		const old = content(length, seed);
		let made = Buffer.from(old);
		for (const { at, remove, insert } of edits) {
			made = Buffer.concat([made.subarray(0, at), content(insert, at + 7), made.subarray(at + remove)]);
		}
		return { old, made: new Uint8Array(made) };
	});

test('a patch makes the new image of the old one, whatever changed', async (t) => {
	await fc.assert(
		fc.asyncProperty(pairs, async ({ old, made }) => {
			const patch = await makeDelta(old, made, small);
			const { bytes, error } = await applied({ old, made, patch });
			t.is(error, undefined);
			t.is(Buffer.compare(bytes, made), 0);
		}),
		{ numRuns: 150 },
	);
});

test('it can begin anywhere, and then asks for no more of the patch than it needs', async (t) => {
	const old = content(50_000);
	const made = new Uint8Array([...old.subarray(0, 20_000), ...content(300, 3), ...old.subarray(20_100)]);
	const patch = await makeDelta(old, made, small);
	await fc.assert(
		fc.asyncProperty(fc.nat(made.length), async (from) => {
			const { bytes, error, asked } = await applied({ old, made, patch, from });
			t.is(error, undefined);
			t.is(Buffer.compare(bytes, made.subarray(from)), 0);
			t.is(asked.length, from < small.windowBytes ? 1 : 2);
		}),
		{ numRuns: 50 },
	);
});

test('what did not change costs next to nothing, moved or not', async (t) => {
	const old = content(9_000_000);
	const edited = old.slice();
	edited.set(content(1000, 5), 4_000_000);
	const moved = new Uint8Array(Buffer.concat([content(3_000_000, 7), old]));

	const patch = await makeDelta(old, edited);
	t.true(patch.length < 2500, `${patch.length} bytes`);
	// The first of its windows is new; the others stand behind it by more than the slack.
	const movedPatch = await makeDelta(old, moved, { level: 12 });
	t.true(movedPatch.length < 3_100_000, `${movedPatch.length} bytes`);
	t.is(Buffer.compare((await applied({ old, made: moved, patch: movedPatch })).bytes, moved), 0);
});

test('on a wrong base, or for another image, nothing is given out', async (t) => {
	const old = content(20_000);
	const made = content(20_000, 2);
	const patch = await makeDelta(old, made, small);
	const other = old.slice();
	other[19_999] = 1 + (other[19_999] ?? 0);

	t.like(await applied({ old: other, made, patch }), { chunks: 0, error: { code: 'delta-base-mismatch' } });
	t.like(await applied({ old: old.subarray(0, 100), made, patch }), {
		chunks: 0,
		error: { code: 'delta-base-mismatch' },
	});
	t.like(await applied({ old, made: other, patch }), { chunks: 0, error: { code: 'delta-other-image' } });
});

test('a patch that was changed anywhere ends in an error with a code, and no wrong byte is given out', async (t) => {
	const old = content(20_000);
	const made = new Uint8Array([...old.subarray(0, 9000), ...content(6000, 3), ...old.subarray(9100)]);
	const patch = await makeDelta(old, made, small);
	const mutations = fc.oneof(
		fc.record({ kind: fc.constant('flip' as const), at: fc.nat(patch.length - 1), bit: fc.nat(7) }),
		fc.record({ kind: fc.constant('cut' as const), at: fc.nat(patch.length - 1), bit: fc.constant(0) }),
		fc.record({ kind: fc.constant('more' as const), at: fc.nat(100), bit: fc.constant(0) }),
	);
	await fc.assert(
		fc.asyncProperty(mutations, async ({ kind, at, bit }) => {
			let mutated = patch.slice();
			if (kind === 'flip') mutated[at] = (mutated[at] ?? 0) ^ (1 << bit);
			if (kind === 'cut') mutated = mutated.slice(0, at);
			if (kind === 'more') mutated = new Uint8Array([...mutated, ...content(at + 1)]);
			const { bytes, error } = await applied({ old, made, patch: mutated });
			t.is(Buffer.compare(bytes, made.subarray(0, bytes.length)), 0);
			// Some bits of a frame mean nothing; then the image is right.
			if (error === undefined) t.is(bytes.length, made.length);
			else t.true(error instanceof DeltaError, String(error));
		}),
		{ numRuns: 500 },
	);
});

test('a head that asks for more memory than a box has is refused, though its checksum is right', async (t) => {
	const old = content(20_000);
	const made = content(20_000, 2);
	const patch = await makeDelta(old, made, small);
	const head = decodeDeltaHead(patch.subarray(0, headBytes(5)));
	const [first, ...rest] = head.windows as [
		(typeof head.windows)[number],
		...(typeof head.windows)[number][],
	];
	for (const wrong of [
		{ ...head, windowBytes: 0xffff_ffff },
		{ ...head, windowBytes: 0 },
		{ ...head, new: { ...head.new, length: 2 ** 50 } },
		{ ...head, windows: [{ ...first, oldLength: 0xffff_ffff }, ...rest] },
		{ ...head, windows: [{ ...first, oldAt: 2 ** 60 }, ...rest] },
		{ ...head, windows: [{ ...first, patchLength: 0xffff_ffff }, ...rest] },
		{ ...head, windows: [{ ...first, patchLength: 0 }, ...rest] },
	]) {
		const { error, chunks } = await applied({ old, made, patch: encodeDeltaHead(wrong) });
		t.like(error, { code: 'delta-malformed' });
		t.is(chunks, 0);
	}
	const endless = patch.slice();
	new DataView(endless.buffer).setUint32(16, 0xffff_ffff, true);
	t.like(await applied({ old, made, patch: endless }), { chunks: 0, error: { code: 'delta-malformed' } });
});

test('a patch that no box could apply is not made', async (t) => {
	await t.throwsAsync(makeDelta(content(1), content(1), { windowBytes: 9_000_000 }), {
		instanceOf: RangeError,
	});
});
