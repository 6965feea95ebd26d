/** A guest whose memory and globals a test changes at will, with everything that snapshots of it need. */
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { GuestState, statePageBytes } from '../component/guest-state.ts';
import { instrument } from '../component/instrument/instrument.ts';
import { binaryOf, muchFuel, tankOf } from '../component/instrument/testbed.ts';
import { plainLane } from '../component/lane/plain-lane.ts';
import { PageDigester } from '../digest/page-digester.ts';
import type { Origin } from './header.ts';
import { plainPacking } from './plain-packing.ts';
import { Recorder } from './recorder.ts';
import type { Snapshot } from './snapshot.ts';

export const origin: Origin = { module: '5a'.repeat(32), platformVersion: '1.2.3' };
export const digester = new PageDigester();
export const reading = { origin, digester, packing: plainPacking };

const scripted = new WebAssembly.Module(
	instrument(
		await binaryOf(`(memory (export "memory") 1 4)
	(data (i32.const 8192) "something that is there from the beginning")
	(global $count (mut i64) (i64.const 1)) (global $sum (mut f32) (f32.const 0))
	(type $f (func (result i32))) (table $t 3 5 funcref) (elem (i32.const 0) $one $two)
	(func $one (type $f) (i32.const 1)) (func $two (type $f) (i32.const 2))
	(func (export "count") (param i32) (global.set $count (i64.mul (global.get $count) (i64.extend_i32_u (local.get 0))))
		(global.set $sum (f32.add (global.get $sum) (f32.const 0.1))))
	(func (export "swap") (param i32) (table.set (i32.const 2) (table.get (i32.rem_u (local.get 0) (i32.const 2)))))`),
	),
);

export type Change =
	| { readonly what: 'write'; readonly at: number; readonly value: number }
	| { readonly what: 'clear'; readonly page: number }
	| { readonly what: 'grow' | 'count' | 'swap'; readonly value: number };

export const anyChange: fc.Arbitrary<Change> = fc.oneof(
	{
		weight: 5,
		arbitrary: fc.record({ what: fc.constant('write' as const), at: fc.nat(), value: fc.nat(255) }),
	},
	fc.record({ what: fc.constant('clear' as const), page: fc.nat() }),
	fc.record({ what: fc.constantFrom('grow' as const, 'count' as const, 'swap' as const), value: fc.nat(9) }),
);

export class ScriptedGuest {
	readonly #exports: WebAssembly.Exports;
	readonly state: GuestState;

	constructor() {
		const instance = new WebAssembly.Instance(scripted);
		this.#exports = instance.exports;
		tankOf(instance, plainLane()).fill(muchFuel);
		this.state = new GuestState(scripted, instance);
	}

	get memory(): Uint8Array {
		return new Uint8Array((this.#exports['memory'] as WebAssembly.Memory).buffer);
	}

	apply(changes: readonly Change[]): void {
		for (const change of changes) this.#apply(change);
	}

	recorder(limits: { mostDeltas?: number; mostDeltaBases?: number } = {}): Recorder {
		return new Recorder({ origin, digester, ...limits });
	}

	/** Everything that a snapshot has to bring back, to be compared. */
	whole(): string {
		const { globals, tables, memory } = this.state.capture();
		const content = createHash('sha256').update(memory).digest('hex');
		return `${globals} | ${tables.join(' ')} | ${memory.length} bytes, ${content}`;
	}

	#apply(change: Change): void {
		const { memory } = this;
		if (change.what === 'write') memory[change.at % memory.length] = change.value;
		else if (change.what === 'clear') {
			const at = (change.page % (memory.length / statePageBytes)) * statePageBytes;
			memory.fill(0, at, at + statePageBytes);
		} else if (change.what === 'grow') {
			if (memory.length < 262_144) (this.#exports['memory'] as WebAssembly.Memory).grow(1);
		} else (this.#exports[change.what] as (value: number) => void)(change.value);
	}
}

/** What a fresh guest is once it has been given the snapshot. */
export function revived({ image }: Snapshot): string {
	const guest = new ScriptedGuest();
	guest.state.restore(image);
	return guest.whole();
}
