/** What it costs to lose nothing: messages of 256 B between two VMs of a cell, with every turn in its journal. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { cellStorage } from '../../firmware/hal/cell-storage.ts';
import { systemClock } from '../../firmware/hal/clock.ts';
import { Cell } from '../../runtime/vm/cell.ts';
import { type EchoGuest, echoGuest, echoSpec } from './echo-guest.ts';
import { type Figure, figure, interleaved } from './figure.ts';

const payload = Uint8Array.from({ length: 256 }, (_, at) => at);
const messages = 30_000;
const rounds = 7;
const onTheirWay = 64;

export async function durabilityFigures(): Promise<Figure[]> {
	const guest = await echoGuest();
	const folders = [
		await mkdtemp('/dev/shm/mullion-bench-'),
		await mkdtemp(join(tmpdir(), 'mullion-bench-')),
	] as const;
	const pairs = [new Pair(guest), new Pair(guest, folders[0]), new Pair(guest, folders[1])] as const;
	try {
		for (const pair of pairs) await pair.start();
		const [none, tmpfs, disk] = pairs;
		const subjects = { none: () => none.run(), tmpfs: () => tmpfs.run(), disk: () => disk.run() };
		await interleaved(subjects, 2);
		const measured = await interleaved(subjects, rounds);
		const of = (place: string, value: number): Figure =>
			figure({
				name: `journalled message of 256 B between two VMs, ${place}`,
				unit: 'ns',
				value,
				peer: 'the same, not journalled',
				peerValue: measured.none,
			});
		return [of('tmpfs', measured.tmpfs), of('disk', measured.disk)];
	} finally {
		for (const pair of pairs) await pair.close();
		for (const folder of folders) await rm(folder, { recursive: true, force: true });
	}
}

/** Two VMs that send each other what they hear. */
class Pair {
	readonly #cell: Cell;
	readonly #guest: EchoGuest;
	readonly #isKept: boolean;
	#events = 0;
	readonly #closed = Promise.withResolvers<void>();

	constructor(guest: EchoGuest, path?: string) {
		this.#guest = guest;
		this.#isKept = path !== undefined;
		const storage = path && cellStorage({ path, cell: 'bench', platformVersion: '1.0.0' });
		this.#cell = new Cell({
			clock: systemClock(),
			...(storage && { storage }),
			report: (reports) => {
				for (const report of reports) {
					if (report.tag === 'counts') this.#events = report.vms.reduce((sum, { events }) => sum + events, 0);
					if (report.tag === 'closed') this.#closed.resolve();
				}
			},
			wake: () => undefined,
		});
	}

	async start(): Promise<void> {
		const { metered } = this.#guest;
		const keep = { mode: 'journal', intervalMs: 60_000, digest: '5a'.repeat(32) } as const;
		const kept = this.#isKept ? { keep } : {};
		this.#cell.accept({ tag: 'start', vm: 1, spec: { ...echoSpec(metered, 'to.two', 'to.one'), ...kept } });
		this.#cell.accept({ tag: 'start', vm: 2, spec: { ...echoSpec(metered, 'to.one', 'to.two'), ...kept } });
		for (let left = 200; left > 0; left--) {
			this.#cell.run(16);
			await nextTurn();
		}
		for (let left = onTheirWay; left > 0; left--)
			this.#cell.accept({ tag: 'publish', topic: 'to.one', sender: 0, payload });
	}

	/** Nanoseconds for each message. */
	async run(): Promise<number> {
		const before = this.#count();
		const startedAt = performance.now();
		let done = 0;
		while (done < messages) {
			for (let runs = 32; runs > 0; runs--) this.#cell.run(32);
			await nextTurn();
			done = this.#count() - before;
		}
		return ((performance.now() - startedAt) * 1e6) / done;
	}

	async close(): Promise<void> {
		this.#cell.accept({ tag: 'close' });
		await this.#closed.promise;
	}

	#count(): number {
		this.#cell.accept({ tag: 'count' });
		return this.#events;
	}
}
