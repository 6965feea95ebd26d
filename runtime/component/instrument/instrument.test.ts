import test from 'ava';
import { ComponentError } from '../error.ts';
import { LinkError } from '../link-error.ts';
import { instrument } from './instrument.ts';
import { binaryOf, outcome, startMetered } from './testbed.ts';

const run = (body: string, more = ''): string => `${more} (func (export "run") ${body})`;

const endless: Record<string, string> = {
	'a loop': run('(loop (br 0))'),
	'a loop with work in it': run(
		'(local i32) (loop (local.set 0 (i32.add (local.get 0) (i32.const 1))) (br 0))',
	),
	'nested loops of which only the inner one goes on': run('(loop (loop (br 0)))'),
	'nested loops of which only the outer one goes on': run(
		'(loop $o (loop $i (br_if $i (i32.const 0))) (br $o))',
	),
	'a loop that goes on by a table of labels': run('(loop $l (block $b (br_table $b $l (i32.const 1))))'),
	'a loop around a call': run('(loop (call $leaf) (br 0))', '(func $leaf)'),
	'recursion in two ways': run(
		'(call $f (i32.const 100))',
		'(func $f (param i32) (if (local.get 0) (then (call $f (i32.sub (local.get 0) (i32.const 1))) (call $f (i32.sub (local.get 0) (i32.const 1))))))',
	),
	'mutual recursion in two ways': run(
		'(call $f (i32.const 100))',
		`(func $f (param i32) (if (local.get 0) (then (call $g (i32.sub (local.get 0) (i32.const 1))))))
		(func $g (param i32) (call $f (local.get 0)) (call $f (local.get 0)))`,
	),
	'recursion by a table in two ways': run(
		'(call $f (i32.const 100))',
		`(type $t (func (param i32))) (table 1 funcref) (elem (i32.const 0) $f)
		(func $f (type $t) (if (local.get 0) (then
			(call_indirect (type $t) (i32.sub (local.get 0) (i32.const 1)) (i32.const 0))
			(call_indirect (type $t) (i32.sub (local.get 0) (i32.const 1)) (i32.const 0)))))`,
	),
	'tail calls': run('(return_call $f)', '(func $f (return_call $g)) (func $g (return_call $f))'),
	'tail calls by a table': run(
		'(return_call_indirect (type $t) (i32.const 0))',
		'(type $t (func)) (table 1 1 funcref) (elem (i32.const 0) $f) (func $f (return_call_indirect (type $t) (i32.const 0)))',
	),
	'filling the largest memory again and again': run(
		'(loop (memory.fill (i32.const 0) (i32.const 1) (i32.const 67108864)) (br 0))',
		'(memory 1024 1024)',
	),
	'copying the largest memory again and again': run(
		'(loop (memory.copy (i32.const 0) (i32.const 1) (i32.const 67108863)) (br 0))',
		'(memory 1024 1024)',
	),
	'filling a table again and again': run(
		'(loop (table.fill (i32.const 0) (ref.null func) (i32.const 65536)) (br 0))',
		'(table 65536 funcref)',
	),
	'asking for memory again and again': run(
		'(loop (drop (memory.grow (i32.const 0))) (br 0))',
		'(memory 1 1024)',
	),
};

for (const [what, text] of Object.entries(endless)) {
	test(`${what} ends when the fuel is used up`, async (t) => {
		const { call, tank } = startMetered(await binaryOf(text), 2_000_000);
		t.throws(() => call('run'), { instanceOf: LinkError, code: 'out-of-fuel' });
		t.true(tank.isEmpty);
	});
}

test('a start function that never ends is ended by its fuel, once there is any', async (t) => {
	const core = await binaryOf('(func $begin (loop (br 0))) (start $begin)');
	t.throws(() => startMetered(core, 1_000_000), { instanceOf: LinkError, code: 'out-of-fuel' });
});

test('a start function runs before anything else', async (t) => {
	const core = await binaryOf(`(global $g (mut i32) (i32.const 1)) (func $begin (global.set $g (i32.const 7)))
		(start $begin) (func (export "get") (result i32) (global.get $g))`);
	t.is(startMetered(core).call('get'), 7);
});

test('nothing runs far before the host has given fuel and a way to more', async (t) => {
	const instance = new WebAssembly.Instance(
		new WebAssembly.Module(instrument(await binaryOf(run('(loop (br 0))')))),
	);
	t.throws(() => (instance.exports['run'] as () => void)(), { instanceOf: WebAssembly.RuntimeError });
});

test('the same call takes the same fuel every time', async (t) => {
	const core = await binaryOf(`(func (export "run") (param i32) (result i32) (local i32)
		(loop $l (local.set 1 (i32.add (local.get 1) (local.get 0)))
			(br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))) (local.get 1))`);
	const used = [1, 2].map(() => {
		const { call, tank } = startMetered(core);
		call('run', 1000);
		return tank.used;
	});
	t.is(used[0], used[1]);
	t.true((used[0] ?? 0) > 1000);
});

