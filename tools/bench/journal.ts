/** What it costs to keep every turn: records of 256 B with group commit, in memory, on tmpfs and on disk. */
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { systemClock } from '../../firmware/hal/clock.ts';
import { openJournal } from '../../firmware/hal/journal.ts';
import type { Journal } from '../../runtime/journal/journal.ts';
import { type Figure, figure, interleaved } from './figure.ts';
import { threadClockMs } from './thread-time.ts';

const payload = Uint8Array.from({ length: 256 }, (_, at) => at);
/** As many turns as a cell runs between two looks at its mailbox. */
const turnsAtATime = 32;
const records = 100_000;
const rounds = 7;
/** A message of 256 B between two VMs takes about 0.35 us; with the journal it may take twice that. */
const limitNs = 350;

export async function journalFigures(): Promise<Figure[]> {
	const folders = {
		tmpfs: await mkdtemp('/dev/shm/mullion-bench-'),
		disk: await mkdtemp(join(tmpdir(), 'mullion-bench-')),
	};
	try {
		return [...(await throughputFigures(folders)), ...(await latencyFigures(folders))];
	} finally {
		for (const folder of Object.values(folders)) await rm(folder, { recursive: true, force: true });
	}
}

interface Folders {
	readonly tmpfs: string;
	readonly disk: string;
}

async function throughputFigures(folders: Folders): Promise<Figure[]> {
	const tmpfs = await Turns.start(folders.tmpfs);
	const disk = await Turns.start(folders.disk);
	const without = new Turns();
	const all = { without, tmpfs, disk };
	for (const turns of Object.values(all)) await turns.run();
	const wall = await interleaved(
		{ without: () => without.run(), tmpfs: () => tmpfs.run(), disk: () => disk.run() },
		rounds,
	);
	const {
		records: written,
		pagesWritten,
		groups,
	} = tmpfs.journal?.counts() ?? { records: 0, pagesWritten: 0, groups: 0 };
	const processor = await interleaved(
		{ without: () => without.processorTime(), tmpfs: () => tmpfs.processorTime() },
		rounds,
	);
	for (const turns of Object.values(all)) await turns.journal?.close();
	const each = { unit: 'ns', peer: 'without a journal' };
	return [
		figure({ name: 'turn, 256 B journalled on tmpfs', ...each, value: wall.tmpfs, peerValue: wall.without }),
		figure({ name: 'turn, 256 B journalled on disk', ...each, value: wall.disk, peerValue: wall.without }),
		figure({
			name: 'record of 256 B, processor time of its thread',
			unit: 'ns',
			value: processor.tmpfs - processor.without,
			peer: 'limit: a turn of as much',
			peerValue: limitNs,
		}),
		figure({
			name: 'record of 256 B, pages of flash written',
			unit: 'B',
			value: (pagesWritten * 4096) / written,
			peer: 'payload',
			peerValue: payload.length,
		}),
		figure({
			name: 'group under load',
			unit: 'records',
			value: written / groups,
			peer: 'what 64 KiB hold',
			peerValue: 65_536 / 264,
		}),
	];
}

/** Runs turns as a cell does: some, then a look at the mailbox, and none while the journal has no room. */
class Turns {
	readonly journal: Journal | undefined;
	readonly #stream: number;
	readonly #clock = threadClockMs();
	readonly #copy = new Uint8Array(payload.length);
	#room = Promise.withResolvers<void>();

	static async start(folder: string): Promise<Turns> {
		const { journal } = await openJournal({
			folder,
			cell: 'open',
			clock: systemClock(),
			onRoom: () => turns.#enter(),
		});
		const turns = new Turns(journal);
		return turns;
	}

	constructor(journal?: Journal) {
		this.journal = journal;
		this.#stream = journal?.stream('bench') ?? 0;
	}

	/** Nanoseconds a turn, until all are durable. */
	async run(): Promise<number> {
		const startedAt = performance.now();
		await this.#turns();
		return ((performance.now() - startedAt) * 1e6) / records;
	}

	async processorTime(): Promise<number> {
		const startedAt = this.#clock();
		await this.#turns();
		return ((this.#clock() - startedAt) * 1e6) / records;
	}

	async #turns(): Promise<void> {
		const { journal } = this;
		let last = 0;
		for (let done = 0; done < records; done++) {
			if (journal?.hasRoom === false) await this.#room.promise;
			this.#work();
			if (journal !== undefined) last = journal.append(1, this.#stream, payload);
			if (done % turnsAtATime === 0) await turn();
		}
		await journal?.whenDurable(last);
		journal?.covered(this.#stream, last);
	}

	/** About as much as one message of 256 B into a VM and on costs. */
	#work(): void {
		for (let at = 0; at < payload.length; at++) this.#copy[at] = (payload[at] ?? 0) ^ 0x5a;
	}

	#enter(): void {
		this.#room.resolve();
		this.#room = Promise.withResolvers();
	}
}

async function latencyFigures(folders: Folders): Promise<Figure[]> {
	const figures: Figure[] = [];
	for (const [place, folder] of Object.entries(folders)) {
		const { journal } = await openJournal({
			folder: join(folder, 'latency'),
			cell: 'open',
			clock: systemClock(),
		});
		const stream = journal.stream('bench');
		await using file = await open(join(folder, 'bare'), 'w');
		const measured = await interleaved(
			{
				journal: () => milliseconds(() => journal.whenDurable(journal.append(1, stream, payload))),
				bare: () =>
					milliseconds(async () => {
						await file.write(payload);
						await file.datasync();
					}),
			},
			61,
		);
		await journal.close();
		figures.push(
			figure({
				name: `one record until it is durable, ${place}, held 1 ms`,
				unit: 'ms',
				value: measured.journal,
				peer: 'bare write and fdatasync',
				peerValue: measured.bare,
			}),
		);
	}
	return figures;
}

async function milliseconds(action: () => Promise<unknown>): Promise<number> {
	const startedAt = performance.now();
	await action();
	return performance.now() - startedAt;
}
