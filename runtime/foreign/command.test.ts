import test from 'ava';
import { Settings } from '../../proto/host/bus/command.ts';
import { bed, bytesOf, commandOf, prepared, textOf } from './testbed.ts';

/** Of preview 1, which the adapter of every toolchain turns into WASI 0.2. */
const imports = `
	(import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
	(import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
	(import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
	(import "wasi_snapshot_preview1" "environ_sizes_get" (func $environ_sizes_get (param i32 i32) (result i32)))
	(import "wasi_snapshot_preview1" "environ_get" (func $environ_get (param i32 i32) (result i32)))
	(import "wasi_snapshot_preview1" "args_sizes_get" (func $args_sizes_get (param i32 i32) (result i32)))
	(import "wasi_snapshot_preview1" "args_get" (func $args_get (param i32 i32) (result i32)))
	(import "wasi_snapshot_preview1" "clock_time_get" (func $clock_time_get (param i32 i64 i32) (result i32)))
	(import "wasi_snapshot_preview1" "random_get" (func $random_get (param i32 i32) (result i32)))
	(import "wasi_snapshot_preview1" "path_open" (func $path_open
		(param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
	(import "wasi_snapshot_preview1" "poll_oneoff" (func $poll_oneoff (param i32 i32 i32 i32) (result i32)))
	(memory (export "memory") 1)
	(func $write (param $to i32) (param $at i32) (param $length i32)
		(i32.store (i32.const 0) (local.get $at))
		(i32.store (i32.const 4) (local.get $length))
		(drop (call $fd_write (local.get $to) (i32.const 0) (i32.const 1) (i32.const 8))))
`;

const program = (body: string): Promise<Uint8Array> =>
	commandOf(`${imports} (func (export "_start") (local $at i32) ${body})`);

const topics = { subscribes: { 'a.in': 'acme.Line' }, publishes: { 'a.out': 'acme.Line' } };

/** Reads all of stdin to 1024 and writes it to stdout. */
const copyInput = `
	(loop $again
		(i32.store (i32.const 0) (i32.const 1024))
		(i32.store (i32.const 4) (i32.const 4096))
		(if (i32.eqz (call $fd_read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 12)))
			(then (if (i32.load (i32.const 12)) (then
				(call $write (i32.const 1) (i32.const 1024) (i32.load (i32.const 12)))
				(br $again))))))`;

test('a program without topics runs once at its start, and what it writes are lines of its log', async (t) => {
	const component = await commandOf(`${imports}
		(data (i32.const 64) "one\\ntwo")
		(func (export "_start")
			(call $write (i32.const 1) (i32.const 64) (i32.const 7))
			(call $write (i32.const 2) (i32.const 64) (i32.const 3)))`);
	const vm = bed(await prepared(component));
	vm.start();
	const said = vm.said.flatMap((r) => (r.tag === 'log' ? [`${r.line.level}: ${r.line.text}`] : []));
	t.deepEqual(
		said.filter((line) => !line.startsWith('debug')),
		['info: one', 'info: two', 'warn: one'],
	);
	t.true(vm.said.some(({ tag }) => tag === 'started'));
});

test('a program that subscribes runs for every message: it reads it, and what it writes is published', async (t) => {
	const vm = bed(await prepared(await program(copyInput), topics));
	vm.start();
	vm.send('a message');
	vm.send('another');
	t.deepEqual(vm.published().map(textOf), ['a message', 'another']);
});

test('a request is answered with what the program writes, or with its exit code', async (t) => {
	const component = await program(`${copyInput}
		(if (i32.eq (i32.load8_u (i32.const 1024)) (i32.const 33)) (then (call $proc_exit (i32.const 1))))`);
	const vm = bed(await prepared(component, topics));
	vm.start();
	vm.send('ask', 7);
	vm.send('!', 8);
	vm.send('! nobody asked');
	const [answer, failure] = vm.said.flatMap((r) => (r.tag === 'answer' ? [r] : []));
	t.is(answer?.correlation, 7);
	t.deepEqual(answer?.outcome.val, bytesOf('ask'));
	t.deepEqual(failure?.outcome, { tag: 'err', val: 'refused' });
	t.deepEqual(vm.published(), []);
	t.true(vm.lines().includes('exited with 1 for a message on a.in; its output is dropped'));
	t.deepEqual(vm.faults(), []);
});

test('a program that exits badly at its start has not started', async (t) => {
	const vm = bed(await prepared(await program('(call $proc_exit (i32.const 3))')));
	vm.start();
	t.deepEqual(vm.faults(), ['refused']);
	t.true(vm.said.some((r) => r.tag === 'fault' && r.message.endsWith('exited with 1')));
});

