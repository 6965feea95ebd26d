import { parse } from '@bytecodealliance/jco-transpile/wasm-tools';
import test, { type ExecutionContext } from 'ava';
import { glueMaker } from '../../firmware/hal/glue-maker.ts';
import { transpile } from '../../firmware/hal/transpile.ts';
import { ComponentError } from '../component/error.ts';
import { ManifestError } from '../module/manifest.ts';
import type { GlueMaker } from './glue.ts';
import { prepareForeign } from './prepare-foreign.ts';
import { bed, commandOf, componentOf, prepared, provided, runnable, socketMaker } from './testbed.ts';

const memory = '(memory (export "memory") 1)';
const write =
	'(import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))';
const topics = { subscribes: { 'a.in': 'acme.Line' }, publishes: { 'a.out': 'acme.Line' } };
const small = { budget: { turnMs: 20, memoryPages: 32 } };

const started = async (text: string, fields: object = {}) => {
	const vm = bed(await prepared(await commandOf(text), { ...small, ...fields }));
	vm.start();
	return vm;
};

test('an endless loop is ended, and so is the next one', async (t) => {
	const vm = await started(`${memory} (func (export "_start") (loop (br 0)))`);
	vm.start();
	t.deepEqual(vm.faults(), ['over-budget', 'over-budget']);
});

test('an endless loop in the start function of a core module is ended', async (t) => {
	const vm = await started(`${memory} (func $begin (loop (br 0))) (start $begin) (func (export "_start"))`);
	t.deepEqual(vm.faults(), ['over-budget']);
});

test('recursion to the end of the stack is a trap', async (t) => {
	const vm = await started(
		`${memory} (func $down (call $down) (call $down)) (func (export "_start") (call $down))`,
		{
			budget: { turnMs: 1000, memoryPages: 32 },
		},
	);
	t.deepEqual(vm.faults(), ['trapped']);
});

/** Writes the whole memory over and over again. */
const flood = `${write} ${memory}
	(func (export "_start")
		(i32.store (i32.const 4) (i32.const 60000))
		(loop
			(drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))
			(br 0)))`;

test('output without end is cut in the log, and the run is ended', async (t) => {
	const vm = await started(flood);
	t.true(['over-budget', 'malformed-value'].includes(vm.faults()[0] ?? ''));
	const [fault] = vm.said.flatMap((r) => (r.tag === 'fault' ? [r] : []));
	t.true((fault?.log.length ?? 0) <= 65);
	t.true((fault?.log.reduce((sum, { text }) => sum + text.length, 0) ?? 0) < 20_000);
});

test('output without end that would be published is a flood', async (t) => {
	const vm = await started(flood, { ...topics, budget: { turnMs: 500, effectBytesPerTurn: 100_000 } });
	vm.send('go');
	t.deepEqual(vm.faults(), ['flooded']);
	t.deepEqual(vm.published(), []);
});

test('a guest pays for every call of the host, so that it can not keep the host busy for nothing', async (t) => {
	const vm = await started(`
		(import "wasi_snapshot_preview1" "clock_time_get" (func $time (param i32 i64 i32) (result i32)))
		${memory}
		(func (export "_start") (loop (drop (call $time (i32.const 1) (i64.const 1) (i32.const 64))) (br 0)))`);
	t.deepEqual(vm.faults(), ['over-budget']);
});

test('a socket is denied with the answer of WASI, and the log names it', async (t) => {
	const vm = bed(await prepared(await socketMaker(), small));
	vm.start();
	t.deepEqual(vm.faults(), []);
	t.true(vm.lines().some((line) => line.includes('denied: wasi:sockets/tcp-create-socket')));
});

