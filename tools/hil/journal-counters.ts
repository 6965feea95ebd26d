/**
 * Counters that live in a journal: the simplest VMs there are. Each record is the next number of one of
 * them, so that a number that is lost, doubled or out of order shows when they are opened again.
 */
import { join } from 'node:path';
import { systemClock } from '../../firmware/hal/clock.ts';
import { openDirectory } from '../../firmware/hal/directory.ts';
import { openJournal } from '../../firmware/hal/journal.ts';
import type { Directory } from '../../runtime/directory.ts';
import type { Journal } from '../../runtime/journal/journal.ts';

export const counters = ['clock', 'doorbell', 'player'] as const;
export type Counter = (typeof counters)[number];

interface Snapshot {
	readonly sequence: number;
	readonly count: number;
}

export interface OpenCounters {
	readonly journal: Journal;
	readonly counts: Map<Counter, number>;
	/** Counts one further; `bytes` is the length of the record. */
	count(counter: Counter, bytes: number): { sequence: number; count: number };
	/** Snapshots one of which everything so far is durable. */
	snapshot(counter: Counter): Promise<void>;
}

/** @throws Error when a count is not the one after the one before it, or anything but a torn end was lost */
export async function openCounters(
	folder: string,
	onDurable: (sequence: number) => void = () => undefined,
): Promise<OpenCounters> {
	const directory = await openDirectory(join(folder, 'snapshots'));
	const snapshots = await readSnapshots(directory);
	const { journal, recovery } = await openJournal({
		folder: join(folder, 'journal'),
		cell: 'open',
		clock: systemClock(),
		segmentBytes: 256 * 1024,
		snapshots: new Map([...snapshots].map(([name, { sequence }]) => [name, sequence])),
		onDurable,
	});
	const counts = new Map(counters.map((name) => [name, snapshots.get(name)?.count ?? 0]));
	const names = new Map(recovery.streams.map(({ stream, name }) => [stream, name as Counter]));
	if (recovery.damage.some(({ to }) => to !== undefined) || recovery.streams.some(({ cutAfter }) => cutAfter))
		throw new Error(`lost: ${JSON.stringify(recovery)}`);
	for await (const group of recovery.records())
		for (const { stream, payload } of group) {
			const name = names.get(stream) ?? 'clock';
			const count = Buffer.from(payload).readDoubleLE();
			const before = counts.get(name) ?? 0;
			if (count !== before + 1) throw new Error(`${name} was at ${before} and then at ${count}`);
			counts.set(name, count);
		}
	const streams = new Map(counters.map((name) => [name, journal.stream(name)]));
	return {
		journal,
		counts,
		count: (counter, bytes) => {
			const count = (counts.get(counter) ?? 0) + 1;
			counts.set(counter, count);
			const payload = Buffer.alloc(Math.max(8, bytes), count & 0xff);
			payload.writeDoubleLE(count);
			return { sequence: journal.append(1, streams.get(counter) ?? 0, payload), count };
		},
		snapshot: async (counter) => {
			const snapshot = { sequence: journal.durable, count: counts.get(counter) ?? 0 };
			await directory.write(counter, Buffer.from(JSON.stringify(snapshot)));
			journal.covered(streams.get(counter) ?? 0, snapshot.sequence);
		},
	};
}

async function readSnapshots(directory: Directory): Promise<ReadonlyMap<string, Snapshot>> {
	const snapshots = new Map<string, Snapshot>();
	for (const name of await directory.list()) {
		const bytes = await directory.read(name);
		if (bytes !== undefined) snapshots.set(name, JSON.parse(Buffer.from(bytes).toString()));
	}
	return snapshots;
}
