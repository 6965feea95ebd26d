import test from 'ava';
import fc from 'fast-check';
import { guestStack } from '../../vm/guest-stack.ts';
import { originsOf } from './origins.ts';
import { binaryOf, outcome, startMetered } from './testbed.ts';

/** A function that calls itself ever less deep, with locals of its own of which some are read before they are set. */
const statement = fc.letrec<{ value: string; one: string; list: string }>((tie) => ({
	value: fc.oneof(
		{ maxDepth: 3 },
		fc.integer({ min: -3, max: 300 }).map((number) => `(i32.const ${number})`),
		fc.constantFrom(
			'(local.get $n)',
			'(local.get $x)',
			'(i32.wrap_i64 (local.get $wide))',
			'(global.get $seen)',
		),
		fc.constantFrom('(i32.trunc_sat_f64_s (local.get $y))', '(i32.load (i32.const 8))'),
		fc
			.tuple(fc.constantFrom('add', 'xor', 'mul', 'div_s', 'gt_u'), tie('value'), tie('value'))
			.map(([name, a, b]) => `(i32.${name} ${a} ${b})`),
		fc
			.tuple(fc.constantFrom(1, 2), tie('value'))
			.map(
				([less, wide]) =>
					`(call $f (i32.sub (local.get $n) (i32.const ${less})) (i64.extend_i32_s ${wide}) (f64.const 2.5))`,
			),
	),
	one: fc.oneof(
		{ maxDepth: 3 },
		tie('value').map((value) => `(local.set $x ${value})`),
		tie('value').map((value) => `(local.set $wide (i64.extend_i32_u (local.tee $x ${value})))`),
		tie('value').map((value) => `(local.set $y (f64.add (local.get $y) (f64.convert_i32_s ${value})))`),
		tie('value').map((value) => `(global.set $seen (i32.add (global.get $seen) ${value}))`),
		tie('value').map((value) => `(i32.store (i32.const 8) ${value})`),
		fc.tuple(tie('value'), tie('list')).map(([is, list]) => `(if ${is} (then ${list}))`),
		fc.tuple(tie('list'), tie('value')).map(([list, is]) => `(block ${list} (br_if 0 ${is}))`),
		fc.tuple(tie('value'), tie('value')).map(([value, is]) => `(block (drop (br_if $whole ${value} ${is})))`),
		tie('value').map((value) => `(if (i32.eqz (local.get $x)) (then (return ${value})))`),
		fc
			.tuple(tie('value'), tie('value'))
			.map(([value, at]) => `(block $here (result i32) (br_table $here $whole $here ${value} ${at})) (drop)`),
	),
	list: fc.array(tie('one'), { maxLength: 2 }).map((all) => all.join('\n')),
}));

const recursive = fc.tuple(statement.list, statement.value).map(
	([list, result]) => `(memory (export "memory") 1 1) (global $seen (mut i32) (i32.const 0))
	(func $f (export "f") (param $n i32) (param $wide i64) (param $start f64) (result i32) (local $x i32) (local $y f64)
		(if (i32.le_s (local.get $n) (i32.const 0)) (then (return (local.get $x))))
		(block $whole (result i32) ${list} (i32.add (global.get $seen) ${result})))
	(func (export "run") (param $n i32) (result i32) (call $f (local.get $n) (i64.const 7) (f64.const 0.5)))
	(func (export "seen") (result i32) (global.get $seen))`,
);

test('a function that calls itself gives the same results, the same traps and the same memory', async (t) => {
	const property = fc.asyncProperty(recursive, async (text) => {
		const core = await binaryOf(text);
		const plain = new WebAssembly.Instance(new WebAssembly.Module(core));
		const { instance, call } = startMetered(core);
		for (const [name, depth] of [
			['run', 1],
			['run', 5],
			['seen', 0],
		] as const) {
			const expected = outcome(() => (plain.exports[name] as (depth: number) => number)(depth));
			if (outcome(() => call(name, depth)) !== expected) return false;
		}
		return memoryOf(plain).equals(memoryOf(instance));
	});
	await fc.assert(property, { numRuns: 300 });
	t.pass();
});

function memoryOf({ exports }: WebAssembly.Instance): Buffer {
	return Buffer.from((exports['memory'] as WebAssembly.Memory).buffer);
}

test('it is in itself once, and a trap still tells of every call', async (t) => {
	const core = await binaryOf(`(func $down (param $n i32) (result i32)
		(if (result i32) (local.get $n)
			(then (i32.add (i32.const 1) (call $down (i32.sub (local.get $n) (i32.const 1)))))
			(else (unreachable))))
		(func (export "run") (drop (call $down (i32.const 7))))`);
	const origins = originsOf(core);
	let stack: ReturnType<typeof guestStack> = [];

	try {
		startMetered(core).call('run');
	} catch (error) {
		stack = guestStack(error);
	}

	// Eight of them, two in a frame, and who called the first.
	t.is(stack.length, 5);
	const opcodes = stack.flatMap(({ offset }) => origins(offset).map((at) => core[at]));
	t.deepEqual(opcodes, [0x00, ...new Array<number>(8).fill(0x10)]);
});

test('one that leaves by a call in place of itself, has loops or too many locals is left alone', async (t) => {
	const bodies = [
		'(if (local.get $n) (then (return_call $f (i32.sub (local.get $n) (i32.const 1))))) (call $f (i32.const 0))',
		'(loop (br_if 0 (local.tee $n (i32.sub (local.get $n) (i32.const 1))))) (call $f (i32.const 0))',
		'(call $f (i32.const 0))',
	];
	const locals = ['', '', '(local i32 i32 i32 i32 i32 i32 i32 i32 i32)'];
	for (const [place, body] of bodies.entries()) {
		const core = await binaryOf(`(func $f (export "f") (param $n i32) ${locals[place]} ${body})`);
		const { call } = startMetered(core, 10_000);
		let stack: ReturnType<typeof guestStack> = [];
		try {
			call('f', 3);
		} catch (error) {
			stack = guestStack(error);
		}
		const origins = originsOf(core);
		t.true(stack.length > 0);
		t.true(stack.every(({ offset }) => origins(offset).length === 1));
	}
});
