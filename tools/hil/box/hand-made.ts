/** Components written by hand in WebAssembly text: valid ones, that no compiler of ours would make. */
import { readFile } from 'node:fs/promises';
import { componentEmbed, componentNew, parse } from '@bytecodealliance/jco-transpile/wasm-tools';
import { servicesWit } from '../../build/house.ts';
import { appendSections } from '../../build/section.ts';
import type { Json } from './variant.ts';

export interface HandMade {
	readonly manifest: Json;
	/** Default `2 16`: pages of 64 KiB at first and at most. */
	readonly memory?: string;
	/** Body of `turn`, with `$inbox` and `$length`; its result points to the result. Default: no effects. */
	readonly turn?: string;
	/** Body of `start`; default the same. */
	readonly start?: string;
	/** Little-endian 32-bit words that its memory holds from 2048 on. */
	readonly data?: readonly number[];
	/** An interface that it imports as well, which neither the box nor WASI has. */
	readonly importsUnknown?: boolean;
}

/** Zeros: an `ok` with an empty list of effects. */
const nothing = 'i32.const 1024';

const unknown = 'package acme:odd@0.1.0 { interface thing { do: func(code: u8); } }';

export async function handMade(options: HandMade): Promise<Uint8Array> {
	const {
		manifest,
		memory = '2 16',
		turn = nothing,
		start = nothing,
		data = [],
		importsUnknown = false,
	} = options;
	// Everything is put down on a multiple of 8, so that a payload can be read as any value.
	const core = await parse(`(module
		${importsUnknown ? '(import "acme:odd/thing@0.1.0" "do" (func (param i32)))' : ''}
		(memory (export "memory") ${memory})
		(data (i32.const 2048) "${bytesOf(data)}")
		(global $free (mut i32) (i32.const 65536))
		(func (export "cabi_realloc") (param i32 i32 i32) (param $size i32) (result i32)
			(local $at i32)
			(local.set $at (global.get $free))
			(global.set $free (i32.add (local.get $at)
				(i32.and (i32.add (local.get $size) (i32.const 7)) (i32.const -8))))
			(local.get $at))
		(func (export "mullion:service/guest@0.1.0#start")
			(param i64 i32 i32 i32 i32 i32 i32 i32) (result i32) ${start})
		(func (export "mullion:service/guest@0.1.0#turn")
			(param i64) (param $inbox i32) (param $length i32) (result i32) ${turn}))`);
	const service = await readFile(servicesWit, 'utf8');
	const world = importsUnknown ? 'foreign' : 'service';
	const witSource = importsUnknown
		? `${service}\nworld foreign { include service; import acme:odd/thing@0.1.0; }\n${unknown}`
		: service;
	const embedded = await componentEmbed({
		binary: new Uint8Array(core),
		witSource,
		world,
		stringEncoding: 'utf8',
	});
	const component = new Uint8Array(await componentNew(embedded, []));
	const text = new TextEncoder().encode(JSON.stringify(manifest));
	return appendSections(component, new Map([['mullion:manifest', text]]));
}

function bytesOf(words: readonly number[]): string {
	const bytes = new Uint8Array(Uint32Array.from(words).buffer);
	return [...bytes].map((byte) => `\\${byte.toString(16).padStart(2, '0')}`).join('');
}
