/** Guests written by hand in WebAssembly text, to do what no compiler would. */
import { parse } from '@bytecodealliance/jco-transpile/wasm-tools';
import {
	importsOf,
	ServiceGuest,
	type ServiceHost,
} from '../../../../runtime/component/generated/service.ts';
import { GuestMemory } from '../../../../runtime/component/guest-memory.ts';

export interface GuestText {
	/** Body of `turn`, with `$now`, `$inbox` and `$length`; its result is the pointer of the result. */
	readonly turn?: string;
	/** Body of `cabi_realloc`, with `$old`, `$oldSize`, `$align` and `$size`. */
	readonly reallocate?: string;
	/** More fields of the module: data, functions, a start section. */
	readonly extra?: string;
}

const bump = `
	(local $at i32)
	(local.set $at (i32.and (i32.add (global.get $free) (i32.sub (local.get $align) (i32.const 1)))
		(i32.sub (i32.const 0) (local.get $align))))
	(global.set $free (i32.add (local.get $at) (local.get $size)))
	(local.get $at)`;

export async function guestModule({
	turn = 'i32.const 1024',
	reallocate = bump,
	extra = '',
}: GuestText): Promise<WebAssembly.Module> {
	const text = `(module
		(import "mullion:service/log@0.1.0" "write" (func $write (param i32 i32 i32)))
		(import "mullion:service/key-value@0.1.0" "get" (func $get (param i32 i32 i32)))
		(memory (export "memory") 2 4)
		(global $free (mut i32) (i32.const 65536))
		(func $realloc (export "cabi_realloc") (param $old i32) (param $oldSize i32) (param $align i32) (param $size i32)
			(result i32) ${reallocate})
		(func (export "mullion:service/guest@0.1.0#start") (param i64 i32 i32 i32 i32 i32 i32 i32) (result i32)
			i32.const 1024)
		(func (export "mullion:service/guest@0.1.0#turn") (param $now i64) (param $inbox i32) (param $length i32)
			(result i32) ${turn})
		${extra})`;
	return new WebAssembly.Module(new Uint8Array(await parse(text)));
}

export interface LinkedGuest {
	readonly guest: ServiceGuest;
	/** All of the guest's memory, to be made hostile from outside. */
	readonly bytes: Uint8Array;
}

export function linkGuest(
	module: WebAssembly.Module,
	{ host = silent, mostBytes = 1_048_576 }: { host?: ServiceHost; mostBytes?: number } = {},
): LinkedGuest {
	const memory = new GuestMemory({ encoding: 'utf16', mostBytes });
	const instance = new WebAssembly.Instance(module, importsOf(host, memory));
	const guest = new ServiceGuest(instance, memory);
	return { guest, bytes: new Uint8Array((instance.exports['memory'] as WebAssembly.Memory).buffer) };
}

const silent: ServiceHost = { log: { write: () => undefined }, keyValue: { get: () => undefined } };

/** Little-endian 32-bit words for the memory of a guest, as a data field at `address`. */
export function words(address: number, values: readonly number[]): string {
	const bytes = new Uint8Array(Uint32Array.from(values, (value) => value >>> 0).buffer);
	const text = [...bytes].map((byte) => `\\${byte.toString(16).padStart(2, '0')}`).join('');
	return `(data (i32.const ${address}) "${text}")`;
}
