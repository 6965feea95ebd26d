import test from 'ava';
import type { CodedError } from '../error.ts';
import { type GuestImage, GuestState, obstacleOf, statePageBytes } from './guest-state.ts';
import { gateExport } from './instrument/fuel.ts';
import { instrument } from './instrument/instrument.ts';
import {
	binaryOf,
	muchFuel,
	outcome,
	placeMetered,
	type Started,
	startMetered,
} from './instrument/testbed.ts';

/** A guest in the state of another one, its start function not run. */
function restored(core: Uint8Array, image: GuestImage, imports?: WebAssembly.Imports): Started {
	const other = placeMetered(core, muchFuel, imports);
	new GuestState(other.module, other.instance).restore(image);
	return other;
}

function captured({ module, instance }: Started): GuestImage {
	const { memory, ...rest } = new GuestState(module, instance).capture();
	const pages = new Map<number, Uint8Array>();
	for (let at = 0; at < memory.length; at += statePageBytes) {
		const page = memory.slice(at, at + statePageBytes);
		if (page.some((byte) => byte !== 0)) pages.set(at / statePageBytes, page);
	}
	return { ...rest, memoryBytes: memory.length, pages };
}

test('globals of every type come back bit by bit, NaN payloads and vectors included', async (t) => {
	const core = await binaryOf(`(global $a (mut i32) (i32.const 1)) (global $b (mut i64) (i64.const 2))
		(global $c (mut f32) (f32.const 0)) (global $d (mut f64) (f64.const 0)) (global $e (mut v128) (v128.const i64x2 0 0))
		(global $k i32 (i32.const 77))
		(func (export "set") (global.set $a (i32.const -5)) (global.set $b (i64.const -6))
			(global.set $c (f32.reinterpret_i32 (i32.const 0x7fa12345))) (global.set $d (f64.const nan:0x4000000000abc))
			(global.set $e (v128.const i32x4 1 -2 3 -4)))
		(func (export "check") (result i32)
			(i32.and (i32.and (i32.eq (global.get $a) (i32.const -5)) (i64.eq (global.get $b) (i64.const -6)))
			(i32.and (i32.eq (i32.reinterpret_f32 (global.get $c)) (i32.const 0x7fa12345))
			(i32.and (i64.eq (i64.reinterpret_f64 (global.get $d)) (i64.const 0x7ff4000000000abc))
			(i8x16.all_true (i8x16.eq (global.get $e) (v128.const i32x4 1 -2 3 -4)))))))`);
	const one = startMetered(core);
	one.call('set');
	const image = captured(one);
	t.is(image.globals.length, 6);
	t.is(startMetered(core).call('check'), 0);
	t.is(restored(core, image).call('check'), 1);
});

test('more globals than one call can pass come back too', async (t) => {
	const count = 1200;
	const names = Array.from({ length: count }, (_, at) => at);
	const core = await binaryOf(`${names.map((at) => `(global (mut i32) (i32.const ${at}))`).join('')}
		(func (export "add") ${names.map((at) => `(global.set ${at} (i32.add (global.get ${at}) (i32.const 7)))`).join('')})
		(func (export "sum") (result i32) (i32.const 0) ${names.map((at) => `(i32.mul (i32.const ${at + 1}) (global.get ${at})) i32.add`).join(' ')})`);
	const one = startMetered(core);
	one.call('add');
	t.is(restored(core, captured(one)).call('sum'), one.call('sum'));
});

test('memory comes back in its size, and pages that were cleared are cleared', async (t) => {
	const core = await binaryOf(`(memory 1 4) (data (i32.const 4096) "written by instantiation")
		(func (export "run") (memory.fill (i32.const 4096) (i32.const 0) (i32.const 64)) (drop (memory.grow (i32.const 2)))
			(i32.store (i32.const 190000) (i32.const 42)))
		(func (export "read") (param i32) (result i32) (i32.load (local.get 0)))
		(func (export "pages") (result i32) (memory.size))`);
	const one = startMetered(core);
	one.call('run');
	const other = restored(core, captured(one));
	t.deepEqual([other.call('pages'), other.call('read', 190_000), other.call('read', 4096)], [3, 42, 0]);
});

