// A NaN that was made has the same bits everywhere; everything else has the bits that it had.
import test from 'ava';
import fc from 'fast-check';
import { instrument } from './instrument.ts';
import { binaryOf, startMetered } from './testbed.ts';

const nan32 = 0x7fc0_0000n;
const nan64 = 0x7ff8_0000_0000_0000n;
const all32 = 0xffff_ffffn;

/** Bits that are worth trying: NaNs of all kinds, infinities, zeros, and what overflows. */
const special32 = [0x7fc0_0000, 0xffc1_2345, 0x7fa0_0001, 0xff80_0001, 0x7f80_0000, 0xff80_0000, 0x8000_0000];
const special64 = [
	nan64,
	0xfff8_0000_1234_5678n,
	0x7ff4_0000_0000_0001n,
	0x7ff0_0000_0000_0000n,
	0xfff0_0000_0000_0000n,
	0x8000_0000_0000_0000n,
	0x7fef_ffff_ffff_ffffn,
];

const isNan32 = (bits: bigint): boolean => (bits & 0x7fff_ffffn) > 0x7f80_0000n;
const isNan64 = (bits: bigint): boolean => (bits & 0x7fff_ffff_ffff_ffffn) > 0x7ff0_0000_0000_0000n;

const lanes32 = (bits: bigint): bigint[] => [bits & all32, bits >> 32n];
const joined = ([low = 0n, high = 0n]: readonly bigint[]): bigint => low | (high << 32n);

/** What makes NaNs: the type that comes out, and its text with `$a` and `$b`, 64 bits each, as operands. */
interface Maker {
	readonly out: 'f32' | 'f64' | 'f32x4' | 'f64x2';
	readonly text: string;
}

const a32 = '(f32.reinterpret_i32 (i32.wrap_i64 (local.get $a)))';
const b32 = '(f32.reinterpret_i32 (i32.wrap_i64 (local.get $b)))';
const a64 = '(f64.reinterpret_i64 (local.get $a))';
const b64 = '(f64.reinterpret_i64 (local.get $b))';
const a128 = '(i64x2.splat (local.get $a))';
const b128 = '(i64x2.splat (local.get $b))';

const unary = ['ceil', 'floor', 'trunc', 'nearest', 'sqrt'];
const binary = ['add', 'sub', 'mul', 'div', 'min', 'max'];

function makersOf(out: Maker['out'], a: string, b: string): [string, Maker][] {
	return [
		...unary.map((name): [string, Maker] => [`${out}.${name}`, { out, text: `(${out}.${name} ${a})` }]),
		...binary.map((name): [string, Maker] => [`${out}.${name}`, { out, text: `(${out}.${name} ${a} ${b})` }]),
	];
}

const makers: Record<string, Maker> = Object.fromEntries<Maker>([
	...makersOf('f32', a32, b32),
	...makersOf('f64', a64, b64),
	...makersOf('f32x4', a128, b128),
	...makersOf('f64x2', a128, b128),
	['f32.demote_f64', { out: 'f32', text: `(f32.demote_f64 ${a64})` }],
	['f64.promote_f32', { out: 'f64', text: `(f64.promote_f32 ${a32})` }],
	['f32x4.demote_f64x2_zero', { out: 'f32x4', text: `(f32x4.demote_f64x2_zero ${a128})` }],
	['f64x2.promote_low_f32x4', { out: 'f64x2', text: `(f64x2.promote_low_f32x4 ${a128})` }],
]);

