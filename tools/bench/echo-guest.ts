/** The smallest service, as a module with checks and as one without: what remains is the platform's own cost. */
import { readFile } from 'node:fs/promises';
import { parse } from '@bytecodealliance/jco-transpile/wasm-tools';
import { instrument } from '../../runtime/component/instrument/instrument.ts';
import { budgetDefaults } from '../../runtime/module/manifest.ts';
import type { TopicGrant, VmSpec } from '../../runtime/vm/cell-protocol.ts';

export interface EchoGuest {
	readonly plain: WebAssembly.Module;
	readonly metered: WebAssembly.Module;
}

export async function echoGuest(): Promise<EchoGuest> {
	const core = await coreOf('echo');
	return { plain: new WebAssembly.Module(core), metered: new WebAssembly.Module(instrument(core)) };
}

/** The bytes of a module of `wat/`. */
export async function coreOf(name: string): Promise<Uint8Array<ArrayBuffer>> {
	const text = await readFile(new URL(`wat/${name}.wat`, import.meta.url), 'utf8');
	return new Uint8Array(await parse(text));
}

/** Publishes on the first topic what it hears on the second. */
export function echoSpec(module: WebAssembly.Module, says: string, hears: string): VmSpec {
	const grant = { mayPublish: false, maySubscribe: false, whenFull: 'block' } as const;
	const topics: TopicGrant[] = [
		{ ...grant, name: says, mayPublish: true },
		{ ...grant, name: hears, maySubscribe: true },
	];
	return {
		name: says,
		module,
		encoding: 'utf8',
		priority: 'interactive',
		budget: budgetDefaults,
		topics,
		effects: [],
		config: new Uint8Array(0),
		baseband: '',
		log: { linesPerTurn: 64, bytesPerTurn: 16_384 },
		clockStepUs: 1,
	};
}
