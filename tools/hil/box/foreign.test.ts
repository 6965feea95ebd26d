// Programs of other toolchains on a whole box: installed, asked, listened to and removed like any module.
import test from 'ava';
import { bytesOf, commandOf, textOf, withManifest } from '../../../runtime/foreign/testbed.ts';
import { TestBox } from './test-box.ts';

const box = await TestBox.start();
await box.install(await box.publish(box.probe.built));
/** Copies its input to its output; one that begins with `!` it never comes to an end with. */
const program = await commandOf(`
	(import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
	(import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
	(memory (export "memory") 1)
	(data (i32.const 2048) "read something\\n")
	(func (export "_start")
		(i32.store (i32.const 0) (i32.const 64))
		(i32.store (i32.const 4) (i32.const 1024))
		(drop (call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)))
		(if (i32.eq (i32.load8_u (i32.const 64)) (i32.const 33)) (then (loop (br 0))))
		(i32.store (i32.const 4) (i32.load (i32.const 8)))
		(drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))
		(i32.store (i32.const 0) (i32.const 2048))
		(i32.store (i32.const 4) (i32.const 15))
		(drop (call $write (i32.const 2) (i32.const 0) (i32.const 1) (i32.const 8))))`);

test.after.always(() => box[Symbol.asyncDispose]());

const manifest = {
	name: 'stranger',
	version: '1.0.0',
	vendor: 'acme',
	priority: 'background',
	subscribes: { 'stranger.in': 'acme.Line' },
	budget: { turnMs: 100, memoryPages: 32 },
};

const ask = async (text: string): Promise<string> => {
	const answer = await box.stage.operator.operate(
		'Device.X_MULLION_Bus.Request()',
		{ Topic: 'stranger.in', Payload: bytesOf(text).toBase64(), DeadlineMs: '20000' },
		{ isSync: true },
	);
	return textOf(Uint8Array.fromBase64(String(answer['Payload'])));
};

test.serial('a WASI program is installed, answers, and writes into the log of the box', async (t) => {
	const url = await box.sign(withManifest(program, manifest), 'modules/stranger.wasm');
	t.deepEqual(await box.install(url), { fault: 0, code: '' });
	const from = box.lines.length;
	t.is(await ask('who is there'), 'who is there');
	await box.line(/stranger.*read something/, from);
	t.like(await box.vm('stranger'), { state: 'running' });
});

test.serial('one that never ends is ended, alone, and is there again', async (t) => {
	const from = box.lines.length;
	await t.throwsAsync(ask('!'));
	t.regex(await box.line(/stranger: running -> backing-off/, from), /over-budget/);
	await box.echo();
	await box.line(/stranger: starting -> running/, from);
	await box.restart('stranger');
	t.is(await ask('again'), 'again');
});

test.serial('after a power cut it is linked anew, and removed it is gone', async (t) => {
	await box.stage.powerCut();
	const from = box.lines.length;
	await box.stage.powerOn();
	await box.line(/stranger: starting -> running/, from);
	t.is(await ask('still there'), 'still there');
	t.deepEqual(await box.uninstall('stranger'), { fault: 0, code: '' });
	t.deepEqual(await box.modules(), ['probe 0.1.0']);
});

test.serial('what asks for more than a foreign component can have is refused, with a code', async (t) => {
	const bytes = withManifest(program, { ...manifest, priority: 'realtime' });
	const url = await box.sign(bytes, 'modules/hasty.wasm');
	t.is((await box.install(url)).code, 'foreign-not-realtime');
});
