/** What collecting the garbage of a service costs: 4 MiB of records, lists and strings that live, as on a box. */
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';
import { tuneEngine } from '../../firmware/hal/engine.ts';
import { FuelTank, fuelExport, startExport } from '../../runtime/component/instrument/fuel.ts';
import { instrument } from '../../runtime/component/instrument/instrument.ts';
import { type Figure, figure, median } from './figure.ts';
import { threadClockMs } from './thread-time.ts';

const liveBytes = 4 * 1_048_576;
const recordsAtOnce = 256;
const replacedPerTurn = 16;
const collections = 300;
const mostFuel = 0x7fff_ffff;
const limitMs = 1;
const megabyte = 1_048_576;

interface Heap {
	keep(count: number): void;
	turn(count: number): number;
	__collect(): void;
	readonly managedBytes: WebAssembly.Global<'i32'>;
}

export async function garbageFigures(): Promise<Figure[]> {
	tuneEngine();
	const heap = await startedHeap();
	const pauses = (): number[] => {
		const now = threadClockMs();
		return Array.from({ length: collections }, () => {
			heap.turn(replacedPerTurn);
			const startedAt = now();
			heap.__collect();
			return now() - startedAt;
		});
	};
	const figures: Figure[] = [];
	for (const bytes of [megabyte, liveBytes]) {
		while (heap.managedBytes.value < bytes) {
			heap.keep(recordsAtOnce);
			heap.__collect();
		}
		// Until the engine has optimised it.
		pauses();
		const seen = pauses().toSorted((a, b) => a - b);
		const size = `${bytes / megabyte} MiB`;
		figures.push(
			limited(`whole collection of ${size} that live, p50`, median(seen)),
			limited(
				`whole collection of ${size} that live, p99`,
				seen.at(-Math.ceil(collections / 100)) ?? Number.NaN,
			),
		);
	}
	return figures;
}

function limited(name: string, value: number): Figure {
	return figure({ name, value, unit: 'ms', peer: 'limit', peerValue: limitMs });
}

/** Metered, with as much fuel as it wants. */
async function startedHeap(): Promise<Heap> {
	const abort = (): void => {
		throw new Error('the heap aborted');
	};
	const { instance } = await WebAssembly.instantiate(instrument(await compiled()), { env: { abort } });
	const { exports } = instance;
	const tank = new FuelTank(exports[fuelExport] as WebAssembly.Global<'i32'>);
	const fuelled =
		(name: string) =>
		(...values: number[]): never => {
			tank.fill(mostFuel);
			return (exports[name] as (...values: number[]) => never)(...values);
		};
	if (startExport in exports) fuelled(startExport)();
	return {
		keep: fuelled('keep'),
		turn: fuelled('turn'),
		__collect: fuelled('__collect'),
		managedBytes: exports['managedBytes'] as WebAssembly.Global<'i32'>,
	};
}

/** As `mullion build` compiles services. */
async function compiled(): Promise<Uint8Array<ArrayBuffer>> {
	const source = fileURLToPath(new URL('assembly/heap.ts', import.meta.url));
	let binary: Uint8Array<ArrayBuffer> | undefined;
	const { error, stderr } = await asc.main(
		[source, '-O2', '--runtime', 'minimal', '--exportRuntime', '--baseDir', '/', '--outFile', 'heap.wasm'],
		{
			writeFile: (_name: string, contents: Uint8Array | string) => {
				if (typeof contents !== 'string') binary = new Uint8Array(contents);
			},
			transforms: [exportingManagedBytes()],
		},
	);
	if (error !== null || binary === undefined) throw new Error(`the heap does not compile:\n${stderr}`);
	return binary;
}

/** What the collector counts of its own objects. */
function exportingManagedBytes(): asc.Transform {
	class Exporting {
		afterCompile(module: { addGlobalExport(internal: string, external: string): void }): void {
			module.addGlobalExport('~lib/rt/tcms/total', 'managedBytes');
		}
	}
	return Exporting as unknown as asc.Transform;
}