/** What leaves all bits as they are or moves the sign alone. */
const keepers: Record<string, Maker> = {
	...Object.fromEntries(
		(['f32', 'f64', 'f32x4', 'f64x2'] as const).flatMap((out) => {
			const [a, b] = { f32: [a32, b32], f64: [a64, b64], f32x4: [a128, b128], f64x2: [a128, b128] }[out];
			return [
				...['neg', 'abs'].map((name) => [`${out}.${name}`, { out, text: `(${out}.${name} ${a})` }]),
				...(out.includes('x') ? ['pmin', 'pmax'] : ['copysign']).map((name) => [
					`${out}.${name}`,
					{ out, text: `(${out}.${name} ${a} ${b})` },
				]),
			];
		}),
	),
	'f32.store of f32.load': {
		out: 'f32',
		text: `(block (result f32) (i64.store (i32.const 512) (local.get $a)) (f32.load (i32.const 512)))`,
	},
	'f64.store of f64.load': {
		out: 'f64',
		text: `(block (result f64) (i64.store (i32.const 512) (local.get $a)) (f64.load (i32.const 512)))`,
	},
	'f64 through a local': { out: 'f64', text: `(local.set $d ${a64}) (local.get $d)` },
	'f64 through a select': { out: 'f64', text: `(select ${a64} ${b64} (i32.wrap_i64 (local.get $b)))` },
};

const typeOf = { f32: 'f32', f64: 'f64', f32x4: 'v128', f64x2: 'v128' } as const;

/** Its result goes to memory at 0; the low 64 bits of it are returned. */
function moduleOf({ out, text }: Maker): string {
	const type = typeOf[out];
	return `(memory (export "memory") 1 1) (func (export "run") (param $a i64) (param $b i64) (result i64)
		(local $d f64) (local $i i32) (local $at i32) ${type === 'f64' ? '' : `(local $r ${type})`}
		(i64.store (i32.const 0) (i64.const 0))
		(local.set $i (i32.const 64))
		(loop $l (${type}.store (i32.const 0) ${text})
			(br_if $l (local.tee $i (i32.sub (local.get $i) (i32.const 1)))))
		(i64.load (i32.const 0)))`;
}

type Run = (a: bigint, b: bigint) => bigint;
const runOf = ({ exports }: WebAssembly.Instance): Run => {
	const run = exports['run'] as Run;
	return (a, b) => BigInt.asUintN(64, run(a, b));
};

interface Pair {
	readonly plain: Run;
	readonly metered: Run;
}

async function pairOf(text: string): Promise<Pair> {
	const core = await binaryOf(text);
	const started = startMetered(core);
	const plain = runOf(new WebAssembly.Instance(new WebAssembly.Module(core)));
	const run = runOf(started.instance);
	const metered: Run = (a, b) => {
		started.tank.fill(0x7fff_ffff);
		return run(a, b);
	};
	return { plain, metered };
}

const word = fc.oneof(
	fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }),
	fc.constantFrom(...special64),
	fc
		.tuple(fc.constantFrom(...special32), fc.constantFrom(...special32))
		.map((both) => joined(both.map(BigInt))),
	fc.double().map((value) => new BigUint64Array(new Float64Array([value]).buffer)[0] ?? 0n),
);

/** The bits with every NaN in them canonical. */
function canonical(out: Maker['out'], bits: bigint): bigint {
	if (out.startsWith('f64')) return isNan64(bits) ? nan64 : bits;
	return joined(lanes32(bits).map((lane) => (isNan32(lane) ? nan32 : lane)));
}

for (const [name, maker] of Object.entries(makers)) {
	test(`a NaN of ${name} has its canonical bits in every tier, and nothing else is touched`, async (t) => {
		const { plain, metered } = await pairOf(moduleOf(maker));
		fc.assert(
			fc.property(word, word, (a, b) => metered(a, b) === canonical(maker.out, plain(a, b))),
			{ numRuns: 300 },
		);
		const nan = [special64[1] ?? 0n, joined([0xff80_0001n, 0xffc1_2345n])] as const;
		const [a, b] =
			maker.text.includes('f64') && !maker.text.includes('promote') ? [nan[0], nan[0]] : [nan[1], nan[1]];
		const expected = canonical(maker.out, plain(a, b));
		// Long enough for the engine to have optimised it.
		for (let left = 300; left > 0; left--)
			if (metered(a, b) !== expected) t.fail(`after ${300 - left} calls`);
		t.true([nan64, joined([nan32, nan32]), nan32].includes(expected), expected.toString(16));
	});
}

