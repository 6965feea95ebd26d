/** What the checks of `runtime/component/instrument` cost: the same kernels with them and without, as on a box. */
import { readFile } from 'node:fs/promises';
import { tuneEngine } from '../../firmware/hal/engine.ts';
import { gateExport, startExport } from '../../runtime/component/instrument/fuel.ts';
import { instrument } from '../../runtime/component/instrument/instrument.ts';
import { tankOf } from '../../runtime/component/instrument/testbed.ts';
import { plainLane } from '../../runtime/component/lane/plain-lane.ts';
import { type Figure, interleaved, limited } from './figure.ts';
import { kernelModule } from './kernel-module.ts';
import { threadClockMs } from './thread-time.ts';

const rounds = 21;
const toWarmUp = 20;
const limits = { mean: 1.1, each: 1.25 };

export async function instrumentationFigures(): Promise<Figure[]> {
	tuneEngine();
	const ofC = new Uint8Array(await readFile(new URL('c/kernels.wasm', import.meta.url)));
	const ratios = new Map([
		...(await ratiosOf(await kernelModule('kernels.ts'), 'AssemblyScript')),
		...(await ratiosOf(ofC, 'C')),
	]);
	const mean = Math.exp(ratios.values().reduce((sum, ratio) => sum + Math.log(ratio), 0) / ratios.size);
	return [
		...[...ratios].map(([name, value]) => limited(`checks in ${name}`, 'x', value, limits.each)),
		limited('checks, geometric mean', 'x', mean, limits.mean),
	];
}

/** How many times as long each kernel takes with checks. */
async function ratiosOf(core: Uint8Array<ArrayBuffer>, language: string): Promise<Map<string, number>> {
	const plain = await started(core);
	const metered = await started(instrument(core));
	const now = threadClockMs();
	const timed = (kernel: () => number): number => {
		const startedAt = now();
		kernel();
		return now() - startedAt;
	};
	const ratios = new Map<string, number>();
	for (const [name, kernel] of plain) {
		const other = metered.get(name) ?? kernel;
		if (kernel() !== other()) throw new Error(`${name} computes something else with checks`);
		const subjects = { plain: () => timed(kernel), metered: () => timed(other) };
		// Until the engine has optimised both.
		await interleaved(subjects, toWarmUp);
		const measured = await interleaved(subjects, rounds);
		ratios.set(`${name} (${language})`, measured.metered / measured.plain);
	}
	return ratios;
}

/** Every export that is a kernel: not the platform's and not the language's own. */
async function started(core: Uint8Array<ArrayBuffer>): Promise<Map<string, () => number>> {
	const abort = (): void => {
		throw new Error('a kernel aborted');
	};
	const { instance } = await WebAssembly.instantiate(core, { env: { abort } });
	const { [startExport]: begin } = instance.exports;
	const tank = gateExport in instance.exports ? tankOf(instance, plainLane()) : undefined;
	const fill = (): void => tank?.fill(0x7fff_ffff);
	fill();
	if (typeof begin === 'function') begin();
	const collect = instance.exports['__collect'] as (() => void) | undefined;
	const kernels = new Map<string, () => number>();
	for (const [name, run] of Object.entries(instance.exports)) {
		if (typeof run !== 'function' || name.includes(':') || name.startsWith('_')) continue;
		kernels.set(name, () => {
			fill();
			const result: number = run();
			collect?.();
			return result;
		});
	}
	return kernels;
}
