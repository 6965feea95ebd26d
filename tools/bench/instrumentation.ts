/** What the checks of `runtime/component/instrument` cost: the same kernels with them and without, as on a box. */
import { tuneEngine } from '../../firmware/hal/engine.ts';
import { gateExport, startExport } from '../../runtime/component/instrument/fuel.ts';
import { instrument } from '../../runtime/component/instrument/instrument.ts';
import { tankOf } from '../../runtime/component/instrument/testbed.ts';
import { plainLane } from '../../runtime/component/lane/plain-lane.ts';
import { type Figure, figure, interleaved } from './figure.ts';
import { kernelModule } from './kernel-module.ts';
import { threadClockMs } from './thread-time.ts';

const kernels = ['digest', 'matmul', 'fib', 'sort', 'words'] as const;
type Kernel = (typeof kernels)[number];

const rounds = 21;
const limits = { mean: 1.1, each: 1.25 };

export async function instrumentationFigures(): Promise<Figure[]> {
	tuneEngine();
	const core = await kernelModule('kernels.ts');
	const plain = await started(core);
	const metered = await started(instrument(core));
	const now = threadClockMs();
	const timed = (kernel: () => number): number => {
		const startedAt = now();
		kernel();
		return now() - startedAt;
	};
	const ratios = new Map<Kernel, number>();
	for (const name of kernels) {
		const subjects = { plain: () => timed(plain[name]), metered: () => timed(metered[name]) };
		if (plain[name]() !== metered[name]()) throw new Error(`${name} computes something else with checks`);
		// Until the engine has optimised both.
		await interleaved(subjects, 20);
		const measured = await interleaved(subjects, rounds);
		ratios.set(name, measured.metered / measured.plain);
	}
	const mean = Math.exp(ratios.values().reduce((sum, ratio) => sum + Math.log(ratio), 0) / ratios.size);
	return [
		...[...ratios].map(([name, value]) => limited(`checks in ${name}`, value, limits.each)),
		limited('checks, geometric mean', mean, limits.mean),
	];
}

function limited(name: string, value: number, peerValue: number): Figure {
	return figure({ name, value, unit: 'x', peer: 'limit', peerValue });
}

async function started(core: Uint8Array<ArrayBuffer>): Promise<Record<Kernel, () => number>> {
	const abort = (): void => {
		throw new Error('a kernel aborted');
	};
	const { instance } = await WebAssembly.instantiate(core, { env: { abort } });
	const { [startExport]: begin } = instance.exports;
	const tank = gateExport in instance.exports ? tankOf(instance, plainLane()) : undefined;
	const fill = (): void => tank?.fill(0x7fff_ffff);
	fill();
	if (typeof begin === 'function') begin();
	const collect = instance.exports['__collect'] as () => void;
	return Object.fromEntries(
		kernels.map((name) => {
			const run = instance.exports[name] as () => number;
			const kernel = (): number => {
				fill();
				const result = run();
				collect();
				return result;
			};
			return [name, kernel];
		}),
	) as Record<Kernel, () => number>;
}
