/**
 * What it costs to lose nothing: messages of 256 B with every turn in the journal of its cell.
 *
 * Two VMs send each other what they hear, and the box hears it too: each message is in the journal before it
 * leaves, and who says the next does not wait for that. What one message waits is a figure of its own.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tuneEngine } from '../../firmware/hal/engine.ts';
import { type EchoGuest, echoGuest } from './echo-guest.ts';
import { type Figure, figure, interleaved, median } from './figure.ts';
import { KeptEcho, type KeptEchoOptions } from './kept-echo.ts';

const payload = Uint8Array.from({ length: 256 }, (_, at) => at);
const messages = 50_000;
const rounds = 15;
/** Until the engine has compiled what is run often. */
const warmUps = 5;
const onTheirWay = 64;
/** What is left of the speed without a journal, at least. */
const leastPercent = 50;

export async function durabilityFigures(): Promise<Figure[]> {
	tuneEngine();
	const guest = await echoGuest();
	return [...(await throughput(guest, true)), ...(await throughput(guest, false)), ...(await latency(guest))];
}

async function throughput(guest: EchoGuest, isHeard: boolean): Promise<Figure[]> {
	return withEach({ guest, vms: 2, isHeard }, async ({ none, tmpfs, disk }) => {
		const seen = { none: [] as number[], tmpfs: [] as number[], disk: [] as number[] };
		const measured = async (echo: KeptEcho, times: number[]): Promise<void> => {
			const startedAt = performance.now();
			const done = await (isHeard ? echo.untilLeft(messages) : echo.untilGiven(messages));
			times.push(((performance.now() - startedAt) * 1e6) / done);
		};
		for (const echo of [none, tmpfs, disk])
			for (let left = onTheirWay; left > 0; left--) echo.throwIn(payload);
		for (let round = -warmUps; round < rounds; round++) {
			if (round === 0) for (const times of Object.values(seen)) times.length = 0;
			await measured(none, seen.none);
			await measured(tmpfs, seen.tmpfs);
			await measured(disk, seen.disk);
		}
		const what = `message of 256 B between two VMs${isHeard ? ' and out of the cell' : ''}`;
		const peerValue = median(seen.none);
		const times = (place: 'tmpfs' | 'disk'): Figure =>
			figure({
				name: `${what}, journalled on ${place}`,
				unit: 'ns',
				value: median(seen[place]),
				peer: 'not journalled',
				peerValue,
			});
		// Round by round, so that what else the machine does falls on both alike.
		const speeds = seen.none.map((ns, round) => (100 * ns) / (seen.tmpfs[round] ?? Number.NaN));
		return [
			times('tmpfs'),
			times('disk'),
			figure({
				name: `speed that is left of that, tmpfs${isHeard ? ', out of the cell' : ''}`,
				unit: '%',
				value: median(speeds),
				peer: 'limit: at least',
				peerValue: leastPercent,
			}),
		];
	});
}

/** From when a message comes into the cell to when what a VM says to it leaves, of one at a time. */
async function latency(guest: EchoGuest): Promise<Figure[]> {
	return withEach({ guest, vms: 1, isHeard: true }, async ({ none, tmpfs, disk }) => {
		const milliseconds = (echo: KeptEcho) => async (): Promise<number> => {
			const startedAt = performance.now();
			echo.throwIn(payload);
			await echo.untilLeft(1);
			return performance.now() - startedAt;
		};
		const subjects = { none: milliseconds(none), tmpfs: milliseconds(tmpfs), disk: milliseconds(disk) };
		const measured = await interleaved(subjects, 61);
		return (['tmpfs', 'disk'] as const).map((place) =>
			figure({
				name: `one message of 256 B, in and out, journalled on ${place}`,
				unit: 'ms',
				value: measured[place],
				peer: 'not journalled',
				peerValue: measured.none,
			}),
		);
	});
}

interface Places {
	readonly none: KeptEcho;
	readonly tmpfs: KeptEcho;
	readonly disk: KeptEcho;
}

async function withEach(
	options: Omit<KeptEchoOptions, 'folder'>,
	measure: (places: Places) => Promise<Figure[]>,
): Promise<Figure[]> {
	const folders = [
		await mkdtemp('/dev/shm/mullion-bench-'),
		await mkdtemp(join(tmpdir(), 'mullion-bench-')),
	] as const;
	const [tmpfs, disk] = folders.map((folder) => new KeptEcho({ ...options, folder }));
	const none = new KeptEcho(options);
	if (tmpfs === undefined || disk === undefined) throw new TypeError('there are two folders');
	const all = [none, tmpfs, disk];
	try {
		for (const echo of all) await echo.start();
		const figures = await measure({ none, tmpfs, disk });
		for (const echo of all) await echo.close();
		return figures;
	} finally {
		for (const folder of folders) await rm(folder, { recursive: true, force: true });
	}
}
