// What the engine has compiled at the build is what it takes on the box: its Node runs on the root here, without a board.
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import test, { type ExecutionContext } from 'ava';
import { imageFlags } from '../../hal/engine.ts';
import { loadBoard } from '../board.ts';
import { bundleFirmware, startFile } from '../bundle.ts';
import { addCodeCache, codeCacheEnvironment, codeCacheFolder } from '../code-cache.ts';
import { librariesOf } from '../libraries.ts';
import { fetchSources } from '../sources.ts';
import { Staging } from '../staging.ts';

const board = await loadBoard('qemu-arm64');
const { debian, node } = await fetchSources(board);

async function rootWithCode(t: ExecutionContext): Promise<string> {
	const root = await mkdtemp(join(tmpdir(), 'mullion-code-test-'));
	t.teardown(() => rm(root, { recursive: true, force: true }));
	const staging = new Staging(root);
	await staging.copy(node, 'bin/node', 0o755);
	for (const { file, path } of await librariesOf(debian, [node])) await staging.copy(file, path, 0o755);
	await staging.folders('usr/lib/mullion');
	const file = join(root, 'usr/lib/mullion/firmware.cjs');
	await bundleFirmware({ file, without: ['@bytecodealliance/jco-transpile'] });
	await addCodeCache(staging, board);
	return root;
}

const folder = 'usr/lib/mullion';

/** As `start.cjs` and a cell of the box do it. */
const thread = `
const { Worker } = require('node:worker_threads');
require('node:v8').setFlagsFromString(process.argv.at(-2));
const [heartbeat, bell] = [new SharedArrayBuffer(64), new SharedArrayBuffer(64)];
const cell = new Worker(process.argv.at(-1), { workerData: { heartbeat, bell } });
cell.once('message', () => process.exit());
cell.postMessage({ command: { tag: 'count' } });
`;

/** What Node says of what was compiled beforehand, and the program. */
async function saidBy(root: string, program: readonly string[]): Promise<string> {
	const { stderr, stdout } = await promisify(execFile)(
		'qemu-aarch64-static',
		['-L', root, '-cpu', board.emulator?.processor ?? '', join(root, 'bin/node'), ...program],
		{
			env: {
				...process.env,
				...codeCacheEnvironment(join(root, codeCacheFolder)),
				NODE_DEBUG_NATIVE: 'COMPILE_CACHE,CODE_CACHE',
			},
			maxBuffer: 16_777_216,
		},
	);
	return `${stdout}${stderr}`;
}

async function filesOf(folder: string): Promise<Map<string, string>> {
	const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((each) =>
		each.isFile(),
	);
	const paths = files.map(({ parentPath, name }) => join(parentPath, name)).toSorted();
	return new Map(
		await Promise.all(
			paths.map(async (path) => [path.slice(folder.length), await readFile(path, 'base64')] as const),
		),
	);
}

test.serial('the engine of the box takes all of it, and it is the same each time it is made', async (t) => {
	const root = await rootWithCode(t);
	const code = await filesOf(join(root, codeCacheFolder));
	t.true(code.size > 10);
	// Only with all functions it is more than the sources.
	const compiled = code.values().reduce((sum, base64) => sum + Buffer.from(base64, 'base64').length, 0);
	const sources = await filesOf(join(root, 'usr/lib/mullion'));
	const written = sources.entries().filter(([name]) => name.endsWith('js'));
	t.true(compiled > written.reduce((sum, [, base64]) => sum + Buffer.from(base64, 'base64').length, 0));
	t.deepEqual(code, await filesOf(join(await rootWithCode(t), codeCacheFolder)));
	const said = await saidBy(root, [join(root, folder, startFile), '--help']);
	t.regex(said, /^usage/m);
	t.regex(said, /V8 code cache for CommonJS \S+\/usr\/lib\/mullion\/firmware\.cjs was accepted/);
	// The first file runs before the engine is set, and is next to nothing.
	t.notRegex(said, /\/usr\/lib\/mullion\/(?!start\.cjs)\S+ was (rejected|not)/);
	// Of Node's own modules too, which it carries compiled for an engine that nobody has set.
	for (const name of ['crypto', 'fs/promises', 'net', 'os', 'stream', 'worker_threads'])
		t.regex(said, new RegExp(`Code cache of ${name} \\(\\S+\\) is accepted`));
	const saidByThread = await saidBy(root, [
		'-e',
		thread,
		'--',
		imageFlags.join(' '),
		join(root, folder, 'cell.mjs'),
	]);
	t.regex(saidByThread, /V8 code cache for ESM file:\S+\/cell\.mjs was accepted/);
	t.notRegex(saidByThread, /\/usr\/lib\/mullion\/\S+ was (rejected|not)/);
});