test('a long way without loops is paid for wherever it is entered', async (t) => {
	const work = '(local.set 0 (i32.mul (local.get 0) (i32.const 3)))'.repeat(1000);
	// Each block jumps over what would be the natural places of the checks of the one before.
	const text = `(func (export "straight") (param i32) (result i32) ${work} (local.get 0))
		(func (export "jumping") (param i32) (result i32) ${`(block (br_if 0 (i32.const 1)) ${work}) ${work.slice(0, work.length / 8)}`.repeat(16)} (local.get 0))`;
	const { call, tank } = startMetered(await binaryOf(text), 1000);
	t.notThrows(() => call('straight', 1));
	for (const [name, least] of [
		['straight', 400],
		['jumping', 800],
	] as const) {
		const poor = startMetered(await binaryOf(text), least);
		t.throws(() => poor.call(name, 1), undefined, `${name} is done with ${least} units`);
	}
	t.false(tank.isEmpty);
});

test('a getter in a loop is not slowed by a check of its own', async (t) => {
	const text = `(memory 1) (func $get (param i32) (result i32)
		(if (i32.ge_u (local.get 0) (i32.const 64)) (then (call $abort) (unreachable))) (i32.load (local.get 0)))
		(func $abort (loop (br 0)))`;
	const plain = await binaryOf(text);
	// Locals, charge and branch would be there.
	const body = [
		0x20, 0x00, 0x41, 0xc0, 0x00, 0x4f, 0x04, 0x40, 0x10, 0x01, 0x00, 0x0b, 0x20, 0x00, 0x28, 0x02, 0x00,
		0x0b,
	];
	t.true(Buffer.from(plain).includes(Buffer.from(body)));
	t.true(Buffer.from(instrument(plain)).includes(Buffer.from(body)));
});

const refused: Record<string, { text: string; code: string }> = {
	'an atomic instruction': {
		text: run('(drop (i32.atomic.load (i32.const 0)))', '(memory 1 1)'),
		code: 'instruction-unknown',
	},
	'relaxed SIMD': {
		text: '(func (param v128 v128) (result v128) (i8x16.relaxed_swizzle (local.get 0) (local.get 1)))',
		code: 'instruction-unknown',
	},
	exceptions: { text: '(tag) (func (throw 0))', code: 'instruction-unknown' },
	'garbage-collected types': { text: '(type (struct (field i32)))', code: 'instruction-unknown' },
	'calls by reference': {
		text: '(type $t (func)) (func (param (ref $t)) (call_ref $t (local.get 0)))',
		code: 'instruction-unknown',
	},
	'a second memory': {
		text: run('(drop (i32.load 1 (i32.const 0)))', '(memory 1) (memory 1)'),
		code: 'instruction-unknown',
	},
	'a table that is too large': { text: '(table 65537 funcref)', code: 'tables-too-large' },
	'too many tables': { text: '(table 1 funcref)'.repeat(9), code: 'tables-too-large' },
	'the export that fills the tank': {
		text: '(func (export "mullion:fill") (param i32))',
		code: 'export-reserved',
	},
	'an imported global': { text: '(import "a" "b" (global i32))', code: 'import-unknown' },
};

for (const [what, { text, code }] of Object.entries(refused)) {
	test(`a module with ${what} is refused with "${code}"`, async (t) => {
		const core = await binaryOf(text);
		t.is((t.throws(() => instrument(core)) as ComponentError).code, code as ComponentError['code']);
	});
}

test('a table without a maximum gets one', async (t) => {
	const grow = '(table.grow (ref.null func) (local.get 0))';
	const core = await binaryOf(`(table 1 funcref) (func (export "grow") (param i32) (result i32) ${grow})`);
	const { call } = startMetered(core);
	t.is(call('grow', 65_535), 1);
	t.is(call('grow', 1), -1);
});

test('functions keep their names in traps, and sections that speak of old offsets are gone', async (t) => {
	const core =
		await binaryOf(`${run('(call $culprit)')} (func $culprit (loop $l (br_if $l (i32.const 0))) (unreachable))
		(@custom "sourceMappingURL" "\\03a.b") (@custom ".debug_line" "x")`);
	const { call } = startMetered(core);
	const error = t.throws(() => call('run'), { instanceOf: WebAssembly.RuntimeError });
	t.regex(error?.stack ?? '', /culprit/);
	const module = new WebAssembly.Module(instrument(core));
	t.deepEqual(WebAssembly.Module.customSections(module, 'sourceMappingURL'), []);
	t.deepEqual(WebAssembly.Module.customSections(module, '.debug_line'), []);
});

test('a trap of the guest itself leaves fuel', async (t) => {
	const { call, tank } = startMetered(
		await binaryOf(run('(loop $l (br_if $l (i32.const 0))) (unreachable)')),
	);
	t.is(
		outcome(() => call('run')),
		'unreachable',
	);
	t.false(tank.isEmpty);
});

test('a long way through code that goes on behind its end is refused with a code', (t) => {
	const length = (bytes: number): number[] => [
		(bytes & 0x7f) | 0x80,
		((bytes >> 7) & 0x7f) | 0x80,
		bytes >> 14,
	];
	const header = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0];
	const constants = Array.from({ length: 10_000 }, () => [0x41, 0, 0x1a]).flat();
	const [noLocals, elseCode, endCode] = [0, 0x05, 0x0b];
	const body = [noLocals, ...constants, endCode, elseCode, endCode];
	const section = [1, ...length(body.length), ...body];
	const binary = Uint8Array.of(...header, 10, ...length(section.length), ...section);
	const error = t.throws(() => instrument(binary), { instanceOf: ComponentError });
	t.is(error?.code, 'not-a-component');
});
