import { crc32 } from 'node:zlib';
import test from 'ava';
import fc from 'fast-check';
import { ManualClock } from '../manual-clock.ts';
import { Journal } from './journal.ts';
import { MemoryLogFiles } from './memory-log-files.ts';
import type { JournalRecord, Recovery } from './recovery.ts';

const names = ['clock', 'doorbell', 'player'];

type Step =
	| { readonly tag: 'append'; readonly stream: number; readonly bytes: number }
	| { readonly tag: 'need' | 'flush' | 'stall' | 'stall-removal' | 'resume' }
	| { readonly tag: 'snapshot' | 'acknowledge' | 'forget'; readonly stream: number }
	| { readonly tag: 'pass'; readonly ms: number }
	| { readonly tag: 'fail'; readonly steps: number; readonly code: 'disk-full' | 'io' }
	| { readonly tag: 'cut'; readonly steps: number }
	| { readonly tag: 'restart'; readonly seed: number; readonly isSnapshotKnown: boolean };
type Flip = { readonly tag: 'flip'; readonly seed: number; readonly at: number };

const append = (stream: number, bytes: number): Step => ({ tag: 'append', stream, bytes });
const stream = fc.nat(names.length - 1);
const failure = fc.record({
	tag: fc.constant('fail' as const),
	steps: fc.nat(9),
	code: fc.constantFrom('disk-full' as const, 'io' as const),
});
const cut = fc.record({ tag: fc.constant('cut' as const), steps: fc.nat(9) });
const restart = fc.record({
	tag: fc.constant('restart' as const),
	seed: fc.nat(),
	isSnapshotKnown: fc.boolean(),
});
const steps: fc.Arbitrary<Step> = fc.oneof(
	{ weight: 12, arbitrary: fc.record({ tag: fc.constant('append' as const), stream, bytes: fc.nat(200) }) },
	{
		weight: 5,
		arbitrary: fc.record({ tag: fc.constantFrom('need', 'flush', 'stall', 'stall-removal', 'resume') }),
	},
	{ weight: 3, arbitrary: fc.record({ tag: fc.constantFrom('snapshot', 'acknowledge'), stream }) },
	{ weight: 1, arbitrary: fc.record({ tag: fc.constant('forget' as const), stream }) },
	{
		weight: 4,
		arbitrary: fc.record({ tag: fc.constant('pass' as const), ms: fc.constantFrom(1, 60, 2000) }),
	},
	{ weight: 1, arbitrary: failure },
	{ weight: 2, arbitrary: cut },
	{ weight: 2, arbitrary: restart },
);
const flips: fc.Arbitrary<Flip> = fc.record({
	tag: fc.constant('flip' as const),
	seed: fc.nat(),
	at: fc.nat(),
});

/** Segments come and go, some while others are being removed. */
const removals: fc.Arbitrary<Step[]> = fc
	.array(
		fc.oneof(
			{ weight: 4, arbitrary: fc.constant<Step[]>([append(0, 200), { tag: 'flush' }]) },
			{ weight: 4, arbitrary: fc.constant<Step[]>([{ tag: 'snapshot', stream: 0 }, { tag: 'flush' }]) },
			{ weight: 2, arbitrary: fc.constant<Step[]>([{ tag: 'stall-removal' }]) },
			{ weight: 1, arbitrary: fc.constant<Step[]>([{ tag: 'resume' }]) },
			{ weight: 2, arbitrary: fc.tuple(fc.oneof(cut, failure), fc.constant<Step>({ tag: 'resume' })) },
			{ weight: 1, arbitrary: fc.tuple(restart) },
		),
		{ maxLength: 30 },
	)
	.map((parts) => parts.flat());

/** What one VM is known to have done, beside the journal. */
interface Story {
	id: number;
	/** Payloads by sequence. */
	records: Map<number, string>;
	snapshot: number;
	turn: number;
	/** Told to be handed over, and known to be on disk. */
	handedOver: number;
	handedOverDurably: number;
	/** What the last restart said is covered. */
	floor: number;
	/** Its first row is in the log from here on. */
	bornAt: number;
}

class Trial {
	readonly files = new MemoryLogFiles();
	readonly stories = new Map<string, Story>();
	clock = new ManualClock();
	journal!: Journal;
	durable = 0;
	serial = 0;
	/** Told to be forgotten, by number. */
	readonly ended = new Map<number, Story>();
	/** Something is damaged, and the journal has not written down yet what that cost. */
	isDamaged = false;
	wasDamaged = false;

	async open(snapshots?: ReadonlyMap<string, number>): Promise<Recovery> {
		this.clock = new ManualClock();
		const { journal, recovery } = await Journal.open({
			files: this.files,
			cell: 'open',
			checksum: crc32,
			clock: this.clock,
			salt: this.serial++,
			groupBytes: 256,
			heldBytes: 1024,
			mostRecordBytes: 512,
			segmentBytes: 500,
			keepBytes: 3000,
			...(snapshots && { snapshots }),
			onDurable: (sequence) => {
				if (sequence <= this.durable) throw new Error('durable goes back');
				this.durable = sequence;
				this.isDamaged = false;
			},
		});
		this.journal = journal;
		this.durable = journal.durable;
		return recovery;
	}

