import { parse } from '@bytecodealliance/jco-transpile/wasm-tools';
import test from 'ava';
import { transpile } from '../../firmware/hal/transpile.ts';
import { ComponentError } from '../component/error.ts';
import { repairs } from './glue-repairs.ts';
import { loadGlue, scriptOf } from './glue-script.ts';
import { meteredGlobals } from './metered-globals.ts';
import { commandOf } from './testbed.ts';

const globals = meteredGlobals(() => undefined);
const { source } = await transpile(await commandOf('(memory (export "memory") 1) (func (export "_start"))'));

test('glue of the version that is pinned has what is replaced in it, each once', (t) => {
	const script = scriptOf(source);
	t.false(script.includes('JCO_DEBUG'));
	t.regex(script, /const _debugLog = \(\) => \{\};/);
	t.is(typeof loadGlue(script, globals), 'function');
});

test('glue with handles has every place that is repaired', async (t) => {
	const component = await parse(`(component
		(type $r (resource (rep i32)))
		(core func $new (canon resource.new $r))
		(core func $drop (canon resource.drop $r))
		(core func $rep (canon resource.rep $r))
		(core module $m
			(import "" "new" (func (param i32) (result i32)))
			(import "" "drop" (func (param i32)))
			(import "" "rep" (func (param i32) (result i32)))
			(func (export "run")))
		(core instance $i (instantiate $m (with "" (instance
			(export "new" (func $new)) (export "drop" (func $drop)) (export "rep" (func $rep))))))
		(func (export "run") (canon lift (core func $i "run"))))`);
	const { source } = await transpile(component);
	const script = scriptOf(source);
	for (const { of, by } of repairs.filter(({ isRepeated }) => !isRepeated)) {
		t.true(source.includes(of), of);
		t.true(script.includes(by), by);
	}
});

test('glue that lifts resources of the host makes none of them up', (t) => {
	// The command's own WASI has many.
	t.regex(source, /= Object\.create\(\w+\.prototype\)/);
	const made = scriptOf(source).match(/.*[^\n]*= Object\.create\(\w+\.prototype\)/g) ?? [];
	t.true(made.length > 0);
	for (const line of made)
		t.regex(line, /throw new WebAssembly\.RuntimeError\(\/unknown handle\/\.source\);/);
});

test('what is put into glue ends no quotes, as it could stand in a name', (t) => {
	for (const { by } of repairs) t.notRegex(by, /['"`\\]/);
});

for (const [what, change] of Object.entries({
	'whose handles are checked in another way': (text: string) => text.replace('val === 0', 'val == 0'),
	'that does not trace as it is known to': (text: string) => text.replace('JCO_DEBUG', 'JCO_TRACE'),
	'that traces twice': (text: string) =>
		text + (/ {2}const _debugLog =[\s\S]*?\n {2}\};/.exec(text)?.[0] ?? ''),
	'that imports a module': (text: string) => `import fs from 'node:fs';\n${text}`,
	'that imports a module later': (text: string) => text.replace('"use components";', 'import("node:fs");'),
	'that exports something else': (text: string) => `${text}\nexport const other = 1;`,
	'that cannot be instantiated': (text: string) =>
		text.replace('export function instantiate', 'function make'),
}))
	test(`glue ${what} is refused`, (t) => {
		const changed = change(source);
		t.not(changed, source);
		const error = t.throws(() => scriptOf(changed), { instanceOf: ComponentError });
		t.is(error?.code, 'glue-failed');
	});

test('glue sees nothing of the process', (t) => {
	const names = [
		'process',
		'fetch',
		'setTimeout',
		'setInterval',
		'queueMicrotask',
		'crypto',
		'Buffer',
		'require',
	];
	const seen = loadGlue(
		`return () => [...[${names.map((name) => `typeof ${name}`)}], Object.keys(globalThis).join()]`,
		globals,
	) as unknown as () => string[];
	t.deepEqual(seen(), [...names.map(() => 'undefined'), 'WebAssembly,TextDecoder,Uint8Array']);
});
