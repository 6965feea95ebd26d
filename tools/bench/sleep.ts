/** What many different services take that sleep, and how soon one that is asked something answers. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { boxEnvironment } from '../../firmware/environment.ts';
import { bundled } from './bundled.ts';
import { type Figure, figure, interleaved, median } from './figure.ts';
import { onceReady } from './resident.ts';
import { componentVariants } from './variants.ts';

const program = fileURLToPath(new URL('sleeping-box.ts', import.meta.url));
/** So many that the engine has optimised the platform's code: what it keeps of that grows with use, not with services. */
const few = 1000;
const more = 1000;
const limits = { eachKb: 5, wakeMs: 1 };
const rounds = 2;

export async function sleepFigures(): Promise<Figure[]> {
	const folder = await mkdtemp(join(tmpdir(), 'mullion-bench-'));
	try {
		const file = await bundled(program, folder);
		const variant = await componentVariants();
		for (let number = 0; number < few + more; number++)
			await writeFile(join(folder, `${number}.wasm`), variant(number));
		const environment = boxEnvironment(join(folder, 'compiled'));
		const asleep: number[] = [];
		const awake: number[] = [];
		const again: number[] = [];
		const withServices = (count: number) => async (): Promise<number> => {
			const { ownMegabytes, said } = await onceReady([file, folder, String(count)], environment);
			const times: { asleep: number[]; awake: number[]; again: number[] } = JSON.parse(said);
			asleep.push(...times.asleep);
			awake.push(...times.awake);
			again.push(...times.again);
			return ownMegabytes;
		};
		await withServices(1)();
		const { small, large } = await interleaved(
			{ small: withServices(few), large: withServices(few + more) },
			rounds,
		);
		// The way of question and answer between two threads is the same for one that is awake.
		const wakes = asleep.map((ms, at) => ms - (awake[at] ?? Number.NaN));
		return [
			figure({
				name: 'each further distinct service, asleep, of the whole process',
				value: ((large - small) * 1000) / more,
				unit: 'KB',
				peer: 'limit',
				peerValue: limits.eachKb,
			}),
			figure({
				name: 'what a wake adds to an answer',
				value: median(wakes),
				unit: 'ms',
				peer: 'limit',
				peerValue: limits.wakeMs,
			}),
			figure({
				name: 'question to a service that sleeps -> its answer',
				value: median(asleep),
				unit: 'ms',
				peer: 'to one that is awake',
				peerValue: median(awake),
			}),
			figure({
				name: 'the same, of one that was woken before',
				value: median(again),
				unit: 'ms',
				peer: 'limit',
				peerValue: limits.wakeMs,
			}),
		];
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
}