	story(index: number): Story {
		const name = names[index] ?? '';
		const known = this.stories.get(name);
		if (known !== undefined) return known;
		const id = this.journal.stream(name);
		const story = {
			id,
			records: new Map<number, string>(),
			snapshot: 0,
			turn: 0,
			handedOver: 0,
			handedOverDurably: 0,
			floor: 0,
			bornAt: Number.POSITIVE_INFINITY,
		};
		this.stories.set(name, story);
		this.ended.delete(id);
		return story;
	}

	async step(step: Step | Flip): Promise<void> {
		const { journal, files } = this;
		switch (step.tag) {
			case 'append': {
				if (!journal.hasRoom) return;
				const story = this.story(step.stream);
				const text = `${this.serial++} `.padEnd(step.bytes, 'x');
				const sequence = journal.append(7, story.id, Buffer.from(text));
				if (sequence <= story.floor) throw new Error(`${sequence} looks covered already`);
				story.records.set(sequence, text);
				story.bornAt = Math.min(story.bornAt, sequence);
				return;
			}
			case 'need':
				return journal.need(
					Math.max(0, ...[...this.stories.values()].flatMap(({ records }) => [...records.keys()])),
				);
			case 'flush':
				journal.flush();
				return settle();
			case 'stall':
				return files.stall();
			case 'stall-removal':
				return files.stall('remove');
			case 'resume':
				files.resume();
				return settle();
			case 'snapshot': {
				const story = this.stories.get(names[step.stream] ?? '');
				if (story === undefined || this.durable < story.bornAt) return;
				story.snapshot = this.durable;
				return journal.covered(story.id, this.durable);
			}
			case 'acknowledge': {
				const story = this.stories.get(names[step.stream] ?? '');
				if (story === undefined) return;
				story.handedOver = ++story.turn;
				return journal.acknowledge(story.id, story.turn);
			}
			case 'forget': {
				const name = names[step.stream] ?? '';
				const story = this.stories.get(name);
				if (story === undefined) return;
				journal.forget(story.id);
				this.stories.delete(name);
				this.ended.set(story.id, story);
				return;
			}
			case 'pass':
				this.clock.advance(step.ms);
				return settle();
			case 'fail':
				return files.failAfter(step.steps, step.code);
			case 'cut':
				return files.cutAfter(step.steps);
			case 'restart':
				return this.restart(step, undefined);
			case 'flip':
				return this.restart({ seed: step.seed, isSnapshotKnown: true }, step.at);
		}
	}

	/** Cuts the power, opens again, and compares what comes back with what is known. */
	async restart(
		{ seed, isSnapshotKnown }: { seed: number; isSnapshotKnown: boolean },
		flip: number | undefined,
	): Promise<void> {
		await settle();
		const durable = this.durable;
		this.files.cutAfter(0);
		this.files.restart(random(seed));
		if (flip !== undefined && (await this.damage(flip))) this.isDamaged = this.wasDamaged = true;
		const snapshots = new Map(
			[...this.stories].flatMap(([name, { snapshot }]) => (snapshot > 0 ? [[name, snapshot] as const] : [])),
		);
		const recovery = await this.open(isSnapshotKnown || this.wasDamaged ? snapshots : undefined);
		const records: JournalRecord[] = [];
		for await (const group of recovery.records())
			records.push(...group.map((record) => ({ ...record, payload: record.payload.slice() })));
		this.compare({ recovery, records, durable });
	}