for (const [name, maker] of Object.entries(keepers)) {
	test(`${name} keeps the bits of every NaN`, async (t) => {
		const { plain, metered } = await pairOf(moduleOf(maker));
		fc.assert(fc.property(word, word, (a, b) => metered(a, b) === plain(a, b)));
		t.pass();
	});
}

const none = `(f64.div (f64.const 0) (f64.const 0))`;
const uses: Record<string, string> = {
	'is returned': none,
	'goes through a local': `(local.set $d ${none}) (local.get $d)`,
	'goes through a local that also holds what was loaded': `(local.set $d (f64.load (i32.const 8))) (local.set $d ${none}) (local.get $d)`,
	'is left by a branch': `(block (result f64) (br 0 ${none}))`,
	'is left by a branch of two': `(block $b (result f64) (drop (br_if $b ${none} (i32.const 1))) (f64.const 1))`,
	'is the result of a block': `(block (result f64) ${none})`,
	'is the parameter of a block': `${none} (block (param f64) (result f64))`,
	'is the result of either side': `(if (result f64) (i32.const 1) (then ${none}) (else (f64.const 0)))`,
	'waits under a block': `${none} (block (nop))`,
	'waits under a call': `${none} (call $nothing)`,
	'is passed on': `(call $same ${none})`,
	'is passed on by a table': `(call_indirect (type $one) ${none} (i32.const 0))`,
	'is chosen from two': `(select ${none} (f64.sqrt (f64.const -1)) (i32.const 1))`,
	'is chosen from what was loaded': `(select ${none} (f64.load (i32.const 8)) (i32.const 1))`,
	'is kept in a global': `(global.set $g ${none}) (global.get $g)`,
	'is seen as an integer': `(f64.reinterpret_i64 (i64.reinterpret_f64 ${none}))`,
	'is seen as a lane': `(f64x2.extract_lane 1 (f64x2.splat ${none}))`,
	'is made in lanes of the other width': `(f64.reinterpret_i64 (i64x2.extract_lane 0 (f64x2.add (f32x4.div (v128.const f32x4 0 0 0 0) (v128.const f32x4 0 0 0 0)) (v128.const f64x2 0 0))))`,
	'is summed up in a loop': `(loop $l (local.set $d (f64.add (local.get $d) ${none}))
		(br_if $l (i32.lt_u (local.tee $n (i32.add (local.get $n) (i32.const 1))) (i32.const 9)))) (local.get $d)`,
};

for (const [how, text] of Object.entries(uses)) {
	test(`a NaN that ${how} has its canonical bits`, async (t) => {
		const { instance, tank } = startMetered(
			await binaryOf(`(memory 1 1) (type $one (func (param f64) (result f64))) (table 1 1 funcref) (elem (i32.const 0) $same)
				(global $g (mut f64) (f64.const 0)) (func $nothing) (func $same (type $one) (local.get 0))
				(func $made (result f64) (local $d f64) (local $n i32) ${text})
				(func (export "run") (param i64 i64) (result i64) (i64.reinterpret_f64 (call $made)))`),
		);
		tank.fill(1000);
		const seen = runOf(instance)(0n, 0n);
		// Read as lanes of the other width a NaN is some number.
		const lane = (nan32 << 32n) | nan32;
		t.is(seen, how.includes('other width') ? lane : nan64);
	});
}

test('code without arithmetic on floats is left as it is', async (t) => {
	const text = `(memory 1 1) (func (export "run") (param f64 f64) (result f64)
		(f64.store (i32.const 0) (f64.neg (local.get 0))) (f64.copysign (f64.load (i32.const 0)) (local.get 1)))`;
	const core = await binaryOf(text);
	const body = [
		0x41, 0x00, 0x20, 0x00, 0x9a, 0x39, 0x03, 0x00, 0x41, 0x00, 0x2b, 0x03, 0x00, 0x20, 0x01, 0xa6, 0x0b,
	];
	t.true(Buffer.from(core).includes(Buffer.from(body)));
	t.true(Buffer.from(instrument(core)).includes(Buffer.from(body)));
});
