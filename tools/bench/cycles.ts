/** Whether memory stays where it is while services come and go: started and stopped, and deployed anew. */
import { setTimeout as pause } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { systemClock } from '../../firmware/hal/clock.ts';
import { tuneEngine } from '../../firmware/hal/engine.ts';
import { allImports } from '../../modules/probe/testbed.ts';
import { prepareComponent } from '../../runtime/component/prepare.ts';
import { Cell } from '../../runtime/vm/cell.ts';
import { type Figure, limited } from './figure.ts';
import { specOf } from './installed.ts';
import { componentVariants } from './variants.ts';

const limitMb = 2;
const cycles = { warmUp: 2000, counted: 10_000 };
const redeploys = { warmUp: 300, counted: 1000 };
/** Looks at the memory, spread over what is counted. */
const looks = 5;

interface Memory {
	/** Megabytes of the engine's heap and beside it, and of the whole process. */
	readonly used: number;
	readonly resident: number;
}

export async function cyclesFigures(): Promise<Figure[]> {
	tuneEngine();
	const variant = await componentVariants();
	let variants = 0;
	const deploy = () => prepareComponent(variant(variants++), { provided: allImports });
	const installed = await deploy();
	const cell = new Cell({ clock: systemClock(), report: () => undefined, wake: () => undefined });
	const cycle = ({ module }: { module: WebAssembly.Module }): void => {
		cell.accept({ tag: 'start', vm: 1, spec: { ...specOf(installed), module } });
		while (cell.run(4));
		cell.accept({ tag: 'stop', vm: 1 });
	};
	const collect = forcedCollection();
	return [
		...(await growth('10 000 starts and stops', cycles, { action: async () => cycle(installed), collect })),
		...(await growth('1 000 redeploys', redeploys, { action: async () => cycle(await deploy()), collect })),
	];
}

async function growth(
	name: string,
	{ warmUp, counted }: { warmUp: number; counted: number },
	{ action, collect }: { action: () => Promise<void>; collect: () => void },
): Promise<Figure[]> {
	const repeat = async (times: number): Promise<Memory> => {
		for (let left = times; left > 0; left--) {
			await action();
			// What the engine does in between, it does when it is let.
			if (left % 100 === 0) await pause(0);
		}
		return await settled(collect);
	};
	const first = await repeat(warmUp);
	let last = first;
	for (let look = 0; look < looks; look++) last = await repeat(counted / looks);
	return [
		limited(`${name}, growth in use`, 'MB', last.used - first.used, limitMb),
		limited(`${name}, growth resident`, 'MB', last.resident - first.resident, limitMb),
	];
}

/** What is still there once everything is gone that can go. */
async function settled(collect: () => void): Promise<Memory> {
	for (let times = 4; times > 0; times--) {
		collect();
		await pause(25);
	}
	const { rss, heapUsed, external } = process.memoryUsage();
	return { used: (heapUsed + external) / 1e6, resident: rss / 1e6 };
}

function forcedCollection(): () => void {
	setFlagsFromString('--expose-gc');
	return runInNewContext('gc') as () => void;
}