test('a message as large as an inbox takes reaches a program that may send little', async (t) => {
	const component = await commandOf(`
		(import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
		${write} ${memory}
		(global $sum (mut i32) (i32.const 0))
		(func (export "_start")
			(loop $again
				(i32.store (i32.const 0) (i32.const 1024))
				(i32.store (i32.const 4) (i32.const 60000))
				(drop (call $fd_read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 12)))
				(global.set $sum (i32.add (global.get $sum) (i32.load (i32.const 12))))
				(br_if $again (i32.load (i32.const 12))))
			(i32.store (i32.const 16) (global.get $sum))
			(i32.store (i32.const 0) (i32.const 16))
			(i32.store (i32.const 4) (i32.const 4))
			(drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 12))))`);
	const budget = { turnMs: 500, inboxBytes: 2_000_000, effectBytesPerTurn: 1000, memoryPages: 32 };
	const vm = bed(await prepared(component, { ...topics, budget }));
	vm.start();
	vm.send(new Uint8Array(1_500_000));
	t.deepEqual(vm.faults(), []);
	t.deepEqual(vm.published(), [new Uint8Array(Uint32Array.of(1_500_000).buffer)]);
});

async function refusal(
	t: ExecutionContext,
	component: Uint8Array,
	fields: object = {},
	glue?: GlueMaker,
): Promise<string> {
	const error = await t.throwsAsync(prepared(component, fields, glue));
	return error instanceof ComponentError || error instanceof ManifestError ? error.code : String(error);
}

test('a component without anything wrong runs', async (t) => {
	const vm = bed(await prepared(await runnable({})));
	vm.start();
	t.deepEqual(vm.faults(), []);
});

test('a core module that would take fuel from the tank by itself is refused', async (t) => {
	const component = await parse(`(component
		(core module $tank (global (export "tank") (mut i32) (i32.const 1)))
		(core instance $t (instantiate $tank))
		(core module $m (import "mullion:fuel" "tank" (global (mut i32)))
			(func (export "run") (result i32) (i32.const 0)))
		(core instance $i (instantiate $m (with "mullion:fuel" (instance $t))))
		(func $run (result (result)) (canon lift (core func $i "run")))
		(instance $exported (export "run" (func $run)))
		(export "wasi:cli/run@0.2.0" (instance $exported)))`);
	t.is(await refusal(t, component), 'export-reserved');
});

test('two core instances that call each other without end share one tank', async (t) => {
	const component = await parse(`(component
		(core module $a
			(import "host" "tick" (func $tick))
			(func (export "run") (result i32) (loop (call $tick) (br 0)) (i32.const 0)))
		(core module $b (global (mut i32) (i32.const 0)) (global $own (mut i32) (i32.const 0))
			(func (export "tick") (loop
				(global.set $own (i32.add (global.get $own) (i32.const 1)))
				(br_if 0 (i32.rem_u (global.get $own) (i32.const 100))))))
		(core instance $bi (instantiate $b))
		(core instance $ai (instantiate $a (with "host" (instance $bi))))
		(func $run (result (result)) (canon lift (core func $ai "run")))
		(instance $exported (export "run" (func $run)))
		(export "wasi:cli/run@0.2.0" (instance $exported)))`);
	const vm = bed(await prepared(component, small));
	vm.start();
	t.deepEqual(vm.faults(), ['over-budget']);
});

for (const [what, name] of Object.entries({
	quote: `x'];globalThis.taken=1;['`,
	'double quote': 'x\\"',
	backslash: '\\\\',
	'line break': 'x\\0a',
	backtick: 'x`',
}))
	test(`a name with a ${what}, which could become code of the glue, is refused`, async (t) => {
		const core = `(func (export "${name}"))`;
		t.is(await refusal(t, await runnable({ core })), 'name-unfit');
		t.false('taken' in globalThis);
	});

test('what a box does not have cannot be imported', async (t) => {
	const component = await componentOf(
		`(import "acme:odd/thing" "f" (func $f)) (func (export "wasi:cli/run@0.2.12#run") (result i32)
			(call $f) (i32.const 0))`,
		`package acme:odd;
		package wasi:cli@0.2.12 { interface run { run: func() -> result; } }
		interface thing { f: func(); }
		world odd { import thing; export wasi:cli/run@0.2.12; }`,
	);
	t.is(await refusal(t, component), 'import-unknown');
});

