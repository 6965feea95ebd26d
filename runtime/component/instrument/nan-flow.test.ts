// Any program on floats computes what it computes without the pass, and every NaN in its memory is a canonical one.
import test from 'ava';
import fc from 'fast-check';
import { binaryOf, startMetered } from './testbed.ts';

/** Bytes of memory that a program writes to, 8 at a time. */
const written = 256;
const signless = 0x7fff_ffff_ffff_ffffn;
const infinity = 0x7ff0_0000_0000_0000n;
const canonical = 0x7ff8_0000_0000_0000n;

const value = fc.letrec<{ f64: string; f32: string; v128: string }>((tie) => ({
	f64: fc.oneof(
		{ maxDepth: 4 },
		fc.constantFrom(
			'(local.get $a)',
			'(local.get $b)',
			'(local.get $c)',
			'(f64.const 0)',
			'(f64.sqrt (f64.const -1))',
			'(f64.const inf)',
		),
		fc.nat(31).map((at) => `(f64.load (i32.const ${at * 8}))`),
		fc
			.tuple(fc.constantFrom('add', 'sub', 'mul', 'div', 'min', 'max'), tie('f64'), tie('f64'))
			.map(([name, a, b]) => `(f64.${name} ${a} ${b})`),
		fc
			.tuple(fc.constantFrom('sqrt', 'neg', 'abs', 'floor', 'nearest'), tie('f64'))
			.map(([name, a]) => `(f64.${name} ${a})`),
		tie('f32').map((a) => `(f64.promote_f32 ${a})`),
		fc
			.tuple(tie('f64'), tie('f64'), tie('f64'))
			.map(([a, b, is]) => `(select ${a} ${b} (f64.lt ${is} ${a}))`),
		fc.tuple(tie('f64'), tie('f64')).map(([a, b]) => `(call $mean ${a} ${b})`),
		fc.tuple(fc.constantFrom('$a', '$b', '$c'), tie('f64')).map(([name, a]) => `(local.tee ${name} ${a})`),
		fc
			.tuple(tie('f64'), tie('f64'), tie('f64'))
			.map(([is, a, b]) => `(if (result f64) (f64.eq ${is} ${is}) (then ${a}) (else ${b}))`),
		fc
			.tuple(tie('f64'), tie('f64'))
			.map(([a, b]) => `(block (result f64) (drop (br_if 0 ${a} (f64.gt ${a} ${b}))) ${b})`),
		tie('v128').map((a) => `(f64x2.extract_lane 1 ${a})`),
	),
	f32: fc.oneof(
		{ maxDepth: 3 },
		fc.constantFrom('(local.get $s)', '(f32.const 0)', '(f32.const -inf)'),
		tie('f64').map((a) => `(f32.demote_f64 ${a})`),
		fc
			.tuple(fc.constantFrom('add', 'sub', 'mul', 'div', 'min'), tie('f32'), tie('f32'))
			.map(([name, a, b]) => `(f32.${name} ${a} ${b})`),
		tie('f32').map((a) => `(local.tee $s ${a})`),
	),
	v128: fc.oneof(
		{ maxDepth: 3 },
		fc.constantFrom('(local.get $v)', '(v128.const f64x2 0 inf)', '(v128.const i32x4 0 0 0 0)'),
		tie('f64').map((a) => `(f64x2.splat ${a})`),
		fc
			.tuple(fc.constantFrom('f64x2.add', 'f64x2.div', 'f64x2.max', 'f64x2.pmin'), tie('v128'), tie('v128'))
			.map(([name, a, b]) => `(${name} ${a} ${b})`),
		tie('v128').map((a) => `(local.tee $v ${a})`),
		tie('v128').map((a) => `(f64x2.sqrt ${a})`),
	),
}));

const statement = fc.letrec<{ one: string; all: string }>((tie) => ({
	all: fc.array(tie('one'), { minLength: 1, maxLength: 4 }).map((some) => some.join('\n')),
	one: fc.oneof(
		{ maxDepth: 3 },
		fc.tuple(fc.constantFrom('$a', '$b', '$c'), value.f64).map(([name, a]) => `(local.set ${name} ${a})`),
		fc.tuple(fc.nat(31), value.f64).map(([at, a]) => `(f64.store (i32.const ${at * 8}) ${a})`),
		fc.tuple(fc.nat(30), value.v128).map(([at, a]) => `(v128.store (i32.const ${at * 8}) ${a})`),
		value.v128.map((a) => `(local.set $v ${a})`),
		fc
			.tuple(fc.nat(31), value.f64)
			.map(([at, a]) => `(i64.store (i32.const ${at * 8}) (i64.reinterpret_f64 ${a}))`),
		fc.tuple(value.f64, tie('all')).map(([is, all]) => `(if (f64.le ${is} (f64.const 1)) (then ${all}))`),
		tie('all').map(
			(all) => `(if (i32.lt_u (local.get $i) (i32.const 9)) (then
				(loop $l ${all} (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 9))))))`,
		),
	),
}));

const program = statement.all.map(
	(all) => `(memory (export "memory") 1 1)
		(func $mean (param f64 f64) (result f64) (f64.div (f64.add (local.get 0) (local.get 1)) (f64.const 2)))
		(func (export "run") (param $a f64) (result f64) (local $b f64) (local $c f64) (local $s f32) (local $v v128) (local $i i32)
			${all} (f64.add (local.get $a) (f64.mul (local.get $b) (local.get $c))))`,
);

const isNan = (bits: bigint): boolean => (bits & signless) > infinity;
const wordsOf = ({ exports }: WebAssembly.Instance): BigUint64Array =>
	new BigUint64Array((exports['memory'] as WebAssembly.Memory).buffer, 0, written / 8);

test('any program on floats gives the same numbers, and NaNs that are the same everywhere', async (t) => {
	let nans = 0;
	await fc.assert(
		fc.asyncProperty(program, fc.constantFrom(0, 1, -1, Number.POSITIVE_INFINITY), async (text, a) => {
			const core = await binaryOf(text);
			const plain = new WebAssembly.Instance(new WebAssembly.Module(core));
			const { instance, call } = startMetered(core);
			for (let calls = 2; calls > 0; calls--) {
				const expected = (plain.exports['run'] as (a: number) => number)(a);
				if (!Object.is(call('run', a), expected)) return false;
			}
			const words = wordsOf(instance);
			return wordsOf(plain).every((before, at) => {
				const now = words[at] ?? 0n;
				if (!isNan(before)) return now === before;
				nans++;
				// `neg` turns the sign. Without `copysign`, which would give it to a number, the numbers are the same.
				return (now & signless) === canonical;
			});
		}),
		{ numRuns: 250 },
	);
	t.true(nans > 0, `${nans} NaNs`);
});
