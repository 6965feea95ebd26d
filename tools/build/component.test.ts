import { appendFile, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import protobuf from 'protobufjs';
import { decodeComponent } from '../../runtime/component/decode.ts';
import { prepareComponent } from '../../runtime/component/prepare.ts';
import { BuildError, type buildErrors } from './build-error.ts';
import { buildModule } from './component.ts';
import type { DebugMap } from './debug-map.ts';
import { copyDiary } from './proof/diary.ts';

const provided = new Map([
	['mullion:service/log@0.1.0', undefined],
	['mullion:service/key-value@0.1.0', 'key-value'],
]);

// One after the other: the compiler takes a processor of its own.
test.serial('a module with personas becomes a component for each, which a box takes', async (t) => {
	const { directory, remove } = await copyDiary();
	t.teardown(remove);
	// Two at once, as two terminals or two test processes would.
	const [built, again] = await Promise.all([buildModule({ directory }), buildModule({ directory })]);
	t.deepEqual(
		again.map(({ bytes }) => bytes),
		built.map(({ bytes }) => bytes),
	);
	t.deepEqual(
		built.map(({ name, version, path }) => [name, version, path]),
		[
			['diary-terse', '1.2.3', join(directory, 'dist/diary-terse.wasm')],
			['diary-chatty', '1.2.3', join(directory, 'dist/diary-chatty.wasm')],
		],
	);
	for (const { path, bytes, map, manifest, coreBytes } of built) {
		t.deepEqual(new Uint8Array(await readFile(path)), bytes);
		const prepared = await prepareComponent(bytes, { provided });
		t.deepEqual(prepared.manifest, manifest);
		t.is(prepared.encoding, 'utf16');
		t.is(decodeComponent(bytes).core.length, coreBytes);
		// What only its author needs stays beside it.
		t.deepEqual(WebAssembly.Module.customSections(prepared.module, 'name'), []);
		t.is(await readFile(`${path}.map`, 'utf8'), map);
		const { sources, sourceRoot, x_mullion_functions: names } = JSON.parse(map) as DebugMap;
		t.is(sourceRoot, directory);
		t.true(sources.includes('assembly/index.ts'));
		t.true(Object.values(names).includes('~lib/mullion/sdk/abort/abort'));
	}
	const [terse, chatty] = built;
	t.is(terse?.manifest.persona, 'terse');
	t.deepEqual(terse?.manifest.session, { kind: 'diary', ranges: ['wide'] });
	t.deepEqual(chatty?.manifest.session, { kind: 'diary', ranges: ['short', 'wired'] });

	const schema = new TextDecoder().decode(
		decodeComponent(chatty?.bytes ?? new Uint8Array()).custom.get('mullion:schema'),
	);
	const root = protobuf.Root.fromJSON(JSON.parse(schema));
	const settings = root.lookupType('diary.Settings');
	const config = chatty?.manifest.config.bytes ?? new Uint8Array();
	t.deepEqual(settings.toObject(settings.decode(config), { enums: String }), {
		title: 'a longer title',
		mood: 'GLAD',
	});
	for (const type of ['diary.Order', 'diary.Entry', 'diary.Note', 'mullion.session.Checkpoint']) {
		t.notThrows(() => root.lookupType(type));
	}
	t.throws(() => root.lookupType('diary.Unused'));
});

test.serial('what is built is left alone until something changes, and comes out the same', async (t) => {
	const { directory, remove } = await copyDiary();
	t.teardown(remove);
	const [first] = await buildModule({ directory });
	if (first === undefined) return t.fail();
	const { ino } = await stat(first.path);
	const [unchanged] = await buildModule({ directory });
	t.deepEqual({ ...unchanged, tookMs: 0 }, { ...first, tookMs: 0 });
	t.is((await stat(first.path)).ino, ino);

	await writeFile(first.path, 'damaged');
	const [repaired] = await buildModule({ directory });
	t.deepEqual(repaired?.bytes, first.bytes);

	await writeFile(
		join(directory, 'manifest.json'),
		(await readFile(join(directory, 'manifest.json'), 'utf8')).replace('1.2.3', '1.2.4'),
	);
	const [changed] = await buildModule({ directory });
	t.is(changed?.version, '1.2.4');
});

async function refused(directory: string): Promise<BuildError> {
	try {
		await buildModule({ directory });
	} catch (error) {
		if (error instanceof BuildError) return error;
		throw error;
	}
	throw new Error('it was built');
}

test.serial('an error in the code is told with its place and its line', async (t) => {
	const { directory, remove } = await copyDiary();
	t.teardown(remove);
	await appendFile(join(directory, 'assembly/index.ts'), '\nconst wrong: u32 = missing;\n');
	const lines = (await readFile(join(directory, 'assembly/index.ts'), 'utf8')).split('\n').length - 1;
	const { code, message } = await refused(directory);
	t.is(code, 'does-not-compile');
	t.true(
		message.includes(`assembly/index.ts:${lines}:20: error AS2304: Cannot find name 'missing'.`),
		message,
	);
	t.true(message.includes('    const wrong: u32 = missing;\n                       ~~~~~~~'), message);
});

test.serial('what a service does not have is refused, with the place and what to use instead', async (t) => {
	const { directory, remove } = await copyDiary();
	t.teardown(remove);
	const path = join(directory, 'assembly/index.ts');
	const text = await readFile(path, 'utf8');
	const uses =
		'console.log("x"); const t = Date.now(); const r = Math.random(); this.write((t + <i64>r).toString(), turn);';
	await writeFile(path, text.replace('start(turn: Turn): void {', `start(turn: Turn): void { ${uses}`));
	const line = text.slice(0, text.indexOf('start(turn')).split('\n').length;
	const { code, message } = await refused(directory);
	t.is(code, 'forbidden-import');
	for (const what of ['console', 'clock', 'randomness']) {
		t.true(
			message
				.split('\n')
				.some((each) => each.startsWith(`assembly/index.ts:${line}: `) && each.includes(what)),
			message,
		);
	}
});

interface BadManifest {
	readonly does: string;
	readonly change: (manifest: Record<string, unknown>) => unknown;
	readonly code: keyof typeof buildErrors;
	readonly names: string;
}

const badManifests: readonly BadManifest[] = [
	{ does: 'is a list', change: () => [], code: 'bad-manifest-file', names: 'must be a JSON object' },
	{
		does: 'has a field that nobody knows',
		change: (json) => ({ ...json, colour: 'red' }),
		code: 'bad-manifest-file',
		names: 'colour is not a field of this version; there are name, version, ',
	},
	{
		does: 'has no version',
		change: ({ version, ...json }) => json,
		code: 'bad-manifest-file',
		names: 'version',
	},
	{
		does: 'names a message that nobody declares',
		change: (json) => ({ ...json, publishes: { 'diary.entry': 'diary.Entri' } }),
		code: 'unknown-type',
		names: 'diary.Entri',
	},
	{
		does: 'sets what the configuration does not have',
		change: (json) => ({ ...json, personas: { a: { ranges: ['wide'], config: { titel: 'x' } } } }),
		code: 'bad-config',
		names: 'personas.a.config.titel',
	},
	{
		does: 'sets a number to a text',
		change: (json) => ({ ...json, personas: { a: { ranges: ['wide'], config: { limits: ['1'] } } } }),
		code: 'bad-config',
		names: 'personas.a.config.limits[0]',
	},
	{
		does: 'gives a persona something else',
		change: (json) => ({ ...json, personas: { a: { ranges: ['wide'], budget: {} } } }),
		code: 'bad-manifest-file',
		names: 'personas.a.budget',
	},
	{
		does: 'has a persona of no range',
		change: (json) => ({ ...json, personas: { a: { ranges: ['far'] } } }),
		code: 'bad-manifest-file',
		names: 'ranges',
	},
];

test.serial('a manifest that says something twice is not built, and where is told', async (t) => {
	const { directory, remove } = await copyDiary();
	t.teardown(remove);
	const path = join(directory, 'manifest.json');
	const text = await readFile(path, 'utf8');
	await writeFile(path, text.replace('{', '{\n"version": "9.9.9",'));
	const error = await refused(directory);
	t.is(error.code, 'bad-manifest-file');
	t.regex(error.message, /manifest\.json:\d+: "version" stands there twice$/);
});

for (const { does, change, code, names } of badManifests) {
	test.serial(`a module whose manifest ${does} is not built`, async (t) => {
		const { directory, remove } = await copyDiary();
		t.teardown(remove);
		const path = join(directory, 'manifest.json');
		await writeFile(path, JSON.stringify(change(JSON.parse(await readFile(path, 'utf8')))));
		const error = await refused(directory);
		t.is(error.code, code);
		t.true(error.message.includes(names), error.message);
	});
}

test.serial('a folder without a manifest or without code is no module', async (t) => {
	const { directory, remove } = await copyDiary();
	t.teardown(remove);
	await rm(join(directory, 'assembly/index.ts'));
	t.is((await refused(directory)).code, 'no-module');
	await rm(join(directory, 'manifest.json'));
	t.is((await refused(directory)).code, 'no-module');
});

test.serial('a build can be stopped, and leaves nothing that hinders the next', async (t) => {
	const { directory, remove } = await copyDiary();
	t.teardown(remove);
	const controller = new AbortController();
	const building = buildModule({ directory, signal: controller.signal });
	// The compiler begins when the bindings are there.
	const bindings = join(directory, 'assembly/bus/diary.ts');
	while (!(await stat(bindings).catch(() => undefined)))
		await new Promise((resolve) => setImmediate(resolve));
	controller.abort();
	await t.throwsAsync(building, { name: 'AbortError' });
	await t.notThrowsAsync(buildModule({ directory }));
});
