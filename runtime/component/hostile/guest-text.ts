/** Services in WebAssembly text of which one part is wrong, wrapped up as components. */
import { parse } from '@bytecodealliance/jco-transpile/wasm-tools';
import { appendSections } from '../../../tools/build/section.ts';

export interface GuestText {
	/** Imports, types and whatever else stands in front. */
	readonly imports?: string;
	/** Default `2 4`: pages of 64 KiB. */
	readonly memory?: string;
	/** Bodies of functions; by default they do what they should, and as little as they can. */
	readonly realloc?: string;
	readonly start?: string;
	/** May name its parameters `$now`, `$inbox` and `$length`. */
	readonly turn?: string;
	readonly afterTurn?: string;
	/** Further definitions. */
	readonly more?: string;
	/** Little-endian 32-bit words that the memory holds from 2048 on. */
	readonly data?: readonly number[];
}

/** Zeros: `ok` without effects. */
const nothing = '(i32.const 1024)';

/** Everything lies on a multiple of 8, and begins anew in every turn. */
const honestRealloc = `(local $at i32) (local.set $at (global.get $free))
	(global.set $free (i32.add (local.get $at) (i32.and (i32.add (local.get $size) (i32.const 7)) (i32.const -8))))
	(local.get $at)`;

export function coreText(guest: GuestText = {}): string {
	const { imports = '', memory = '2 4', more = '', data = [] } = guest;
	const { realloc = honestRealloc, start = nothing, turn = nothing, afterTurn } = guest;
	return `${imports} (memory (export "memory") ${memory}) (global $free (mut i32) (i32.const 8192))
		(data (i32.const 2048) "${escaped(data)}")
		(func $realloc (export "cabi_realloc") (param i32 i32) (param $align i32) (param $size i32) (result i32) ${realloc})
		(func (export "mullion:service/guest@0.1.0#start") (param i64 i32 i32 i32 i32 i32 i32 i32) (result i32) ${start})
		(func (export "mullion:service/guest@0.1.0#turn") (param $now i64) (param $inbox i32) (param $length i32) (result i32)
			(global.set $free (i32.const 8192)) ${turn})
		${afterTurn === undefined ? '' : `(func (export "cabi_post_mullion:service/guest@0.1.0#turn") (param i32) ${afterTurn})`}
		${more}`;
}

export const hostileManifest = {
	name: 'hostile',
	version: '1.0.0',
	vendor: 'acme',
	budget: { memoryPages: 4, turnMs: 10, effectsPerTurn: 16, effectBytesPerTurn: 4096 },
	publishes: { 'hostile.out': 'probe.Word' },
	subscribes: { 'hostile.order': 'probe.Order' },
};

/** A component of whatever stands in this text, with a manifest. */
export async function componentOf(text: string, manifest: object = hostileManifest): Promise<Uint8Array> {
	return withManifest(new Uint8Array(await parse(`(component ${text})`)), manifest);
}

export async function guestOf(guest: GuestText, manifest?: object): Promise<Uint8Array> {
	return componentOf(`(core module ${coreText(guest)})`, manifest);
}

export function withManifest(component: Uint8Array, manifest: object = hostileManifest): Uint8Array {
	const text = new TextEncoder().encode(JSON.stringify(manifest));
	return appendSections(component, new Map([['mullion:manifest', text]]));
}

/** A component of a core module that no assembler would make. */
export function componentAround(core: Uint8Array, manifest?: object): Uint8Array {
	const preamble = [0x00, 0x61, 0x73, 0x6d, 0x0d, 0x00, 0x01, 0x00];
	const section = [0x01, ...lengthOf(core.length)];
	return withManifest(
		new Uint8Array(Buffer.concat([Uint8Array.from([...preamble, ...section]), core])),
		manifest,
	);
}

function lengthOf(value: number): number[] {
	return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...lengthOf(value >>> 7)];
}

function escaped(words: readonly number[]): string {
	const bytes = new Uint8Array(Uint32Array.from(words).buffer);
	return [...bytes].map((byte) => `\\${byte.toString(16).padStart(2, '0')}`).join('');
}
