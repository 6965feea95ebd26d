/** Whether memory stays where it is while services come and go: started and stopped, and deployed anew. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { boxEnvironment } from '../../firmware/environment.ts';
import { bundled } from './bundled.ts';
import { type Figure, limited } from './figure.ts';
import { onceReady } from './resident.ts';
import { componentVariants } from './variants.ts';

const program = fileURLToPath(new URL('cycling-box.ts', import.meta.url));
const limitMb = 2;
const plan: Plan = { starts: { warmUp: 2000, counted: 10_000 }, deploys: { warmUp: 300, counted: 1000 } };

/** How often it is done until memory is looked at first, and then last. */
export interface Counts {
	readonly warmUp: number;
	readonly counted: number;
}

export type Plan = Readonly<Record<'starts' | 'deploys', Counts>>;

/** Megabytes: what the engine uses, and what the whole process has in no file. */
export type Growth = Readonly<Record<'starts' | 'deploys', { readonly used: number; readonly own: number }>>;

export async function cyclesFigures(): Promise<Figure[]> {
	const folder = await mkdtemp(join(tmpdir(), 'mullion-bench-'));
	try {
		const file = await bundled(program, folder);
		const variant = await componentVariants();
		const { starts, deploys } = plan;
		for (let number = 0; number <= deploys.warmUp + deploys.counted; number++)
			await writeFile(join(folder, `${number}.wasm`), variant(number));
		const { said } = await onceReady(
			[file, folder, JSON.stringify(plan)],
			boxEnvironment(join(folder, 'compiled')),
		);
		const growth: Growth = JSON.parse(said);
		return [
			...figuresOf(`${starts.counted} starts and stops`, growth.starts),
			...figuresOf(`${deploys.counted} redeploys`, growth.deploys),
		];
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
}

function figuresOf(name: string, { used, own }: Growth['starts']): Figure[] {
	return [
		limited(`${name}, growth in use`, 'MB', used, limitMb),
		limited(`${name}, growth of the process`, 'MB', own, limitMb),
	];
}
