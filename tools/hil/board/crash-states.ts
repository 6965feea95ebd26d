/** States that a disk can be in after a power cut, from the log of what was written to it. */
import type { FileHandle } from 'node:fs/promises';
import type { Random } from '../link/random.ts';
import { type Extent, ExtentMap, part } from './extent-map.ts';
import type { WriteLog } from './write-log.ts';
import type { WriteLogEntry } from './write-log-format.ts';

export interface CrashStatesOptions {
	readonly log: WriteLog;
	/** States in which writes since the last flush are lost, torn and out of order. Default 0. */
	readonly torn?: number;
	/** Chooses them; the same numbers, the same states. */
	readonly random: Random;
	/** A disk that says that it has flushed and has not: what a test of crashes has to find out. Default: it has. */
	readonly isLying?: boolean;
}

/**
 * Every prefix of the log, from nothing to all of it, and between them states that a disk with a cache
 * leaves: of what was written since the last flush, each write is there, lost, or there in part, whatever
 * became of the ones before it. One sector is never torn. A newer content of a sector never gives way to
 * an older one that was written before it and survived.
 */
export async function* crashStates({
	log,
	torn = 0,
	random,
	isLying = false,
}: CrashStatesOptions): AsyncGenerator<CrashState> {
	const tornAfter = await choosePlaces({ log, count: torn, random });
	const whole = new ExtentMap();
	const durable = new ExtentMap();
	let pending: WriteLogEntry[] = [];
	yield new CrashState({ log, name: 'before the first write', entries: 0, losses: 0, map: whole.copy() });
	for await (const entry of log.read()) {
		if (entry.isFlush && !isLying) {
			for (const write of pending) durable.lay(extentOf(write));
			pending = [];
		}
		whole.lay(extentOf(entry));
		if (entry.length > 0) pending.push(entry);
		const name = `after entry ${entry.index}`;
		const entries = entry.index + 1;
		yield new CrashState({ log, name, entries, losses: 0, map: whole.copy() });
		for (let count = tornAfter.get(entry.index) ?? 0; count > 0; count--) {
			const map = durable.copy();
			yield tornState({ log, map, pending, random, name, entries });
		}
	}
}

/** What a disk with a cache holds after all of the log, if the power went then: one of the torn states of that moment. */
export async function lastCrashState({
	log,
	random,
}: Pick<CrashStatesOptions, 'log' | 'random'>): Promise<CrashState> {
	const map = new ExtentMap();
	let pending: WriteLogEntry[] = [];
	let entries = 0;
	for await (const entry of log.read()) {
		entries++;
		if (entry.isFlush) {
			for (const write of pending) map.lay(extentOf(write));
			pending = [];
		}
		if (entry.length > 0) pending.push(entry);
	}
	return tornState({ log, map, pending, random, name: `after ${entries} entries`, entries });
}

/** Lays what is left of the writes since the last flush over what is durable. */
function tornState({
	log,
	map,
	pending,
	random,
	name,
	entries,
}: Omit<CrashStateOptions, 'losses'> & {
	readonly pending: readonly WriteLogEntry[];
	readonly random: Random;
}): CrashState {
	const fates = pending.map((write) => layInPart(map, write, { random, sectorBytes: log.sectorBytes }));
	const losses = fates.filter((fate) => !fate.endsWith('there')).length;
	return new CrashState({ log, name: `${name}, torn: ${fates.join(', ')}`, entries, losses, map });
}

/** Only where something could be lost. @returns entry -> how many states */
async function choosePlaces({
	log,
	count,
	random,
}: Pick<CrashStatesOptions, 'log' | 'random'> & { readonly count: number }) {
	const places: number[] = [];
	let isPending = false;
	for await (const { index, isFlush, length, isForced } of log.read()) {
		isPending = (isPending && !isFlush) || (length > 0 && !isForced);
		if (isPending) places.push(index);
	}
	const chosen = new Map<number, number>();
	for (let state = 0; state < count && places.length > 0; state++) {
		const place = places[Math.floor(random() * places.length)] as number;
		chosen.set(place, (chosen.get(place) ?? 0) + 1);
	}
	return chosen;
}

/** @returns what became of the write, for the name of the state */
function layInPart(
	map: ExtentMap,
	write: WriteLogEntry,
	{ random, sectorBytes }: { readonly random: Random; readonly sectorBytes: number },
): string {
	const { index, length, offset, isForced } = write;
	const fate = isForced ? 0 : random() * 3;
	if (fate < 1) {
		map.lay(extentOf(write));
		return `${index} there`;
	}
	const sectors = length / sectorBytes;
	if (fate < 2 || sectors < 2) return `${index} lost`;
	const [from = 0, to = 0] = [random(), random()]
		.map((at) => Math.floor(at * (sectors + 1)))
		.toSorted((a, b) => a - b);
	const extent = extentOf(write);
	map.lay(part(extent, offset + from * sectorBytes, offset + to * sectorBytes));
	return `${index} only sectors ${from} to ${to}`;
}

function extentOf({ offset, length, dataAt, isDiscard }: WriteLogEntry): Extent {
	return { offset, length, dataAt: isDiscard ? undefined : dataAt };
}

export interface CrashStateOptions {
	readonly log: WriteLog;
	readonly name: string;
	readonly entries: number;
	readonly losses: number;
	readonly map: ExtentMap;
}

/** One state, as what differs from the disk before the log began (the base). */
export class CrashState {
	/** What happened, to be told when it turns out bad. */
	readonly name: string;
	/** Entries of the log before the cut: what was told outside by then has to be so. */
	readonly entries: number;
	/** Writes before the cut that are not there, or only in part. */
	readonly losses: number;
	readonly #log: WriteLog;
	readonly #map: ExtentMap;

	constructor({ log, name, entries, losses, map }: CrashStateOptions) {
		this.#log = log;
		this.name = name;
		this.entries = entries;
		this.losses = losses;
		this.#map = map;
	}

	/** Ranges that differ from the base, sorted. */
	get extents(): readonly Extent[] {
		return this.#map.extents;
	}

	/** The parts of them that lie in a range. */
	within(offset: number, bytes: number): readonly Extent[] {
		return this.#map.within(offset, bytes);
	}

	/** Some bytes of the disk in this state. */
	async read(base: FileHandle, offset: number, bytes: number): Promise<Buffer> {
		const buffer = Buffer.alloc(bytes);
		await base.read(buffer, 0, bytes, offset);
		for (const extent of this.#map.within(offset, bytes))
			buffer.set(await this.dataOf(extent), extent.offset - offset);
		return buffer;
	}

	/** What an extent of this state holds. */
	async dataOf({ length, dataAt }: Extent): Promise<Buffer> {
		return dataAt === undefined ? Buffer.alloc(length) : this.#log.data(dataAt, length);
	}
}
