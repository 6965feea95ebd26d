import { mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import fc from 'fast-check';
import { seededRandom } from '../link/random.ts';
import { CrashDisk } from './crash-disk.ts';
import { crashStates, lastCrashState } from './crash-states.ts';
import { WriteLog } from './write-log.ts';
import { WriteLogCount } from './write-log-count.ts';
import { writeLogFormat } from './write-log-format.ts';

const sector = 512;
const diskSectors = 16;

interface Step {
	readonly kind: 'write' | 'forced' | 'discard' | 'flush' | 'mark';
	readonly first: number;
	readonly sectors: number;
}

/** A log in the format; every sector of entry i is filled with i + 1. */
function encode(steps: readonly Step[]): Buffer {
	const { magic, version, flags } = writeLogFormat;
	const head = Buffer.alloc(sector);
	head.writeBigUInt64LE(magic, 0);
	head.writeBigUInt64LE(version, 8);
	head.writeBigUInt64LE(BigInt(steps.length), 16);
	head.writeUInt32LE(sector, 24);
	const bits = { write: 0n, forced: flags.fua, discard: flags.discard, flush: flags.flush, mark: flags.mark };
	const parts = steps.flatMap(({ kind, first, sectors }, index) => {
		const entry = Buffer.alloc(sector);
		const hasRange = kind === 'write' || kind === 'forced' || kind === 'discard';
		entry.writeBigUInt64LE(BigInt(hasRange ? first : 0), 0);
		entry.writeBigUInt64LE(BigInt(hasRange ? sectors : 0), 8);
		entry.writeBigUInt64LE(bits[kind], 16);
		if (kind === 'mark') {
			entry.writeBigUInt64LE(4n, 24);
			entry.write('here', 32);
		}
		const hasData = kind === 'write' || kind === 'forced';
		return [entry, Buffer.alloc(hasData ? sectors * sector : 0, index + 1)];
	});
	return Buffer.concat([head, ...parts]);
}

const step: fc.Arbitrary<Step> = fc
	.record({
		kind: fc.constantFrom('write', 'write', 'write', 'forced', 'discard', 'flush', 'mark'),
		first: fc.nat(diskSectors - 1),
		sectors: fc.integer({ min: 1, max: 6 }),
	})
	.map(({ kind, first, sectors }) => ({ kind, first, sectors: Math.min(sectors, diskSectors - first) }));

/** What a sector is filled with after a step, if the step reaches it; discards leave zeros. */
function contentOf({ kind, first, sectors }: Step, index: number, at: number): number | undefined {
	if (kind === 'flush' || kind === 'mark' || at < first || at >= first + sectors) return undefined;
	return kind === 'discard' ? 0 : index + 1;
}

const baseContent = 255;

async function withLog<Result>(
	steps: readonly Step[],
	use: (log: WriteLog, folder: string) => Promise<Result>,
) {
	const folder = await mkdtemp(join(tmpdir(), 'mullion-write-log-'));
	await writeFile(join(folder, 'log'), encode(steps));
	await writeFile(join(folder, 'base'), Buffer.alloc(diskSectors * sector, baseContent));
	try {
		await using log = await WriteLog.open(join(folder, 'log'));
		return await use(log, folder);
	} finally {
		await rm(folder, { recursive: true });
	}
}

test('prefixes are what was written so far, and torn states nothing that a disk could not hold', async (t) => {
	await fc.assert(
		fc.asyncProperty(fc.array(step, { maxLength: 14 }), fc.integer(), (steps, seed) =>
			withLog(steps, async (log, folder) => {
				await using base = await open(join(folder, 'base'));
				let prefix = -1;
				for await (const state of crashStates({ log, torn: 8, random: seededRandom(seed) })) {
					const isTorn = state.name.includes('torn');
					if (!isTorn) prefix++;
					const done = steps.slice(0, prefix);
					const lastFlush = done.findLastIndex(({ kind }) => kind === 'flush');
					const disk = await state.read(base, 0, diskSectors * sector);
					for (let at = 0; at < diskSectors; at++) {
						const bytes = disk.subarray(at * sector, (at + 1) * sector);
						t.true(
							bytes.every((byte) => byte === bytes[0]),
							'a sector is torn',
						);
						// Newest first: those since the flush may be lost, unless they were forced; the rest is there.
						const possible: number[] = [];
						for (let index = done.length - 1; index >= -1; index--) {
							const one = done[index];
							const content = one === undefined ? baseContent : contentOf(one, index, at);
							if (content === undefined) continue;
							possible.push(content);
							if (!isTorn || index < lastFlush || one?.kind === 'forced') break;
						}
						t.true(possible.includes(bytes[0] ?? -1), `${state.name}: sector ${at}`);
					}
				}
				t.is(prefix, steps.length);
			}),
		),
		{ numRuns: 60 },
	);
});

test('a copy becomes one state after the other, in any order, and the base again', async (t) => {
	await fc.assert(
		fc.asyncProperty(fc.array(step, { maxLength: 10 }), fc.integer(), (steps, seed) =>
			withLog(steps, async (log, folder) => {
				const random = seededRandom(seed);
				await using base = await open(join(folder, 'base'));
				const before = await base.readFile();
				await writeFile(join(folder, 'copy'), before);
				await using copy = await open(join(folder, 'copy'), 'r+');
				const disk = new CrashDisk({ copy, base });
				const states = await Array.fromAsync(crashStates({ log, torn: 3, random }));
				for (const state of states.toSorted(() => random() - 0.5)) {
					await disk.become(state);
					t.deepEqual(await readFile(join(folder, 'copy')), await state.read(base, 0, before.length));
				}
				await disk.become(undefined);
				t.deepEqual(await readFile(join(folder, 'copy')), before);
			}),
		),
		{ numRuns: 25 },
	);
});

test('torn states do lose, tear and reorder, and are the same for the same seed', async (t) => {
	const steps: Step[] = [
		{ kind: 'write', first: 0, sectors: 4 },
		{ kind: 'write', first: 8, sectors: 4 },
	];
	const names = (seed: number) =>
		withLog(steps, async (log) => {
			const states = crashStates({ log, torn: 40, random: seededRandom(seed) });
			return (await Array.fromAsync(states)).map(({ name }) => name).filter((name) => name.includes('torn'));
		});

	const found = await names(1);

	t.is(found.length, 40);
	t.true(found.some((name) => /0 lost, 1 there/.test(name)));
	t.true(found.some((name) => /only sectors/.test(name)));
	t.deepEqual(await names(1), found);
	t.notDeepEqual(await names(2), found);
});

test('marks are given with their text', async (t) => {
	await withLog([{ kind: 'mark', first: 0, sectors: 1 }], async (log) => {
		t.like((await Array.fromAsync(log.read()))[0], { mark: 'here', length: 0 });
	});
});

test('a log that was cut with its box ends where it is no longer whole, and is an error elsewhere', async (t) => {
	const folder = await mkdtemp(join(tmpdir(), 'mullion-write-log-'));
	t.teardown(() => rm(folder, { recursive: true }));
	const path = join(folder, 'log');
	const whole = encode([
		{ kind: 'write', first: 1, sectors: 2 },
		{ kind: 'write', first: 4, sectors: 2 },
	]);
	// Before the first write; inside of the second one; the second one written down but for its head.
	const cuts = [Buffer.alloc(0), whole.subarray(0, -sector), Buffer.from(whole)];
	cuts[2]?.fill(0, 4 * sector, 5 * sector);
	for (const [index, bytes] of cuts.entries()) {
		await writeFile(path, bytes);
		await using log = await WriteLog.open(path, { isCut: true });
		t.is((await Array.fromAsync(log.read())).length, index === 0 ? 0 : 1);
		const { entries, losses } = await lastCrashState({ log, random: () => 0.5 });
		t.deepEqual([entries, losses], index === 0 ? [0, 0] : [1, 1]);
	}
});

test('entries count although the head says fewer, and the head where one of them is not there yet', async (t) => {
	const folder = await mkdtemp(join(tmpdir(), 'mullion-write-log-'));
	t.teardown(() => rm(folder, { recursive: true }));
	const path = join(folder, 'log');
	const whole = encode([
		{ kind: 'write', first: 1, sectors: 2 },
		{ kind: 'flush', first: 0, sectors: 0 },
		{ kind: 'discard', first: 4, sectors: 2 },
	]);
	await writeFile(path, '');
	using count = new WriteLogCount(path);
	const grown = async (bytes: Buffer, said: number) => {
		const log = Buffer.from(bytes);
		log.writeUInt8(said, 16);
		await writeFile(path, log);
		return count.now();
	};

	t.is(count.now(), 0);
	t.is(await grown(whole.subarray(0, 5 * sector), 1), 2);
	const withHole = Buffer.concat([
		whole.subarray(0, 5 * sector),
		Buffer.alloc(sector),
		whole.subarray(5 * sector),
	]);
	t.is(await grown(withHole, 4), 4);
	t.is(await grown(Buffer.concat([whole, Buffer.alloc(sector, 0x5a)]), 2), 3);
	await using log = await WriteLog.open(path);
	t.is((await Array.fromAsync(log.read())).length, 3);
});

const good = encode([{ kind: 'write', first: 1, sectors: 2 }]);
const damaged = (change: (log: Buffer) => unknown) => {
	const log = Buffer.from(good);
	change(log);
	return log;
};
for (const [what, bytes] of Object.entries({
	'an empty file': Buffer.alloc(0),
	'another magic': damaged((log) => log.writeUInt8(0, 0)),
	'another version': damaged((log) => log.writeUInt8(2, 8)),
	'sectors of three bytes': damaged((log) => log.writeUInt32LE(3, 24)),
	'an unknown flag': damaged((log) => log.writeUInt8(64, sector + 16)),
	'a length beyond its end': damaged((log) => log.writeUInt8(3, sector + 8)),
	'more entries than it has': damaged((log) => log.writeUInt8(2, 16)),
	'a sector beyond all numbers': damaged((log) => log.fill(0xff, sector, sector + 8)),
})) {
	test(`a log with ${what} is refused`, async (t) => {
		const folder = await mkdtemp(join(tmpdir(), 'mullion-write-log-'));
		t.teardown(() => rm(folder, { recursive: true }));
		const path = join(folder, 'log');
		await writeFile(path, bytes);

		const read = async () => {
			await using log = await WriteLog.open(path);
			await Array.fromAsync(log.read());
		};

		await t.throwsAsync(read(), { code: 'bad-write-log' });
	});
}
