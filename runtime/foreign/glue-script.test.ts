import test from 'ava';
import { transpile } from '../../firmware/hal/transpile.ts';
import { ComponentError } from '../component/error.ts';
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

for (const [what, change] of Object.entries({
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
