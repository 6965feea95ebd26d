// Whatever is recorded and wherever it is cut: what was told as kept is there, with nothing missing, doubled or made up.
import test from 'ava';
import fc from 'fast-check';
import { PowerCut } from '../../memory-disk.ts';
import { MemoryRecordingFiles } from './memory-recording-files.ts';
import { makeShelves, sha256 } from './testbed.ts';

const programme = Uint8Array.from({ length: 4_000 }, (_, at) => ((at * 2_654_435_761) >>> 13) & 0xff);
const names = ['news', 'film'] as const;

type Step =
	| { readonly tag: 'append'; readonly name: string; readonly length: number }
	| { readonly tag: 'write' | 'finish' | 'remove'; readonly name: string };

const name = fc.constantFrom(...names);
const step: fc.Arbitrary<Step> = fc.oneof(
	{
		weight: 6,
		arbitrary: fc.record({
			tag: fc.constant('append' as const),
			name,
			length: fc.integer({ min: 1, max: 300 }),
		}),
	},
	{ weight: 4, arbitrary: fc.record({ tag: fc.constant('write' as const), name }) },
	{ weight: 1, arbitrary: fc.record({ tag: fc.constantFrom('finish' as const, 'remove' as const), name }) },
);

/** What is known of a recording, by what was told of it. */
interface Known {
	/** Undefined: it may be there or not. */
	isThere: boolean | undefined;
	bytes: number;
	hasEnded: boolean;
}

test('a recording that was cut goes on where it was told to be, and comes out as the programme', async (t) => {
	const lives = fc.array(
		fc.record({
			steps: fc.array(step, { maxLength: 12 }),
			cutAfter: fc.nat(15),
			fullAt: fc.option(fc.nat(3000)),
		}),
		{ minLength: 1, maxLength: 5 },
	);
	await fc.assert(
		fc.asyncProperty(lives, fc.infiniteStream(fc.nat(5000)), async (all, choices) => {
			const files = new MemoryRecordingFiles();
			const known = new Map<string, Known>();
			const choose = (most: number): number => Number(choices.next().value) % (most + 1);
			for (const { steps, cutAfter, fullAt } of all) {
				files.restart();
				files.capacity = Number.POSITIVE_INFINITY;
				const { shelves } = makeShelves({ files });
				const shelf = await shelves.of('recorder');
				shelf.limits = { maxBytes: 100_000, maxRecordings: 9 };
				for (const [of, { isThere, bytes, hasEnded }] of known) {
					const recording = shelf.list().find((one) => one.name === of);
					if (isThere !== undefined) t.is(recording !== undefined, isThere, `${of} is there`);
					if (recording === undefined) known.delete(of);
					else {
						t.true(recording.bytes >= bytes, `${of}: ${recording.bytes} of ${bytes}`);
						if (hasEnded) t.not(recording.end, undefined);
						if (recording.end !== undefined)
							t.is(recording.end.sha256, sha256(programme.subarray(0, recording.bytes)));
					}
				}
				files.cutAfter(cutAfter, choose);
				if (fullAt !== null) files.capacity = fullAt;
				shelves.changed = (_, recording) => {
					const { bytes, end } = recording;
					known.set(recording.name, {
						isThere: known.get(recording.name)?.isThere,
						bytes,
						// Of one whose end the disk did not take there is no digest.
						hasEnded: end !== undefined && end.sha256 !== '' && end.code === '',
					});
				};
				try {
					for (const { tag, name, ...rest } of steps) {
						let recording = shelf.list().find((one) => one.name === name);
						if (recording === undefined && tag !== 'append') continue;
						if (recording === undefined) {
							known.set(name, { isThere: undefined, bytes: 0, hasEnded: false });
							recording = await shelf.begin(name, new Uint8Array());
							known.set(name, { isThere: true, bytes: 0, hasEnded: false });
						}
						if (tag === 'append' && !recording.isOver) {
							const at = recording.takenBytes;
							const { length } = rest as { length: number };
							shelf.append(name, at, programme.subarray(at, at + length));
						} else if (tag === 'write') await recording.flush();
						else if (tag === 'finish') await shelf.finish(name, '');
						else if (tag === 'remove') {
							const before = known.get(name);
							known.set(name, { isThere: undefined, bytes: 0, hasEnded: false });
							await shelf.remove(name);
							known.set(name, { ...before, isThere: false, bytes: 0, hasEnded: false });
						}
					}
				} catch (error) {
					if (!(error instanceof PowerCut)) t.is((error as { code?: string }).code, 'disk-full');
				}
			}
			files.restart();
			files.capacity = Number.POSITIVE_INFINITY;
			const shelf = await makeShelves({ files }).shelves.of('recorder');
			shelf.limits = { maxBytes: 100_000, maxRecordings: 9 };
			for (const recording of shelf.list()) {
				if (recording.end === undefined) {
					shelf.append(recording.name, recording.bytes, programme.subarray(recording.bytes));
					await shelf.finish(recording.name, '');
					t.is(recording.bytes, programme.length);
				}
				t.deepEqual(
					Buffer.from(await recording.read(0, programme.length)),
					Buffer.from(programme.subarray(0, recording.bytes)),
				);
			}
			const left = await files.folder('recorder').list();
			const expected = shelf
				.list()
				.flatMap((one) => [`${one.name}.about`, ...(one.bytes > 0 ? [`${one.name}.whole`] : [])]);
			t.deepEqual(
				left.filter(({ bytes }) => bytes > 0).map((file) => file.name),
				expected.toSorted(),
			);
		}),
		{ numRuns: 300 },
	);
});

test('whatever of the last group and of its mark is on the disk, only what is whole is believed', async (t) => {
	let believed = 0;
	for (let fates = 0; fates < 4 ** 4; fates++) {
		const files = new MemoryRecordingFiles();
		const shelf = await makeShelves({ files }).shelves.of('recorder');
		shelf.limits = { maxBytes: 100_000, maxRecordings: 9 };
		const recording = await shelf.begin('news', new Uint8Array());
		for (const to of [100, 1000]) {
			if (to === 1000) {
				// What became of the group, how much of it, what became of its mark, how much of that.
				const digits = [0, 1, 2, 3].map((place) => Math.floor(fates / 4 ** place) % 4);
				files.cutAfter(0, (most) => Math.round(((digits.shift() ?? 0) / 3) * most));
			}
			shelf.append('news', recording.takenBytes, programme.subarray(recording.takenBytes, to));
			await recording.flush();
		}
		files.restart();

		const { shelves } = makeShelves({ files });
		const [again] = (await shelves.of('recorder')).list();
		await again?.finish('');

		t.true(again?.bytes === 100 || again?.bytes === 1000);
		t.is(again?.end?.sha256, sha256(programme.subarray(0, again?.bytes)));
		if (again?.bytes === 1000) believed++;
	}
	t.true(believed > 0);
});
