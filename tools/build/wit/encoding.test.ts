import { parse } from '@bytecodealliance/jco-transpile/wasm-tools';
import test from 'ava';
import fc from 'fast-check';
import { directLinker, linkDirectly } from './proof/world.ts';

const wit = 'package a:b; world echo { export say: func(text: string) -> string; }';

/** Gives back the pointer and length it was given, so that the host reads what it has written. */
const guest = `(module
	(memory (export "memory") 1 64)
	(global $free (mut i32) (i32.const 16))
	(func (export "cabi_realloc") (param i32 i32) (param $align i32) (param $size i32) (result i32)
		(local $at i32)
		(local.set $at (i32.and (i32.add (global.get $free) (i32.const 7)) (i32.const -8)))
		(global.set $free (i32.add (local.get $at) (local.get $size)))
		(if (i32.gt_u (global.get $free) (i32.mul (memory.size) (i32.const 65536)))
			(then (drop (memory.grow (i32.add (i32.shr_u (local.get $size) (i32.const 16)) (i32.const 1))))))
		(local.get $at))
	(func (export "say") (param $pointer i32) (param $length i32) (result i32)
		(i32.store (i32.const 0) (local.get $pointer))
		(i32.store (i32.const 4) (local.get $length))
		(global.set $free (i32.const 16))
		(i32.const 0)))`;

const module = new WebAssembly.Module(new Uint8Array(await parse(guest)));
const linker = await directLinker(wit, 'echo');

for (const encoding of ['utf8', 'utf16'] as const) {
	const { say } = linkDirectly(linker, { module, world: 'echo', host: {}, encoding }) as {
		say: (text: string) => string;
	};

	test(`a ${encoding} guest and the host understand each other`, (t) => {
		// Long and short texts are written in different ways, and so are narrow and wide ones.
		const text = fc.oneof(
			fc.string({ unit: 'binary', maxLength: 60 }),
			fc.string({ unit: 'grapheme', maxLength: 60 }),
			fc.string({ maxLength: 60 }),
			fc.string({ unit: 'binary', minLength: 2000, maxLength: 3000 }),
		);
		fc.assert(
			fc.property(text, (sent) => {
				t.is(say(sent), sent.toWellFormed());
			}),
		);
	});

	test(`half a surrogate pair reaches a ${encoding} guest as the replacement character`, (t) => {
		t.is(say('a\ud83c'), 'a\ufffd');
		t.is(say(`${'long '.repeat(20)}\udfe0`), `${'long '.repeat(20)}\ufffd`);
	});
}
