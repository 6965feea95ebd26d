import test from 'ava';
import fc from 'fast-check';
import { guestStack } from '../../vm/guest-stack.ts';
import { originsOf } from './origins.ts';
import { binaryOf, startMetered } from './testbed.ts';

/** The stack of a call that traps. */
function stackOf(call: () => unknown) {
	try {
		call();
	} catch (error) {
		return guestStack(error);
	}
	return [];
}

const places = (frames: readonly { function: number; offset: number }[]) =>
	frames.map(({ function: index, offset }) => [index, offset]);

/** Code that changes nothing that anybody sees, in front of what traps. */
const fillers = [
	'(nop)',
	'(drop (i32.add (i32.const 300) (local.get $n)))',
	'(local.set $m (i32.const 3)) (loop $l (local.set $m (i32.sub (local.get $m) (i32.const 1))) (br_if $l (local.get $m)))',
	'(call $leaf)',
	'(memory.fill (i32.const 0) (i32.const 1) (i32.const 9))',
	'(block (loop (call $leaf)))',
	'(if (local.get $n) (then (call $leaf)) (else (nop)))',
];
const traps = [
	'(unreachable)',
	'(drop (i32.div_s (i32.const 1) (i32.const 0)))',
	'(drop (i32.load (i32.const 65536)))',
	'(call $deep (i32.sub (local.get $n) (i32.const 1)))',
	'(loop $x (if (local.get $n) (then (call $deep (i32.sub (local.get $n) (i32.const 1))))) (unreachable))',
];
const code = fc.array(fc.constantFrom(...fillers), { maxLength: 12 }).map((parts) => parts.join(' '));

test('a trap in an instrumented module is found at the offset that it has in the original', async (t) => {
	const property = fc.asyncProperty(code, fc.constantFrom(...traps), code, async (before, trap, after) => {
		const core = await binaryOf(`(memory 1 1) (func $leaf (nop)) (func $deep (param $n i32) (local $m i32)
			(if (i32.eqz (local.get $n)) (then (unreachable))) ${before} ${trap} ${after})
			(func (export "run") (call $deep (i32.const 3)))`);
		const plain = new WebAssembly.Instance(new WebAssembly.Module(core));
		const expected = stackOf(plain.exports['run'] as () => unknown);
		const origin = originsOf(core);

		const found = stackOf(() => startMetered(core).call('run'));

		t.true(expected.length > 1);
		t.deepEqual(
			places(found.flatMap((frame) => origin(frame.offset).map((offset) => ({ ...frame, offset })))),
			places(expected),
		);
	});
	await fc.assert(property, { numRuns: 150 });
});

test('a turn that used up its fuel is found in its loop', async (t) => {
	const core = await binaryOf('(func (export "run") (nop) (nop) (loop (br 0)))');
	const [{ function: index, offset } = { function: -1, offset: -1 }] = stackOf(() =>
		startMetered(core, 1000).call('run'),
	);

	const [at = -1] = originsOf(core)(offset);

	t.is(index, 0);
	// `br`, behind `nop nop loop void`.
	t.is(core[at], 0x0c);
	t.deepEqual(originsOf(core)(3), []);
});
