import test from 'ava';
import { guestStack } from './guest-stack.ts';

const withStack = (stack: string, cause?: unknown): Error =>
	Object.assign(new Error('x', { cause }), { stack });

test('only frames of the guest are read, with the names that it carries', (t) => {
	const stack = `RuntimeError: unreachable
    at wasm://wasm/0009a8be:wasm-function[3]:0x3a2
    at assembly/index/Probe#obey (wasm://wasm/0009a8be:wasm-function[77]:0x2da2)
    at ServiceGuest.turn (file:///box/service.ts:12:3)
    at process.processTicksAndRejections (node:internal/process/task_queues:104:5)`;

	t.deepEqual(guestStack(withStack(stack)), [
		{ function: 3, offset: 0x3a2 },
		{ function: 77, offset: 0x2da2, name: 'assembly/index/Probe#obey' },
	]);
});

test('an error that was made of a trap has the stack of the trap, and any other has none', (t) => {
	const trap = withStack('RuntimeError: x\n    at wasm://wasm/1:wasm-function[1]:0x10');
	t.deepEqual(guestStack(withStack('VmError: x\n    at here (file:///a.ts:1:1)', trap)), [
		{ function: 1, offset: 16 },
	]);
	for (const error of [withStack('Error: x\n    at a (file:///a.ts:1:1)'), undefined, 'text', new Error('x')])
		t.deepEqual(guestStack(error), []);
});
