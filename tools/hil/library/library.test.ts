// The package, packed and installed as by somebody else: a box in his program does what every form of it does.
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import test from 'ava';
import { bytesOf, commandOf, withManifest } from '../../../runtime/foreign/testbed.ts';
import { everyForm } from '../box/every-form.ts';
import { TestBox } from '../box/test-box.ts';
import { InstalledLibrary } from './installed-library.ts';

const run = promisify(execFile);
const modules = fileURLToPath(new URL('../../../node_modules', import.meta.url));
const library = await InstalledLibrary.install();
const box = await TestBox.start({ boxCommand: library.command });
test.after.always(async () => {
	await box[Symbol.asyncDispose]();
	await library[Symbol.asyncDispose]();
});
const form = { box, powerCut: () => box.stage.powerCut(), powerOn: () => box.stage.powerOn() };

for (const [what, proof] of Object.entries(everyForm)) test.serial(what, (t) => proof(t, form));

const glue = '@bytecodealliance/jco-transpile';

test.serial(
	'components of other toolchains need the package that makes their glue, and run with it',
	async (t) => {
		const stranger = await commandOf('(memory (export "memory") 1) (func (export "_start"))');
		const bytes = withManifest(stranger, {
			name: 'stranger',
			version: '1.0.0',
			vendor: 'acme',
			priority: 'background',
			subscribes: { 'stranger.in': 'acme.Line' },
		});
		const url = await box.sign(bytes, 'modules/stranger.wasm');
		t.is((await box.install(url)).code, 'glue-failed');
		await library.add(glue);
		t.deepEqual(await box.install(url), { fault: 0, code: '' });
		await box.publishOn('stranger.in', bytesOf('hello'));
		t.like(await box.vm('stranger'), { state: 'running' });
	},
);

test.serial('a box that is closed leaves nothing that would keep the process', async (t) => {
	const { exited } = box.stage.box;
	await box.stage.box.stop();
	t.deepEqual(await exited, [0, null]);
});

/** The first program of its README. */
async function example(): Promise<string> {
	const text = await readFile(join(library.folder, 'node_modules/mullion/README.md'), 'utf8');
	return /```js\n(.*?)```/s.exec(text)?.[1] ?? '';
}

test.serial('the example of its README opens a box, and ends when it is told to', async (t) => {
	await library.write('example.mjs', await example());
	await library.write(
		'root.json',
		await box.repository.rootJson().then((json) => Buffer.from(json).toString()),
	);
	await library.write(
		'box.json',
		JSON.stringify({
			endpointId: 'os::00D09E-EXAMPLE-000001',
			state: 'state',
			broker: box.stage.headend.broker,
			controllers: [],
			root: 'root.json',
			networks: [],
		}),
	);
	const program = execFile(process.execPath, [join(library.folder, 'example.mjs')]);
	t.teardown(() => program.kill('SIGKILL'));
	const ended = once(program, 'exit');
	let last = '';
	const { stdout } = program;
	if (stdout === null) return t.fail();
	for await (const line of createInterface(stdout)) {
		last = line;
		if (line.startsWith('usp {"kind":"ready"')) program.kill('SIGINT');
	}
	t.is(last, 'the box has ended: closed');
	t.deepEqual(await ended, [0, null]);
	t.true((await readdir(join(library.folder, 'state'))).length > 0, 'its paths are relative to the program');
});

test.serial('its declarations are whole: programs that use it pass the strictest compiler', async (t) => {
	await library.write('example.mjs', await example());
	await library.write(
		'typed.ts',
		`import { type Box, type BoxConfig, CodedError, type Ending, openBox } from 'mullion';
export async function run(config: BoxConfig): Promise<Ending | string> {
	try {
		await using box: Box = await openBox({ config, onLine: (line: string) => void line.length });
		return await box.ended;
	} catch (error) {
		if (error instanceof CodedError) return error.code;
		throw error;
	}
}
// @ts-expect-error a configuration has to say more
await openBox({ config: {} });
`,
	);
	const options = {
		strict: true,
		exactOptionalPropertyTypes: true,
		noEmit: true,
		checkJs: true,
		module: 'nodenext',
		target: 'esnext',
		types: ['node'],
		typeRoots: [join(modules, '@types')],
	};
	await library.write(
		'tsconfig.json',
		JSON.stringify({ compilerOptions: options, files: ['example.mjs', 'box-program.mjs', 'typed.ts'] }),
	);
	const compiler = join(modules, 'typescript/bin/tsc');
	const said = await run(process.execPath, [compiler, '-p', library.folder]).catch((error) => error);
	t.is(said.stdout, '');
});
