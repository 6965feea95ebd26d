import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { transpile } from '../../firmware/hal/transpile.ts';
import { decodeAny } from '../../proto/host/codec.ts';
import { prepareComponent } from '../../runtime/component/prepare.ts';
import { commandOf, provided } from '../../runtime/foreign/testbed.ts';
import { startFolder, type } from '../cli/trial-desk.ts';
import { buildModule } from './component.ts';

const manifest = {
	name: 'hello',
	version: '1.2.3',
	vendor: 'acme',
	publishes: { 'hello.said': 'acme.Line' },
	config: { type: 'mullion.command.Settings', value: { arguments: ['--loud'] } },
};
const proto = 'syntax = "proto3"; package acme; message Line { string text = 1; }';
const glue = { make: transpile };

const component = await commandOf('(memory (export "memory") 1) (func (export "_start"))');

async function folder(t: Parameters<typeof startFolder>[0]): Promise<string> {
	const cwd = await startFolder(t);
	await mkdir(join(cwd, 'proto'));
	await writeFile(join(cwd, 'proto/line.proto'), proto);
	await writeFile(join(cwd, 'manifest.json'), JSON.stringify(manifest));
	await writeFile(join(cwd, 'component.wasm'), component);
	return cwd;
}

test('a folder with a component and a manifest is a module like any other', async (t) => {
	const cwd = await folder(t);
	const [built] = await buildModule({ directory: cwd });
	if (built === undefined) return t.fail();
	t.is(built.path, join(cwd, 'dist/hello.wasm'));
	// What is not said: its turns cannot be interrupted.
	t.is(built.manifest.priority, 'background');
	const prepared = await prepareComponent(built.bytes, { provided, glue });
	t.is(prepared.foreign?.world, 'command');
	t.deepEqual(prepared.foreign?.surroundings.arguments, ['hello', '--loud']);
	t.deepEqual(decodeAny(JSON.parse(prepared.schema), 'acme.Line', Uint8Array.of(10, 1, 65)), { text: 'A' });

	const [again] = await buildModule({ directory: cwd });
	t.deepEqual(again?.bytes, built.bytes);
	const other = await commandOf('(memory (export "memory") 2) (func (export "_start"))');
	await writeFile(join(cwd, 'component.wasm'), other);
	const [changed] = await buildModule({ directory: cwd });
	t.notDeepEqual(changed?.bytes, built.bytes);
});

test('"mullion wrap" makes of a file and its manifest what can be pushed', async (t) => {
	const cwd = await folder(t);
	const { code, json, err } = await type(
		['wrap', 'component.wasm', '--manifest', 'manifest.json', '--out', 'made', '--json'],
		{ cwd },
	);
	t.is(code, 0, err);
	const path = join(cwd, 'made/hello.wasm');
	t.like(json(), { 0: { name: 'hello', version: '1.2.3', path } });
	const bytes = new Uint8Array(await readFile(path));
	t.is((await prepareComponent(bytes, { provided, glue })).manifest.name, 'hello');

	const twice = await type(['wrap', 'made/hello.wasm', '-m', 'manifest.json'], { cwd });
	t.is(twice.code, 1);
	t.regex(twice.err, /carries a manifest already \(no-component\)/);
	await writeFile(join(cwd, 'core.wasm'), Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0));
	t.regex((await type(['wrap', 'core.wasm', '-m', 'manifest.json'], { cwd })).err, /\(no-component\)/);
	t.regex((await type(['wrap', 'none.wasm', '-m', 'manifest.json'], { cwd })).err, /\(no-component\)/);
});

test('what a box would refuse of the manifest is refused before it is made', async (t) => {
	const cwd = await folder(t);
	const wrapped = async (change: object): Promise<string> => {
		await writeFile(join(cwd, 'manifest.json'), JSON.stringify({ ...manifest, ...change }));
		const { code, err } = await type(['wrap', 'component.wasm', '--manifest', 'manifest.json'], { cwd });
		t.is(code, 1);
		return err;
	};
	t.regex(
		await wrapped({ durability: { mode: 'journal' } }),
		/durability\.mode must be "none".*bad-manifest-file/,
	);
	t.regex(await wrapped({ priority: 'realtime' }), /priority must not be "realtime".*bad-manifest-file/);
	t.regex(
		await wrapped({ capabilities: { 'key-valu': {} } }),
		/capabilities\.key-valu is not a capability of the platform; did you mean "key-value"\?/,
	);
});
