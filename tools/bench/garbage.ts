/** How long a service pauses for its garbage: 4 MiB of records, lists and strings that live, as on a box. */
import { tuneEngine } from '../../firmware/hal/engine.ts';
import { startExport } from '../../runtime/component/instrument/fuel.ts';
import { instrument } from '../../runtime/component/instrument/instrument.ts';
import { tankOf } from '../../runtime/component/instrument/testbed.ts';
import { plainLane } from '../../runtime/component/lane/plain-lane.ts';
import { compile } from '../build/compile.ts';
import { type Figure, figure, limited, median } from './figure.ts';
import { threadClockMs } from './thread-time.ts';

const liveBytes = 4 * 1_048_576;
const recordsAtOnce = 256;
const replacedPerTurn = 16;
const collections = 100;
const turns = 4000;
/** Less is the call of a function that has nothing to do. */
const leastPauseMs = 0.005;
const mostFuel = 0x7fff_ffff;
const limitMs = 1;

interface Heap {
	/** Adds records. */
	keep(count: number): void;
	/** A turn that replaces records. */
	turn(count: number): number;
	/** What is done after every turn. */
	settle(): void;
	collect(): void;
	/** Bytes of all objects. */
	bytes(): number;
}

export async function garbageFigures(): Promise<Figure[]> {
	tuneEngine();
	const heap = await startedHeap();
	while (heap.bytes() < liveBytes) {
		heap.keep(recordsAtOnce);
		heap.collect();
	}
	// Until the engine has optimised both.
	pauses(heap, heap.collect, collections);
	pauses(heap, heap.settle, turns);
	const whole = pauses(heap, heap.collect, collections);
	// Most turns have nothing to do; these are those that had.
	const slices = pauses(heap, heap.settle, turns).filter((pause) => pause > leastPauseMs);
	return [
		limited('pause for garbage with 4 MiB that live, p50', 'ms', median(slices), limitMs),
		limited(
			'pause for garbage with 4 MiB that live, p99',
			'ms',
			slices.at(-Math.ceil(slices.length / 100)) ?? Number.NaN,
			limitMs,
		),
		figure({
			name: 'slice of a collection of 4 MiB',
			value: median(slices),
			unit: 'ms',
			peer: 'all at once',
			peerValue: median(whole),
		}),
	];
}

/** Milliseconds of each collection behind a turn, rising. */
function pauses(heap: Heap, collect: () => void, count: number): number[] {
	const now = threadClockMs();
	return Array.from({ length: count }, () => {
		heap.turn(replacedPerTurn);
		const startedAt = now();
		collect();
		return now() - startedAt;
	}).sort((a, b) => a - b);
}

/** Metered, with as much fuel as it wants. */
async function startedHeap(): Promise<Heap> {
	const abort = (): void => {
		throw new Error('the heap aborted');
	};
	const { instance } = await WebAssembly.instantiate(instrument(await compiled()), { env: { abort } });
	const { exports } = instance;
	const tank = tankOf(instance, plainLane());
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
		settle: fuelled('settle'),
		collect: fuelled('collect'),
		bytes: fuelled('bytes'),
	};
}

/** As `mullion build` compiles services. */
async function compiled(): Promise<Uint8Array<ArrayBuffer>> {
	const { core } = await compile({
		directory: import.meta.dirname,
		entries: ['assembly/heap.ts'],
		sources: new Map(),
		packages: [],
		exportNames: new Map(),
		maximumPages: 512,
	});
	return core;
}
