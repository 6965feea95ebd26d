import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { MessageChannel, Worker } from 'node:worker_threads';
import test, { type ExecutionContext } from 'ava';
import { Doorbell } from '../../runtime/bus/doorbell.ts';
import { Heartbeat } from '../../runtime/vm/heartbeat.ts';
import { bundleFirmware } from './bundle.ts';

const run = promisify(execFile);

async function bundled(t: ExecutionContext): Promise<string> {
	const folder = await mkdtemp(join(tmpdir(), 'mullion-bundle-'));
	t.teardown(() => rm(folder, { recursive: true, force: true }));
	const file = join(folder, 'firmware.mjs');
	await bundleFirmware({ file, without: ['@bytecodealliance/jco-transpile'] });
	return file;
}

test('the bundle is the firmware: one file that needs nothing beside it', async (t) => {
	const file = await bundled(t);
	const { stdout } = await run(process.execPath, [file, '--help'], { cwd: tmpdir() });
	t.regex(stdout, /^usage: .* --config FILE/);
	await t.throwsAsync(run(process.execPath, [file, '--config', join(tmpdir(), 'nowhere.json')]), {
		message: /bad-config/,
	});
});

test('a cell runs on a thread of the bundle', async (t) => {
	const file = await bundled(t);
	const worker = new Worker(file, {
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
	t.deepEqual(await readFile(one), await readFile(other));
});
