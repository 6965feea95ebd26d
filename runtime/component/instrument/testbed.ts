/** Modules in WebAssembly text, as they are and with checks, to be called side by side. */
import { parse } from '@bytecodealliance/jco-transpile/wasm-tools';
import type { Lane } from '../lane/lane.ts';
import { plainLane } from '../lane/plain-lane.ts';
import { readModule, writeModule } from './core-module.ts';
import { FuelTank, fillExport, gateExport, leftExport, startExport } from './fuel.ts';
import { instrument, withTank } from './instrument.ts';

export const muchFuel = 0x7fff_ffff;

export async function binaryOf(text: string): Promise<Uint8Array<ArrayBuffer>> {
	return new Uint8Array(await parse(`(module ${text})`));
}

export interface Started {
	readonly module: WebAssembly.Module;
	readonly instance: WebAssembly.Instance;
	readonly tank: FuelTank;
	call(name: string, ...values: number[]): unknown;
}

/** With checks, and so much fuel for its start function and for every call. */
export function startMetered(core: Uint8Array, fuel = muchFuel, imports: WebAssembly.Imports = {}): Started {
	const started = placeMetered(core, fuel, imports);
	if (startExport in started.instance.exports) started.call(startExport);
	return started;
}

/** The same, but its start function has not run. */
export function placeMetered(core: Uint8Array, fuel = muchFuel, imports: WebAssembly.Imports = {}): Started {
	const module = new WebAssembly.Module(instrument(core));
	const instance = new WebAssembly.Instance(module, imports);
	const lane = plainLane();
	const tank = tankOf(instance, lane);
	const call = (name: string, ...values: number[]): unknown => {
		tank.fill(fuel);
		return lane.plainly(tank, () => (instance.exports[name] as (...values: number[]) => unknown)(...values));
	};
	return { module, instance, tank, call };
}

/** The fuel of an instance whose calls a lane makes. */
export function tankOf({ exports }: WebAssembly.Instance, lane: Lane): FuelTank {
	(exports[gateExport] as WebAssembly.Table).set(0, lane.gate);
	return new FuelTank({
		fill: exports[fillExport] as (units: number) => void,
		left: exports[leftExport] as () => number,
	});
}

/** What a call gives: its result, or that it trapped and why. */
export function outcome(call: () => unknown): unknown {
	try {
		return call();
	} catch (error) {
		return (error as Error).message;
	}
}

/** A module with a tank that nothing is taken from: as if the pass itself were wrong. */
export function withoutChecks(core: Uint8Array): Uint8Array<ArrayBuffer> {
	const module = readModule(core);
	const bodies = module.functions.map(({ body }) => body.bytes);
	return writeModule(withTank(module, bodies), { beforeCode: [], atEnd: [] });
}