const withTables = `(type $f (func (result i32))) (import "host" "five" (func $five (type $f)))
	(table $t 2 8 funcref) (table $u 1 1 funcref) (elem (table $t) (i32.const 0) func $one $two) (elem $later func $three)
	(func $one (type $f) (i32.const 1)) (func $two (type $f) (i32.const 2)) (func $three (type $f) (i32.const 3))
	(elem declare func $five)
	(func (export "mix") (drop (table.grow $t (ref.null func) (i32.const 3)))
		(table.copy $t $t (i32.const 2) (i32.const 0) (i32.const 1)) (table.set $t (i32.const 0) (ref.null func))
		(table.set $t (i32.const 4) (ref.func $five))
		(table.init $t $later (i32.const 1) (i32.const 0) (i32.const 1)) (table.set $u (i32.const 0) (ref.func $two)))
	(func (export "t") (param i32) (result i32) (call_indirect $t (type $f) (local.get 0)))
	(func (export "u") (param i32) (result i32) (call_indirect $u (type $f) (local.get 0)))`;

test('tables that a module writes come back with their functions and their size', async (t) => {
	const core = await binaryOf(withTables);
	const imports = { host: { five: () => 5 } };
	const one = startMetered(core, muchFuel, imports);
	one.call('mix');
	const image = captured(one);
	t.deepEqual(
		image.tables.map(({ length }) => length),
		[5, 1],
	);
	const other = restored(core, image, imports);
	for (const entry of [0, 1, 2, 3, 4, 5])
		t.is(
			outcome(() => other.call('t', entry)),
			outcome(() => one.call('t', entry)),
		);
	t.deepEqual([other.call('t', 1), other.call('t', 2), other.call('t', 4), other.call('u', 0)], [3, 1, 5, 2]);
});

test('a module that never writes its tables is given no further table', async (t) => {
	const core = await binaryOf('(table 1 funcref) (elem (i32.const 0) $f) (func $f)');
	const exports = WebAssembly.Module.exports(new WebAssembly.Module(instrument(core)));
	const tables = exports.filter(({ kind }) => kind === 'table');
	t.deepEqual(
		tables.map(({ name }) => name),
		[gateExport],
	);
});

test('a start function does not run again, and what it did is there', async (t) => {
	const core =
		await binaryOf(`(global $g (mut i32) (i32.const 1)) (func $begin (global.set $g (i32.mul (global.get $g) (i32.const 10))))
		(start $begin) (func (export "get") (result i32) (global.get $g))`);
	t.is(restored(core, captured(startMetered(core))).call('get'), 10);
});

const keepsToItself: Record<string, string> = {
	'drops a data segment': '(memory 1) (data $d "x") (func (data.drop $d))',
	'drops an element segment': '(elem $e func $f) (func $f (elem.drop $e))',
	'keeps references to functions in globals': '(global (mut funcref) (ref.null func))',
	'keeps references to the host in globals': '(global (mut externref) (ref.null extern))',
	'keeps references to the host in tables':
		'(table 1 externref) (func (param externref) (table.set (i32.const 0) (local.get 0)))',
};

for (const [what, text] of Object.entries(keepsToItself)) {
	test(`a module that ${what} runs, and says why its state stays where it is`, async (t) => {
		const { module, instance, call } = startMetered(
			await binaryOf(`${text} (func (export "run") (result i32) (i32.const 9))`),
		);
		t.is(call('run'), 9);
		t.is(typeof obstacleOf(module), 'string');
		const state = new GuestState(module, instance);
		t.throws(() => state.capture(), { code: 'not-capturable' });
	});
}

test('a state that is not of the module is refused with a code', async (t) => {
	const core = await binaryOf('(memory 1 2) (global (mut i32) (i32.const 0))');
	const good = captured(startMetered(core));
	const page = new Uint8Array(statePageBytes);
	const bad: Partial<GuestImage>[] = [
		{ globals: new BigUint64Array(2) },
		{ tables: [new Int32Array(1)] },
		{ memoryBytes: 0 },
		{ memoryBytes: 65_537 },
		{ memoryBytes: 3 * 65_536 },
		{ pages: new Map([[16, page]]) },
		{ pages: new Map([[0, page.subarray(1)]]) },
	];
	for (const each of bad) {
		const error = t.throws(() => restored(core, { ...good, ...each })) as CodedError<string>;
		t.is(error.code, 'state-unfit', JSON.stringify(Object.keys(each)));
	}
	t.notThrows(() => restored(core, good));
});

test('an export in the name of the platform is refused', async (t) => {
	const core = await binaryOf('(func (export "mullion:state/read/0"))');
	t.throws(() => instrument(core), { code: 'export-reserved' });
});