	compare({
		recovery,
		records,
		durable,
	}: {
		recovery: Recovery;
		records: readonly JournalRecord[];
		durable: number;
	}): void {
		const { isDamaged } = this;
		const { damage, last: end } = recovery;
		const isTornHere = damage.some(({ to }) => to === undefined);
		if (end < durable && !(isDamaged && isTornHere)) throw new Error(`durable ${durable} has become ${end}`);
		if (!isDamaged && !this.wasDamaged && damage.some(({ to }) => to !== undefined))
			throw new Error(`damage was reported where there is none: ${JSON.stringify(damage)}`);
		for (let at = 1; at < records.length; at++)
			if ((records[at]?.sequence ?? 0) <= (records[at - 1]?.sequence ?? 0)) throw new Error('out of order');
		for (const name of names) {
			const back = recovery.streams.find((stream) => stream.name === name);
			const ended = this.ended.get(back?.stream ?? 0);
			if (ended !== undefined) {
				// Neither its end nor what came after it had become durable.
				const now = this.stories.get(name);
				if (!isDamaged && now !== undefined && now.bornAt <= durable) throw new Error(`${name} is of old`);
				this.stories.set(name, ended);
				this.ended.delete(ended.id);
			}
			const story = this.stories.get(name);
			if (story === undefined) {
				if (back !== undefined) throw new Error(`${name} was invented`);
				continue;
			}
			if (back === undefined) {
				if (story.bornAt <= durable && !isDamaged) throw new Error(`${name} is gone`);
				if (story.bornAt <= durable && damage.length === 0) throw new Error(`${name} is gone unreported`);
				this.stories.delete(name);
				continue;
			}
			if (back.cutAfter !== undefined && !isDamaged) throw new Error(`${name} was cut without damage`);
			const last = Math.min(end, back.cutAfter ?? end);
			const expected = [...story.records].filter(
				([sequence]) => sequence > back.snapshot && sequence <= last,
			);
			const got = records
				.filter((record) => record.stream === back.stream)
				.map(({ sequence, payload }) => [sequence, Buffer.from(payload).toString()]);
			if (JSON.stringify(got) !== JSON.stringify(expected))
				throw new Error(`${name} came back as ${JSON.stringify(got)} and not ${JSON.stringify(expected)}`);
			const isReported = (sequence: number): boolean =>
				damage.some(({ after, to = Number.POSITIVE_INFINITY }) => after < sequence && sequence <= to) ||
				sequence > (back.cutAfter ?? sequence);
			for (const sequence of story.records.keys())
				if (sequence > last && sequence <= durable && !isReported(sequence))
					throw new Error(`the loss of ${sequence} was not reported`);
			if (back.handedOver > story.handedOver) throw new Error('handed over what was not');
			if (!isDamaged && back.handedOver < story.handedOverDurably) throw new Error('a mark was lost');
			for (const sequence of story.records.keys()) if (sequence > last) story.records.delete(sequence);
			story.id = back.stream;
			story.floor = back.snapshot;
			story.handedOver = back.handedOver;
			story.handedOverDurably = back.handedOver;
			story.turn = Math.max(story.turn, back.handedOver);
		}
	}

	async damage(at: number): Promise<boolean> {
		const files = await this.files.list();
		const name = files[at % files.length];
		if (name === undefined) return false;
		const bits = this.files.bytesOf(name).length * 8;
		if (bits > 0) this.files.flip(name, Math.floor(at / files.length) % bits);
		return bits > 0;
	}

	/** Everything that is left reaches the disk. */
	async finish(): Promise<void> {
		this.files.resume();
		await settle();
		await this.step({ tag: 'restart', seed: 1, isSnapshotKnown: true });
		for (const index of names.keys()) await this.step({ tag: 'append', stream: index, bytes: 30 });
		const marks = [...this.stories.values()].map((story) => {
			this.journal.acknowledge(story.id, ++story.turn);
			story.handedOver = story.turn;
			return story;
		});
		await this.journal.close();
		this.durable = this.journal.durable;
		for (const story of marks) story.handedOverDurably = story.handedOver;
		await this.step({ tag: 'restart', seed: 2, isSnapshotKnown: true });
	}
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function random(seed: number): (most: number) => number {
	let state = seed;
	return (most) => {
		state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
		return (state >>> 8) % (most + 1);
	};
}

async function run(all: readonly (Step | Flip)[]): Promise<void> {
	const trial = new Trial();
	await trial.open();
	for (const step of all) {
		if (trial.journal.trouble !== undefined && step.tag !== 'restart' && !trial.journal.hasRoom) continue;
		await trial.step(step);
	}
	await trial.finish();
}

/** Damage that chance seldom finds. */
const examples: [(Step | Flip)[]][] = [
	// The only segment left, whose streams had said nothing for long.
	[
		[
			append(0, 0),
			{ tag: 'flush' },
			{ tag: 'snapshot', stream: 0 },
			{ tag: 'pass', ms: 2000 },
			append(1, 168),
			{ tag: 'flip', seed: 0, at: 671_035_648 },
		],
	],
	// The head of one segment, while the next has a name and no content yet.
	[
		[
			append(0, 0),
			append(0, 115),
			append(2, 65),
			{ tag: 'pass', ms: 2000 },
			append(1, 168),
			{ tag: 'stall' },
			{ tag: 'flip', seed: 0, at: 249_147_553 },
		],
	],
];

test('whatever happens, what was durable comes back in order, once, and nothing else does', async (t) => {
	await fc.assert(fc.asyncProperty(fc.array(steps, { maxLength: 60 }), run), {
		numRuns: 1500,
		includeErrorInReport: true,
	});
	t.pass();
});

test('whatever is removed while more is written, what was durable and is needed comes back', async (t) => {
	await fc.assert(fc.asyncProperty(removals, run), {
		numRuns: 1500,
		includeErrorInReport: true,
	});
	t.pass();
});

test('a bit that turned over costs what cannot be replayed without it, and all of that is reported', async (t) => {
	const withFlips = fc.oneof({ weight: 20, arbitrary: steps }, { weight: 2, arbitrary: flips });
	await fc.assert(fc.asyncProperty(fc.array(withFlips, { maxLength: 60 }), run), {
		numRuns: 1500,
		includeErrorInReport: true,
		examples,
	});
	t.pass();
});