test('each run has a new memory', async (t) => {
	const component = await commandOf(`${imports}
		(func (export "_start")
			(i32.store8 (i32.const 64) (i32.add (i32.const 48) (i32.load8_u (i32.const 65))))
			(i32.store8 (i32.const 65) (i32.const 1))
			(call $write (i32.const 1) (i32.const 64) (i32.const 1)))`);
	const vm = bed(await prepared(component, topics));
	vm.start();
	vm.send('');
	vm.send('');
	t.deepEqual(vm.published().map(textOf), ['0', '0']);
});

test('arguments, environment and input are those of the config, and nothing of the process', async (t) => {
	const component = await program(`
		(drop (call $args_sizes_get (i32.const 16) (i32.const 20)))
		(drop (call $args_get (i32.const 512) (i32.const 1024)))
		(call $write (i32.const 1) (i32.const 1024) (i32.load (i32.const 20)))
		(drop (call $environ_sizes_get (i32.const 24) (i32.const 28)))
		(drop (call $environ_get (i32.const 512) (i32.const 2048)))
		(call $write (i32.const 1) (i32.const 2048) (i32.load (i32.const 28)))
		${copyInput}`);
	const settings = Settings.encode({
		arguments: ['--loud'],
		environment: [{ name: 'PLACE', value: 'box' }],
		stdin: bytesOf('input'),
	});
	const config = { type: 'mullion.command.Settings', bytes: settings.toBase64() };
	const vm = bed(await prepared(component, { config }));
	vm.start();
	const text = vm.lines().find((line) => line.includes('--loud'));
	t.is(text, 'stranger\0--loud\0PLACE=box\0input');

	const alone = bed(await prepared(component));
	alone.start();
	t.true(alone.lines().includes('stranger\0'));
});

test('its clock is that of the platform in the steps of its grant, and sleeping keeps nobody waiting', async (t) => {
	// A subscription to the monotonic clock, 10 s from now, in between two looks at it.
	const component = await program(`
		(drop (call $clock_time_get (i32.const 0) (i64.const 1) (i32.const 64)))
		(drop (call $clock_time_get (i32.const 1) (i64.const 1) (i32.const 72)))
		(i32.store8 (i32.const 136) (i32.const 0))
		(i32.store (i32.const 144) (i32.const 1))
		(i64.store (i32.const 152) (i64.const 10000000000))
		(drop (call $poll_oneoff (i32.const 128) (i32.const 256) (i32.const 1) (i32.const 16)))
		(drop (call $clock_time_get (i32.const 1) (i64.const 1) (i32.const 80)))
		(call $write (i32.const 1) (i32.const 64) (i32.const 24))`);
	const vm = bed(await prepared(component, { publishes: topics.publishes }));
	vm.clock.advance(1234.5678);
	vm.start();
	const view = new DataView((vm.published()[0] ?? new Uint8Array(24)).buffer);
	const [wall, before, after] = [0, 8, 16].map((at) => view.getBigUint64(at, true)) as [
		bigint,
		bigint,
		bigint,
	];
	t.is(wall % 1_000_000n, 0n);
	t.is(wall, BigInt(Math.floor(vm.clock.now() / 1000)) * 1_000_000n);
	t.is(after - before, 10_000_000_000n);
});

test('randomness comes from the port', async (t) => {
	const component = await program(`
		(drop (call $random_get (i32.const 64) (i32.const 16)))
		(call $write (i32.const 1) (i32.const 64) (i32.const 16))`);
	const code = await prepared(component, { publishes: topics.publishes });
	const [one, other] = [bed(code), bed(code)];
	one.start();
	other.start();
	t.is(one.published()[0]?.length, 16);
	t.deepEqual(one.published(), other.published());
});

test('there are no files: nothing can be opened, and the log says that it was asked for', async (t) => {
	const component = await commandOf(`${imports}
		(data (i32.const 512) "etc/passwd")
		(func (export "_start")
			(i32.store8 (i32.const 64) (call $path_open (i32.const 3) (i32.const 0) (i32.const 512) (i32.const 10)
				(i32.const 0) (i64.const 2) (i64.const 0) (i32.const 0) (i32.const 32)))
			(call $write (i32.const 1) (i32.const 64) (i32.const 1)))`);
	const vm = bed(await prepared(component, { publishes: topics.publishes }));
	vm.start();
	const badFile = 8;
	t.deepEqual(vm.published(), [Uint8Array.of(badFile)]);
	t.true(vm.lines().some((line) => line.includes('wasi:filesystem/preopens')));
});
