/** What many different idle services take in one process: all of it, and what each further one adds. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { boxEnvironment } from '../../firmware/environment.ts';
import { bundled } from './bundled.ts';
import { type Figure, figure, interleaved, median } from './figure.ts';
import { onceReady } from './resident.ts';
import { componentVariants } from './variants.ts';

const program = fileURLToPath(new URL('idle-box.ts', import.meta.url));
const services = 100;
/** How many more there are where one more is measured: many, as the engine takes memory in steps. */
const more = 100;
const limits = { wholeMb: 75, eachKb: 150 };
const rounds = 3;

export async function densityFigures(): Promise<Figure[]> {
	const folder = await mkdtemp(join(tmpdir(), 'mullion-bench-'));
	try {
		const file = await bundled(program, folder);
		const variant = await componentVariants();
		for (let number = 0; number < services + more; number++)
			await writeFile(join(folder, `${number}.wasm`), variant(number));
		const environment = boxEnvironment(join(folder, 'compiled'));
		const own = { node: [] as number[], whole: [] as number[], larger: [] as number[] };
		const resident =
			(name: keyof typeof own, ...of: Parameters<typeof onceReady>) =>
			async (): Promise<number> => {
				const { megabytes, ownMegabytes } = await onceReady(...of);
				own[name].push(ownMegabytes);
				return megabytes;
			};
		const withServices = (count: number) => [[file, folder, String(count)], environment] as const;
		await onceReady(...withServices(1));
		const measured = await interleaved(
			{
				node: resident('node', ['-e', 'console.log("up"); setInterval(() => {}, 1000)']),
				whole: resident('whole', ...withServices(services)),
				larger: resident('larger', ...withServices(services + more)),
			},
			rounds,
		);
		const name = `${services} distinct services, idle, whole process`;
		const whole = { name, unit: 'MB', value: measured.whole };
		return [
			figure({ ...whole, peer: 'limit', peerValue: limits.wholeMb }),
			figure({ ...whole, peer: 'empty Node', peerValue: measured.node }),
			figure({
				name: `${services} distinct services, idle, of that in no file`,
				unit: 'MB',
				value: median(own.whole),
				peer: 'empty Node',
				peerValue: median(own.node),
			}),
			figure({
				name: 'each further distinct service, idle',
				unit: 'KB',
				value: ((median(own.larger) - median(own.whole)) * 1000) / more,
				peer: 'limit',
				peerValue: limits.eachKb,
			}),
		];
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
}
