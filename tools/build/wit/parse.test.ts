import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { componentEmbed } from '@bytecodealliance/jco-transpile/wasm-tools';
import test from 'ava';
import fc from 'fast-check';
import { generateGuest } from './guest/generate.ts';
import { generateHost } from './host/generate.ts';
import { parseWit } from './parse.ts';
import { anyPackage } from './proof/package.ts';
import { WitError } from './wit-error.ts';

const service = await readFile(join(import.meta.dirname, '../../../proto/wit/service.wit'), 'utf8');

test('the contract of services is read as it stands', (t) => {
	const source = parseWit(service);
	t.is(source.name, 'mullion:service');
	t.is(source.version, '0.1.0');
	t.deepEqual(
		source.interfaces.map(({ id }) => id),
		[
			'mullion:service/types@0.1.0',
			'mullion:service/log@0.1.0',
			'mullion:service/key-value@0.1.0',
			'mullion:service/guest@0.1.0',
		],
	);
	const [types] = source.interfaces;
	const delivery = types?.definitions.find(({ name }) => name === 'delivery');
	t.true(delivery?.docs.startsWith('A message of a topic this service subscribes.'));
	t.like(delivery?.body, {
		kind: 'record',
		fields: [{ name: 'topic' }, { name: 'sender' }, { name: 'correlation' }, { name: 'payload' }],
	});
});

test('a type that an interface uses is the very one that another declares', (t) => {
	const source = parseWit(`package a:b; interface one { record r { x: u8 } }
		interface two { use one.{r as s}; f: func(v: s) -> list<s>; }`);
	const [one, two] = source.interfaces;
	const param = two?.funcs[0]?.params[0]?.type;
	t.is(param?.kind === 'named' ? param.definition : undefined, one?.definitions[0]);
});

test('types may be used before they are declared', (t) => {
	const { interfaces } = parseWit('package a:b; interface i { record r { x: late } enum late { a } }');
	t.is(interfaces[0]?.definitions.length, 2);
});

const refused: readonly (readonly [text: string, code: string, message: string])[] = [
	['package a;', 'wit-syntax', 'x.wit:1:10: expected `:`'],
	['package a:b;\ninterface i {', 'wit-syntax', 'x.wit:2:14: expected a name, found the end of the text'],
	['package a:b;\ninterface i { f: func(a u8); }', 'wit-syntax', 'x.wit:2:25: expected `:`'],
	['package a:b; interface i { type t = list; }', 'wit-syntax', 'x.wit:1:41: expected `<`'],
	['package a:b; interface i { record r { } }', 'wit-syntax', 'record r is empty'],
	['package a:b; interface i { record list { a: u8 } }', 'wit-syntax', 'write %list'],
	['package a:b; interface i { record aB { a: u8 } }', 'wit-syntax', 'not kebab-case'],
	['package a:b; # no', 'wit-syntax', 'x.wit:1:14: unexpected "#"'],
	['package a:b; /* no end', 'wit-syntax', 'x.wit:1:14: unexpected "/"'],
	['package a:b; interface i { resource r; }', 'wit-unsupported', 'x.wit:1:28: a resource'],
	['package a:b; interface i { f: async func(); }', 'wit-unsupported', 'an async function'],
	['package a:b; interface i { f: func(a: stream<u8>); }', 'wit-unsupported', 'the type `stream`'],
	['package a:b; interface i { type t = list<u8, 4>; }', 'wit-unsupported', 'a list of fixed length'],
	['package a:b; world w { import c:d/e; }', 'wit-unsupported', 'an interface of another package'],
	['package a:b; world w { include v; }', 'wit-unsupported', '`include`'],
	['package a:b; @since(version = 1.0.0) interface i {}', 'wit-unsupported', 'a feature gate'],
	['package a:b; interface i { type t = u; }', 'wit-unknown-name', 'x.wit:1:37: no type u'],
	['package a:b; interface i { use j.{t}; }', 'wit-unknown-name', 'no interface j'],
	['package a:b; interface i {} interface j { use i.{t}; }', 'wit-unknown-name', 'no type t in i'],
	['package a:b; world w { export i; }', 'wit-unknown-name', 'no interface i'],
	['package a:b; interface i { enum e { a, A } }', 'wit-duplicate-name', 'second member of e named A'],
	['package a:b; interface i { enum e { a } e: func(); }', 'wit-duplicate-name', 'second e'],
	['package a:b; interface i { record r { r: list<r> } }', 'wit-recursive-type', 'r contains itself'],
	['package a:b; interface i { use j.{t}; } interface j { use i.{t}; }', 'wit-recursive-type', 'uses itself'],
];

for (const [text, code, message] of refused) {
	test(`refused with ${code}: ${text.replaceAll('\n', ' ')}`, (t) => {
		const error = t.throws(() => parseWit(text, 'x.wit'), { instanceOf: WitError });
		t.is<string | undefined, string>(error?.code, code);
		t.true(error?.message.includes(message), error?.message);
	});
}

test('two names that become one in the generated code are refused', (t) => {
	const source = parseWit(
		'package a:b; interface i { variant v { x(u8) } record v-x { a: u8 } } world w { import i; }',
	);
	const error = t.throws(() => generateGuest({ package: source, world: 'w' }), { instanceOf: WitError });
	t.is(error?.code, 'wit-duplicate-name');
});

test('whatever package is well-formed for the reference implementation is so for us, with everything in it', async (t) => {
	await fc.assert(
		fc.asyncProperty(anyPackage, async ({ text, definitions, funcs }) => {
			const [face] = parseWit(text).interfaces;
			t.is(face?.definitions.length, definitions);
			t.is(face?.funcs.length, funcs);
			// The dummy module of a world can only be made of a text that is valid.
			await componentEmbed({ dummy: true, witSource: text, world: 'w' });
		}),
		{ numRuns: 100 },
	);
});

test('bindings can be written for whatever package can be read', (t) => {
	fc.assert(
		fc.property(anyPackage, ({ text }) => {
			const source = parseWit(text);
			t.true(generateGuest({ package: source, world: 'w' }).files.has('exports.ts'));
			t.true(generateHost({ package: source, world: 'w', supportFolder: '.' }).includes('class WGuest'));
		}),
	);
});

test('a damaged text is read or refused with a place, and nothing else', (t) => {
	const place = fc.nat({ max: service.length });
	const insertion = fc.oneof(
		fc.string({ maxLength: 3 }),
		fc.constantFrom('{', '}', '<', '>', '%', ',', ';', '/*', '//'),
	);
	fc.assert(
		fc.property(place, fc.nat({ max: 20 }), insertion, (at, cut, text) => {
			try {
				parseWit(service.slice(0, at) + text + service.slice(at + cut), 'x.wit');
			} catch (error) {
				if (!(error instanceof WitError)) throw error;
				t.regex(error.message, /^x\.wit:\d+:\d+: /);
			}
		}),
		{ numRuns: 1000 },
	);
});
