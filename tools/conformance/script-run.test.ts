import test from 'ava';
import { ConformanceError } from './conformance-error.ts';
import { localGlue } from './local-glue.ts';
import type { Outcome } from './result.ts';
import { runScript } from './script-run.ts';

/** A component of one core module, with its memory as `$mem`. */
const component = (core: string, functions: string, head = 'component') => `(${head}
	(core module $m (memory (export "mem") 1)
		(func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 64)) ${core})
	(core instance $i (instantiate $m))
	(alias core export $i "mem" (core memory $mem))
	(alias core export $i "realloc" (core func $realloc))
	${functions})`;

const double = component(
	'(func (export "f") (param i32) (result i32) (i32.mul (local.get 0) (i32.const 2)))',
	'(func (export "twice-it") (param "x" u32) (result u32) (canon lift (core func $i "f")))',
);
const text = (bytes: string, length: number) =>
	component(
		`(data (i32.const 8) "${bytes}") (data (i32.const 0) "\\08\\00\\00\\00\\${length.toString(16).padStart(2, '0')}\\00\\00\\00")
		(func (export "f") (result i32) (i32.const 0))`,
		'(func (export "say") (result string) (canon lift (core func $i "f") (memory $mem)))',
	);
const traps = component(
	'(func (export "f") unreachable)',
	'(func (export "f") (canon lift (core func $i "f")))',
	'component definition $Traps',
);
const drops = `(component
	(type $r (resource (rep i32)))
	(core func $drop (canon resource.drop $r))
	(core module $m (import "" "drop" (func $drop (param i32))) (func (export "f") (call $drop (i32.const 77))))
	(core instance $i (instantiate $m (with "" (instance (export "drop" (func $drop))))))
	(func (export "f") (canon lift (core func $i "f"))))`;

/** After the return of a call, a guest may clean up and do nothing else. */
const cleansUp = (how: string) => `(component
	(type $r (resource (rep i32)))
	(core func $new (canon resource.new $r))
	(core module $m (import "" "new" (func $new (param i32) (result i32)))
		(func (export "f")) (func (export "clean") ${how}))
	(core instance $i (instantiate $m (with "" (instance (export "new" (func $new))))))
	(func (export "f") (canon lift (core func $i "f") (post-return (core func $i "clean")))))`;
/** The same, where it calls another component. */
const cleansUpElsewhere = `(component
	(component $c (core module $m (func (export "f"))) (core instance $i (instantiate $m))
		(func (export "f") (canon lift (core func $i "f"))))
	(component $d (import "f" (func $f)) (core func $other (canon lower (func $f)))
		(core module $m (import "" "f" (func $f)) (func (export "g")) (func (export "clean") (call $f)))
		(core instance $i (instantiate $m (with "" (instance (export "f" (func $other))))))
		(func (export "g") (canon lift (core func $i "g") (post-return (core func $i "clean")))))
	(instance $ci (instantiate $c))
	(instance $di (instantiate $d (with "f" (func $ci "f"))))
	(func (export "g") (alias export $di "g")))`;

