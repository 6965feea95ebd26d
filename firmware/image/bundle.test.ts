import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { MessageChannel, Worker } from 'node:worker_threads';
import test, { type ExecutionContext } from 'ava';
import { Doorbell } from '../../runtime/bus/doorbell.ts';
import { Heartbeat } from '../../runtime/vm/heartbeat.ts';
import { Repository } from '../../tools/headend/repository/repository.ts';
import { bundleFirmware } from './bundle.ts';

const run = promisify(execFile);

async function bundled(t: ExecutionContext): Promise<string> {
	const folder = await mkdtemp(join(tmpdir(), 'mullion-bundle-'));
	t.teardown(() => rm(folder, { recursive: true, force: true }));
	const file = join(folder, 'firmware.cjs');
	await bundleFirmware({ file, without: ['@bytecodealliance/jco-transpile'] });
	return file;
}

test('the bundle is the firmware: a few files that need nothing beside them', async (t) => {
	const file = await bundled(t);
	const { stdout } = await run(process.execPath, [file, '--help'], { cwd: tmpdir() });
	t.regex(stdout, /^usage: .* --config FILE/);
	await t.throwsAsync(run(process.execPath, [file, '--config', join(tmpdir(), 'nowhere.json')]), {
		message: /bad-config/,
	});
});

test('a cell runs on a thread of the bundle', async (t) => {
	const file = await bundled(t);
	const worker = new Worker(join(dirname(file), 'cell.mjs'), {
		name: 'cell open',
		workerData: { heartbeat: new Heartbeat().buffer, bell: new Doorbell().buffer },
	});
	t.teardown(() => worker.terminate());
	const { port1: knocker, port2: door } = new MessageChannel();
	t.teardown(() => knocker.close());
	worker.postMessage({ door, command: { tag: 'count' } }, [door]);
	const [reports] = await new Promise<unknown[][]>((resolve, reject) => {
		worker.once('error', reject);
		worker.once('message', (message: unknown[]) => resolve([message]));
	});
	t.like(reports, [{ tag: 'counts', vms: [] }]);
});

test('two bundles of the same sources are the same to the byte', async (t) => {
	const [one, other] = await Promise.all([bundled(t), bundled(t)]);
	const names = (await readdir(dirname(one))).toSorted();
	t.deepEqual(names, (await readdir(dirname(other))).toSorted());
	for (const name of names)
		t.deepEqual(await readFile(join(dirname(one), name)), await readFile(join(dirname(other), name)), name);
});

test("a thread reads what it runs, and what most boxes never use is in nobody's way", async (t) => {
	const file = await bundled(t);
	const bytesOf = async (name: string) => sum((await runBy(file, name)).values());
	t.true((await bytesOf('cell.mjs')) < (await bytesOf('firmware.cjs')) / 2);
	for (const name of (await readdir(dirname(file))).filter((each) => each.endsWith('.mjs')))
		t.notRegex(await readFile(join(dirname(file), name), 'utf8'), /Sec-WebSocket-Key/, name);
});

test('what the main thread runs is in several files, so that most of it is the same in the next release', async (t) => {
	const file = await bundled(t);
	const sizes = await runBy(file, 'firmware.cjs');
	t.true(Math.max(...sizes.values()) < sum(sizes.values()) / 2.5);
	for (const name of sizes.keys()) t.regex(name, /^(?:firmware|main-\d\d)\.cjs$/);
});

/** Bytes of a file and of all that it imports, by name. */
async function runBy(bundle: string, name: string, found = new Map<string, number>()) {
	if (found.has(name) || name === 'on-demand.cjs') return found;
	const text = await readFile(join(dirname(bundle), name), 'utf8');
	found.set(name, text.length);
	for (const [, other = ''] of text.matchAll(/(?:from|import|require\()"\.\/([^"]+\.[cm]js)"/g))
		await runBy(bundle, other, found);
	return found;
}

function sum(numbers: Iterable<number>): number {
	return [...numbers].reduce((all, each) => all + each, 0);
}

test('what most boxes never use is there for those who do', async (t) => {
	const file = await bundled(t);
	const root = join(dirname(file), 'root.json');
	const repository = await Repository.create({ directory: join(dirname(file), 'repository') });
	await writeFile(root, await repository.rootJson());
	for (const protocol of ['mqtts', 'wss', 'ws']) {
		const config = join(dirname(file), `${protocol}.json`);
		const state = join(dirname(file), 'state');
		const broker = `${protocol}://127.0.0.1:1`;
		await writeFile(
			config,
			JSON.stringify({ endpointId: 'os::00D09E-X', state, root, broker, controllers: [], networks: [] }),
		);
		const box = execFile(process.execPath, [file, '--config', config]);
		const gone = once(box, 'close');
		t.teardown(() => box.kill('SIGKILL'));
		const said = await new Promise<string>((resolve) => {
			let text = '';
			for (const stream of [box.stdout, box.stderr])
				stream?.on('data', (piece) => {
					text += piece;
					if (/repository: .*\n/.test(text)) resolve(text);
				});
			void gone.then(([code, signal]) => resolve(`${text}ended with ${code ?? signal}`));
		});
		t.regex(said, /repository: connect ECONNREFUSED/, protocol);
		box.kill('SIGKILL');
		// The next one has the same state.
		await gone;
	}
});
