import test from 'ava';
import { instrument } from './instrument.ts';
import { binaryOf } from './testbed.ts';

test('the engine is told of the checks of functions with loops and of those that call themselves, and of no others', async (t) => {
	const core = await binaryOf(`
		(import "mullion:service/log@0.1.0" "write" (func))
		(func $loops (loop (br 0)))
		(func $recurs (call $recurs) (call $recurs))
		(func $calls (call $loops) (call $recurs))
		(func $leaf)
		(func (export "run") (call $calls) (call $leaf))`);
	const [section] = WebAssembly.Module.customSections(
		new WebAssembly.Module(instrument(core)),
		'metadata.code.branch_hint',
	);
	const numbers = [...new Uint8Array(section ?? new ArrayBuffer(0))];
	const [count = 0] = numbers.splice(0, 1);
	const hinted: number[] = [];
	for (let left = count; left > 0; left--) {
		const [index = 0, branches = 0] = numbers.splice(0, 2);
		hinted.push(index);
		for (let branch = branches; branch > 0; branch--) {
			// One byte of hint: unlikely.
			const [, length, hint] = numbers.splice(0, 3);
			t.deepEqual([length, hint], [1, 0]);
		}
	}
	t.deepEqual(hinted, [1, 2]);
	t.deepEqual(numbers, []);
});