test('a command that imports what only services are given is refused, and does not fail at its start', async (t) => {
	const component = await componentOf(
		`(import "mullion:service/log@0.1.0" "write" (func $write (param i32 i32 i32)))
		(memory (export "memory") 1)
		(func (export "wasi:cli/run@0.2.12#run") (result i32)
			(call $write (i32.const 0) (i32.const 8) (i32.const 0)) (i32.const 0))`,
		`package acme:talker;
		package mullion:service@0.1.0 {
			interface log { enum level { debug, info, warn, error } write: func(level: level, text: string); }
		}
		package wasi:cli@0.2.12 { interface run { run: func() -> result; } }
		world talker { import mullion:service/log@0.1.0; export wasi:cli/run@0.2.12; }`,
	);
	t.is(await refusal(t, component), 'import-unknown');
});

test('a component of another world is refused, with the worlds that there are', async (t) => {
	const component =
		await parse(`(component (core module $m (func (export "f"))) (core instance $i (instantiate $m))
		(func $f (canon lift (core func $i "f"))) (export "f" (func $f)))`);
	const error = await t.throwsAsync(prepared(component), { instanceOf: ComponentError });
	t.is(error?.code, 'world-unknown');
	t.regex(error?.message ?? '', /wasi:cli\/command/);
});

test('what is no component, or is cut off, is refused', async (t) => {
	const whole = await runnable({});
	t.is(await refusal(t, whole.slice(1)), 'not-a-component');
	// Whole as far as it is looked at before: the section of aliases is not one.
	t.is(await refusal(t, Uint8Array.of(...whole, 6, 1, 5), {}, glueMaker()), 'glue-failed');
});

test('more memory to begin with than the manifest asks for is refused', async (t) => {
	const component = await commandOf('(memory (export "memory") 40) (func (export "_start"))');
	t.is(await refusal(t, component, small), 'memory-unbounded');
});

test('a class or durability that a guest behind glue cannot have is refused, with a code', async (t) => {
	const component = await runnable({});
	t.is(await refusal(t, component, { priority: 'realtime' }), 'foreign-not-realtime');
	const { manifest } = await prepared(component);
	const kept = { ...manifest, durability: { mode: 'journal', intervalMs: 1000 } as const };
	const error = await t.throwsAsync(
		prepareForeign(component, { manifest: kept, glue: { make: transpile }, provided }),
		{ instanceOf: ManifestError },
	);
	t.is(error?.code, 'foreign-not-durable');
});

test('a guest that makes the host copy the same bytes many times is ended', async (t) => {
	const wit = `
		package acme:big;
		package wasi:http@0.2.12 {
			interface types {
				variant header-error { invalid-syntax, forbidden, immutable }
				resource fields {
					from-list: static func(entries: list<tuple<string, list<u8>>>) -> result<fields, header-error>;
				}
			}
		}
		package wasi:cli@0.2.12 { interface run { run: func() -> result; } }
		world big { import wasi:http/types@0.2.12; export wasi:cli/run@0.2.12; }`;
	const component = await componentOf(
		`(import "wasi:http/types@0.2.12" "[static]fields.from-list" (func $from (param i32 i32 i32)))
		(memory (export "memory") 2)
		(func (export "wasi:cli/run@0.2.12#run") (result i32) (local $at i32)
			(loop
				(i32.store offset=0 (local.get $at) (i32.const 0))
				(i32.store offset=4 (local.get $at) (i32.const 0))
				(i32.store offset=8 (local.get $at) (i32.const 0))
				(i32.store offset=12 (local.get $at) (i32.const 100000))
				(local.set $at (i32.add (local.get $at) (i32.const 16)))
				(br_if 0 (i32.lt_u (local.get $at) (i32.const 100000))))
			(call $from (i32.const 0) (i32.const 6000) (i32.const 100016))
			(i32.const 0))`,
		wit,
	);
	const vm = bed(await prepared(component, { budget: { turnMs: 500, memoryPages: 32 } }));
	vm.start();
	const [fault] = vm.said.flatMap((r) => (r.tag === 'fault' ? [r] : []));
	t.is(fault?.code, 'malformed-value');
	t.regex(fault?.message ?? '', /passed more than \d+ bytes in one call/);
});
