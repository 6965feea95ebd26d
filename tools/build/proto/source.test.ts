import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { generateProtoBindings, protoBindings } from './assemblyscript.ts';

test('a file that is not there is named', async (t) => {
	const { bind } = await folder(t, {});
	await t.throwsAsync(bind('missing.proto'), { code: 'proto-not-found', message: /missing\.proto/ });
});

test('an import that is in none of the folders is named, with who wants it', async (t) => {
	const { bind } = await folder(t, { 'a.proto': 'syntax = "proto3"; import "gone.proto";' });
	await t.throwsAsync(bind('a.proto'), {
		code: 'proto-not-found',
		message: /a\.proto imports "gone\.proto"/,
	});
});

test('what does not parse is refused with file and line', async (t) => {
	const { bind } = await folder(t, { 'a.proto': 'syntax = "proto3";\nmessage {' });
	await t.throwsAsync(bind('a.proto'), { code: 'proto-syntax', message: /a\.proto:2: illegal type name/ });
});

test('a file that ends too soon is refused with its last line', async (t) => {
	const { bind } = await folder(t, { 'a.proto': 'syntax = "proto3";\nmessage A {\n' });
	await t.throwsAsync(bind('a.proto'), {
		code: 'proto-syntax',
		message: /a\.proto:3: illegal end of input$/,
	});
});

test('a type that is nowhere is refused, with the one file and the field that name it', async (t) => {
	const { bind } = await folder(t, {
		'a.proto': 'syntax = "proto3"; import "b.proto"; message A { B b = 1; }',
		'b.proto': 'syntax = "proto3"; message B { uint33 c = 1; }',
	});
	const error = await t.throwsAsync(bind('a.proto'), { code: 'proto-syntax' });
	t.regex(error?.message ?? '', /b\.proto: B\.c is of the type "uint33"/);
	t.notRegex(error?.message ?? '', /a\.proto/);
});

test('what is nowhere without being the type of a field is refused, with the files that were asked for', async (t) => {
	const { bind } = await folder(t, {
		'a.proto': 'syntax = "proto3"; message A {} service S { rpc a(Nowhere) returns (A); }',
	});
	await t.throwsAsync(bind('a.proto'), { code: 'proto-syntax', message: /a\.proto: no such type: Nowhere/ });
});

for (const text of ['syntax = "proto2"; message A {}', 'edition = "2023"; message A {}', 'message A {}']) {
	test(`anything but proto3 is refused: ${text}`, async (t) => {
		const { bind } = await folder(t, { 'a.proto': text });
		await t.throwsAsync(bind('a.proto'), { code: 'proto-unsupported', message: /only proto3/ });
	});
}

test('fields whose members would have one name are refused', async (t) => {
	const fields = 'optional int32 x = 1; bool has_x = 2;';
	const { bind } = await folder(t, { 'a.proto': `syntax = "proto3"; message A { ${fields} }` });
	await t.throwsAsync(bind('a.proto'), {
		code: 'proto-unsupported',
		message: /A would have two members named `hasX`/,
	});
});

test('two files that would become one are refused', async (t) => {
	const { path, bind } = await folder(t, { 'a.proto': 'syntax = "proto3";' });
	const other = await folder(t, { 'a.proto': 'syntax = "proto3";' });
	await t.throwsAsync(
		protoBindings({ protoFiles: [path('a.proto'), other.path('a.proto')], importPaths: [] }),
		{
			code: 'proto-unsupported',
			message: /would both become a\.ts/,
		},
	);
	await t.notThrowsAsync(bind('a.proto'));
});

test('comments become documentation, without the mark that is for the generator', async (t) => {
	const { bind } = await folder(t, {
		'a.proto': `syntax = "proto3";
			// A bell at a door.
			// mullion:keep-unknown
			message Bell {
				// Where it hangs.
				string door = 1;
			}`,
	});
	const text = (await bind('a.proto')).get('a.ts') ?? '';
	t.true(text.includes('/** A bell at a door. */\nexport class Bell {'));
	t.true(text.includes('\t/** Where it hangs. */\n\tdoor: string = "";'));
	t.false(text.includes('mullion:'));
});

test('every file and every file that it imports is written, and imports what it uses', async (t) => {
	const { path } = await folder(t, {
		'a.proto': 'syntax = "proto3"; package a; import "b.proto"; message A { b.B b = 1; b.A other = 2; }',
		'b.proto': 'syntax = "proto3"; package b; message B {} message A {}',
	});
	const outDirectory = path('out/bus');
	await generateProtoBindings({ protoFiles: [path('a.proto')], importPaths: [path('.')], outDirectory });
	t.regex(await readFile(join(outDirectory, 'a.ts'), 'utf8'), /import \{ B, A as b_A \} from "\.\/b";/);
	t.regex(await readFile(join(outDirectory, 'b.ts'), 'utf8'), /export class B \{/);
});

async function folder(t: ExecutionContext, files: Record<string, string>) {
	const directory = await mkdtemp(join(tmpdir(), 'mullion-proto-'));
	t.teardown(() => rm(directory, { recursive: true }));
	for (const [name, text] of Object.entries(files)) await writeFile(join(directory, name), text);
	const path = (name: string) => join(directory, name);
	return {
		path,
		bind: (name: string) => protoBindings({ protoFiles: [path(name)], importPaths: [directory] }),
	};
}