const cases: Readonly<Record<string, readonly [script: string, outcome: Outcome, why: RegExp]>> = {
	'a value that is as expected': [
		`${double} (assert_return (invoke "twice-it" (u32.const 4)) (u32.const 8))`,
		'pass',
		/returned/,
	],
	'a value that is another': [
		`${double} (assert_return (invoke "twice-it" (u32.const 4)) (u32.const 9))`,
		'fail',
		/it returned 8/,
	],
	'a trap': [
		`${traps} (component instance $i $Traps) (assert_trap (invoke "f") "unreachable")`,
		'pass',
		/^trapped: /,
	],
	'a trap where a value is expected': [
		`${traps} (component instance $Traps) (assert_return (invoke "f"))`,
		'fail',
		/^trapped: /,
	],
	'a value where a trap is expected': [
		`${double} (assert_trap (invoke "twice-it" (u32.const 4)) "")`,
		'fail',
		/it returned 8/,
	],
	'a call that asserts nothing and traps': [
		`${traps} (component instance $Traps) (invoke "f")`,
		'fail',
		/^trapped: /,
	],
	'a call of what is not there': [
		`${double} (assert_trap (invoke "thrice-it") "")`,
		'pass',
		/does not export/,
	],
	text: [`${text('h\\c3\\b6', 3)} (assert_return (invoke "say") (str.const "hö"))`, 'pass', /returned/],
	'bytes that are no text': [
		`${text('h\\c3', 2)} (assert_trap (invoke "say") "")`,
		'pass',
		/^malformed-value: /,
	],
	'a handle that was never given': [`${drops} (assert_trap (invoke "f") "")`, 'pass', /unknown handle/],
	'a guest that cleans up': [`${cleansUp('')} (assert_return (invoke "f"))`, 'pass', /returned/],
	'a guest that makes a handle instead of cleaning up': [
		`${cleansUp('(drop (call $new (i32.const 1)))')} (assert_trap (invoke "f") "")`,
		'pass',
		/cannot leave/,
	],
	'a guest that calls another instead of cleaning up': [
		`${cleansUpElsewhere} (assert_trap (invoke "g") "")`,
		'pass',
		/cannot leave/,
	],
	'a start function that traps': [
		'(assert_trap (component (core module $m (func $f unreachable) (start $f)) (core instance (instantiate $m))) "")',
		'pass',
		/^trapped: /,
	],
	'invalid bytes': [
		'(assert_invalid (component (type (list 7))) "")',
		'pass',
		/^glue-failed: .*out of bounds/,
	],
	'invalid code in a core module': [
		'(assert_invalid (component (core module $m (func i32.add)) (core instance (instantiate $m))) "")',
		'pass',
		/^(?:not-a-component|glue-failed): /,
	],
	'bytes that are no component': [
		'(assert_malformed (component binary "\\00asm\\0d") "")',
		'pass',
		/^not-a-component: /,
	],
	'valid bytes that should be refused': ['(assert_invalid (component (type u8)) "")', 'fail', /it is taken/],
	'text that has no bytes': [
		'(assert_malformed (component quote "(type $)") "")',
		'not-ours',
		/the text has no bytes/,
	],
	'a component that needs more than a box gives': [
		'(component (core module $m (memory 2000)) (core instance (instantiate $m)))',
		'not-ours',
		/^memory-unbounded: /,
	],
	'a component that cannot be read': ['(component (canon later.new))', 'not-run', /^no bytes: /],
	'a call without a component': ['(assert_return (invoke "f"))', 'not-run', /no component/],
	'a command of later scripts': [
		'(assert_suspension (invoke "f"))',
		'not-run',
		/assert_suspension is unknown/,
	],
};

for (const [what, [script, outcome, why]] of Object.entries(cases))
	test(`${what}: ${outcome}`, async (t) => {
		const results = await runScript(script, localGlue());
		const last = results.at(-1);
		t.is(last?.outcome, outcome, last?.why);
		t.regex(last?.why ?? '', why);
		for (const before of results.slice(0, -1)) t.is(before.outcome, 'pass', before.why);
	});

test('what is asserted of a component that could not be had is not run', async (t) => {
	const results = await runScript('(component (canon later.new)) (assert_trap (invoke "f") "")', localGlue());
	t.deepEqual(
		results.map(({ outcome }) => outcome),
		['not-run', 'not-run'],
	);
});

test('a definition can be instantiated again, and begins anew', async (t) => {
	const counter = component(
		`(global $n (mut i32) (i32.const 0))
		(func (export "f") (result i32) (global.set $n (i32.add (global.get $n) (i32.const 1))) (global.get $n))`,
		'(func (export "count") (result u32) (canon lift (core func $i "f")))',
		'component definition $Counter',
	);
	const count = (value: number) => `(assert_return (invoke "count") (u32.const ${value}))`;
	const instance = '(component instance $i $Counter)';
	const results = await runScript(
		`${counter} ${instance} ${count(1)} ${count(2)} ${instance} ${count(1)}`,
		localGlue(),
	);
	t.deepEqual(
		results.map(({ outcome, line }) => [outcome, line > 0]),
		Array.from({ length: 4 }, () => ['pass', true]),
	);
});

test('a script that is none is an error', async (t) => {
	for (const script of ['(component', 'component)', '"text"', '(invoke)'])
		await t.throwsAsync(
			runScript(script, localGlue()),
			{ instanceOf: ConformanceError, code: 'bad-script' },
			script,
		);
});
