import test from 'ava';
import * as fc from 'fast-check';
import { ComponentError } from '../error.ts';
import { instrumentPart } from './instrument-part.ts';
import { binaryOf, outcome } from './testbed.ts';

const tank = (units: number) => new WebAssembly.Global({ value: 'i32', mutable: true }, units);
const muchFuel = 0x7fff_ffff;

const instantiate = (module: Uint8Array<ArrayBuffer>, imports: WebAssembly.Imports, fuel = tank(muchFuel)) =>
	new WebAssembly.Instance(new WebAssembly.Module(module), { ...imports, 'mullion:fuel': { tank: fuel } });

const call = (instance: WebAssembly.Instance, name: string, ...values: number[]): unknown =>
	(instance.exports[name] as (...values: number[]) => unknown)(...values);

/** A module whose globals, imported and own, are named in every place where a global can be. */
const shape = fc.record({
	imported: fc.nat(3),
	own: fc.array(fc.record({ value: fc.integer(), fromImport: fc.boolean() }), {
		minLength: 1,
		maxLength: 140,
	}),
	writes: fc.array(fc.tuple(fc.nat(139), fc.nat(139)), { maxLength: 12 }),
	offset: fc.nat(3),
});

type Shape = typeof shape extends fc.Arbitrary<infer Form> ? Form : never;

const textOf = ({ imported, own, writes, offset }: Shape) => {
	const place = (at: number) => imported + (at % own.length);
	return `
		${Array.from({ length: imported }, (_, at) => `(import "host" "${at}" (global i32))`).join('')}
		(table (export "table") 8 funcref)
		(memory (export "memory") 1)
		${own
			.map(
				({ value, fromImport }, at) =>
					`(global (export "g${at}") (mut i32) ${
						fromImport && imported > 0 ? `(global.get ${at % imported})` : `(i32.const ${value})`
					})`,
			)
			.join('')}
		(elem ${imported > 0 ? '(global.get 0)' : `(i32.const ${offset})`} $work)
		(data ${imported > 0 ? '(global.get 0)' : `(i32.const ${offset})`} "data")
		(func $work (export "work") (param i32) (result i32) (local i32)
			${writes
				.map(([to, from]) => `(global.set ${place(to)} (i32.add (global.get ${place(from)}) (local.get 0)))`)
				.join('')}
			(loop (local.set 1 (i32.add (local.get 1) (global.get ${place(0)})))
				(br_if 0 (i32.and (local.tee 0 (i32.shr_u (local.get 0) (i32.const 1))) (i32.const 7))))
			(local.get 1))`;
};

test('a module does the same with fuel from outside, whichever globals it has', async (t) => {
	await fc.assert(
		fc.asyncProperty(shape, fc.array(fc.integer(), { minLength: 1, maxLength: 3 }), async (form, values) => {
			const core = await binaryOf(textOf(form));
			const imports = { host: { 0: form.offset, 1: 11, 2: -5 } as unknown as WebAssembly.ModuleImports };
			const plain = new WebAssembly.Instance(new WebAssembly.Module(core), imports);
			const metered = instantiate(instrumentPart(core, { mostPages: 4 }), imports);
			for (const value of values) {
				t.is(call(metered, 'work', value), call(plain, 'work', value));
				for (const [name, exported] of Object.entries(plain.exports)) {
					if (exported instanceof WebAssembly.Global)
						t.is((metered.exports[name] as WebAssembly.Global).value, exported.value, name);
				}
			}
			const [found, expected] = [metered, plain].map(
				({ exports }) => new Uint8Array((exports['memory'] as WebAssembly.Memory).buffer.slice(0, 16)),
			);
			t.deepEqual(found, expected);
			t.is(typeof (metered.exports['table'] as WebAssembly.Table).get(form.offset), 'function');
		}),
		{ numRuns: 60 },
	);
});

test('what two modules use comes out of one tank', async (t) => {
	const looping = await binaryOf(`(func (export "spend") (param i32)
		(loop (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))))`);
	const shared = tank(1000);
	const [one, other] = [looping, looping].map((core) =>
		instantiate(instrumentPart(core, { mostPages: 1 }), {}, shared),
	);
	if (one === undefined || other === undefined) return t.fail();
	call(one, 'spend', 100);
	const left = shared.value;
	t.true(left < 1000);
	call(other, 'spend', 100);
	t.is(shared.value, 2 * left - 1000);
	t.is(
		outcome(() => call(other, 'spend', 100_000)),
		'unreachable',
	);
	t.true(shared.value < 0);
	t.is(
		outcome(() => call(one, 'spend', 1)),
		'unreachable',
	);
});

test('a memory without a maximum gets one, and one with too large a maximum a smaller one', async (t) => {
	for (const limits of ['1', '1 100', '1 3']) {
		const core = await binaryOf(`(memory ${limits}) (func (export "grow") (param i32) (result i32)
			(memory.grow (local.get 0)))`);
		const instance = instantiate(instrumentPart(core, { mostPages: 3 }), {});
		t.is(call(instance, 'grow', 2), 1);
		t.is(call(instance, 'grow', 1), -1);
	}
	const core = await binaryOf('(memory 4)');
	const error = t.throws(() => instrumentPart(core, { mostPages: 3 }), { instanceOf: ComponentError });
	t.is(error?.code, 'memory-unbounded');
});

test('a start function runs when it is called, not before', async (t) => {
	const core = await binaryOf(`(global $g (export "g") (mut i32) (i32.const 0))
		(func $begin (global.set $g (i32.const 1))) (start $begin)`);
	const instance = instantiate(instrumentPart(core, { mostPages: 1 }), {});
	t.is((instance.exports['g'] as WebAssembly.Global).value, 0);
	call(instance, 'mullion:start');
	t.is((instance.exports['g'] as WebAssembly.Global).value, 1);
});

test('damaged modules give a coded error or a module, and those that were valid stay so', async (t) => {
	const [form] = fc.sample(shape, 1);
	if (form === undefined) return t.fail();
	const core = await binaryOf(textOf(form));
	const flip = fc.record({ at: fc.nat(core.length - 1), to: fc.nat(255) });
	fc.assert(
		fc.property(fc.array(flip, { minLength: 1, maxLength: 3 }), (flips) => {
			const bytes = new Uint8Array(core);
			for (const { at, to } of flips) bytes[at] = to;
			const wasValid = WebAssembly.validate(bytes);
			try {
				const made = instrumentPart(bytes, { mostPages: 4 });
				return !wasValid || WebAssembly.validate(made);
			} catch (error) {
				return error instanceof ComponentError;
			}
		}),
		{ numRuns: 1000 },
	);
	t.pass();
});
