// Services reach networks and files through the platform only: by what the kernel was asked for, thread by thread.
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test, { type ExecutionContext } from 'ava';
import { commandOf, socketMaker, withManifest as wrapped } from '../../../../runtime/foreign/testbed.ts';
import { buildModule } from '../../../build/component.ts';
import { run } from '../../link/command.ts';
import { requirePrograms } from '../../link/requirements.ts';
import { forgedFetch } from '../forged-fetch.ts';
import { installPlayerWith, Playing } from '../playing.ts';
import { SystemCalls, traceCommand } from '../system-calls.ts';
import { TestBox } from '../test-box.ts';
import { UsbFolder } from '../usb-folder.ts';
import { type Json, withManifest } from '../variant.ts';

test.before(() => requirePrograms({ strace: 'strace' }));

async function newPrefix(t: ExecutionContext): Promise<string> {
	const folder = await mkdtemp(join(tmpdir(), 'mullion-calls-'));
	t.teardown(() => rm(folder, { recursive: true, force: true }));
	return join(folder, 'thread');
}

/** A program of another toolchain that wants to write a file. */
const fileWriter = () =>
	commandOf(`
		(import "wasi_snapshot_preview1" "path_open" (func $path_open
			(param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
		(memory (export "memory") 1)
		(data (i32.const 512) "/tmp/stolen")
		(func (export "_start")
			(drop (call $path_open (i32.const 3) (i32.const 0) (i32.const 512) (i32.const 11)
				(i32.const 9) (i64.const 64) (i64.const 0) (i32.const 0) (i32.const 32))))`);

/** What tries without any grant: a fetch by a service, and sockets and files by programs of another toolchain. */
async function installUngranted(t: ExecutionContext, box: TestBox): Promise<void> {
	const programs = { socketeer: await socketMaker(), filer: await fileWriter() };
	const tries = [
		{ name: 'forger', bytes: await forgedFetch(), says: undefined },
		{
			name: 'socketeer',
			bytes: programs.socketeer,
			says: /socketeer.*denied: wasi:sockets\/tcp-create-socket/,
		},
		{ name: 'filer', bytes: programs.filer, says: /filer: starting -> running/ },
	];
	for (const { name, bytes, says } of tries) {
		const module = says === undefined ? bytes : wrapped(bytes, { name, budget: { memoryPages: 32 } });
		t.deepEqual(await box.install(await box.sign(module, `modules/${name}.wasm`)), { fault: 0, code: '' });
		if (says !== undefined) await box.line(says);
	}
	await box.publishOn('forger.go', new Uint8Array());
	await box.line(/forger: running -> backing-off.*denied: forger has no capability for the effect "fetch"/);
}

/** As the probe, with topics of its own name. */
function probeAs(box: TestBox, name: string, changes: Json): Uint8Array {
	return withManifest(box.probe.built.bytes, (manifest) => ({
		...manifest,
		name,
		publishes: { 'probe.out': 'probe.Word' },
		subscribes: { [`${name}.order`]: 'probe.Order' },
		...changes,
	}));
}

const addressOf = (url: string): string => new URL(url).host;

test('no guest makes a call, and what is connected is the broker and a host that was granted', async (t) => {
	const prefix = await newPrefix(t);
	const elsewhere = createServer().listen(0, '127.0.0.1');
	t.teardown(() => elsewhere.close());
	await once(elsewhere, 'listening');
	let cells: string[] = [];
	let granted = '';
	let broker = '';
	let own = '';
	{
		const boxCommand = traceCommand(prefix, [process.execPath]);
		await using box = await TestBox.start({ minimumTimeMs: 600_000, deadlineMs: 20_000, boxCommand });
		own = join(box.directory, 'box');
		broker = addressOf(box.stage.headend.broker);
		await installUngranted(t, box);
		const kept = probeAs(box, 'kept', { capabilities: { 'key-value': {} }, durability: { mode: 'journal' } });
		t.deepEqual(await box.install(await box.sign(kept, 'modules/kept.wasm')), { fault: 0, code: '' });
		await box.ask({ what: 'answer' }, 'kept.order');
		const before = await SystemCalls.read(prefix);
		t.deepEqual(before.destinations(), [broker], 'without a grant there is the broker only');

		const nosy = probeAs(box, 'nosy', {
			capabilities: { 'key-value': {}, 'network-stream': { hosts: ['content.mullion.test'] } },
		});
		t.deepEqual(await box.install(await box.sign(nosy, 'modules/nosy.wasm')), { fault: 0, code: '' });
		const { port } = elsewhere.address() as AddressInfo;
		for (const host of [`127.0.0.1:${port}`, 'elsewhere.mullion.test'])
			await box.order({ what: 'fetch', text: `http://${host}/`, count: 100 }, 'nosy.order');
		await box.line(/nosy.*the manifest does not grant the host 127\.0\.0\.1/);
		await box.line(/nosy.*the manifest does not grant the host elsewhere\.mullion\.test/);
		t.deepEqual(await installPlayerWith(box, { hosts: ['content.mullion.test'] }), { fault: 0, code: '' });
		const playing = await Playing.open(box);
		t.is((await playing.ended())?.account?.played, box.media.frames);
		const { host, port: contentPort } = box.stage.headend.content.network('lte0');
		granted = `${host}:${contentPort}`;
		const units = await box.operator.get(['Device.SoftwareModules.ExecutionUnit.']);
		cells = Object.values(units).flatMap((unit) => unit['X_MULLION_Cell'] ?? []);
	}
	const calls = await SystemCalls.read(prefix);

	t.deepEqual(calls.destinations(), [broker, granted].sort());
	t.deepEqual(calls.networkers(), ['node-MainThread']);
	t.deepEqual(calls.byCells(), []);
	t.is(calls.programs().length, 1, 'no program but the box was started');
	// Each VM ran in a thread that was looked at; the player has two.
	t.is(cells.length, 7);
	for (const cell of cells) t.true(calls.threads.includes(`cell ${cell}`.slice(0, 15)), cell);

	const written = calls.opened().filter(({ isWritten }) => isWritten);
	t.deepEqual(
		written.filter(({ path }) => !path.startsWith(`${own}/`) && path !== '/dev/null'),
		[],
	);
	// What a cell keeps of its VMs is opened by the platform's adapter (`firmware/hal/log-files.ts`), in Node's own threads.
	const journals = written.filter(({ path }) => path.includes('/state/cells/'));
	t.true(journals.length > 0);
	t.deepEqual([...new Set(journals.map(({ thread }) => thread))], ['libuv-worker']);
});

test('a device is opened by the platform for the module that serves it, and no cell opens any', async (t) => {
	const prefix = await newPrefix(t);
	await using usb = await UsbFolder.make(dirname(prefix));
	const [thermometer] = await buildModule({
		directory: fileURLToPath(new URL('../../../../modules/thermometer', import.meta.url)),
	});
	if (thermometer === undefined) return t.fail();
	{
		const { devices, files } = usb;
		await using box = await TestBox.start({
			deadlineMs: 20_000,
			boxCommand: traceCommand(prefix, [process.execPath]),
			expansion: { allow: ['*'], vendors: ['mullion'], devices, files },
		});
		await box.publish(thermometer);
		const device = await usb.plug('1-1', { idVendor: '0403', idProduct: '6001', line: 'ttyUSB0' });
		await box.line(/thermometer: starting -> running/);
		device.say('62\n');
		await box.line(/thermometer: an alarm is raised at 60\.0 degrees/);
	}
	const calls = await SystemCalls.read(prefix);

	const devices = calls
		.opened()
		.filter(({ path }) => path.startsWith(`${usb.files}/`) || path.startsWith('/dev/'));
	const line = devices.filter(({ path }) => path === join(usb.files, 'ttyUSB0'));
	t.deepEqual(line, [{ path: join(usb.files, 'ttyUSB0'), thread: 'node-MainThread', isWritten: true }]);
	t.deepEqual(
		devices.filter(({ thread }) => thread.startsWith('cell ')),
		[],
	);
	t.deepEqual(calls.byCells(), []);
	t.true(calls.threads.some((thread) => thread.startsWith('cell ')));
});

/** What a guest would have to be able to do, done by a thread that is called like one of a cell. */
const breakout = (port: number, file: string) => `
	const { Worker, isMainThread } = require('node:worker_threads');
	if (isMainThread) new Worker(__filename, { name: 'cell control' });
	else {
		require('node:fs').writeFileSync(${JSON.stringify(file)}, 'x');
		require('node:child_process').execFileSync('true');
		require('node:net').connect(${port}, '127.0.0.1').on('error', () => process.exit());
	}`;

test('a thread of a cell that writes, starts a program or connects is seen', async (t) => {
	const prefix = await newPrefix(t);
	const [file, program] = [`${prefix}-written`, `${prefix}-program.cjs`];
	await writeFile(program, breakout(9, file));
	const [command = '', ...args] = traceCommand(prefix, [process.execPath, program]);
	await run(command, args);
	const calls = await SystemCalls.read(prefix);

	t.deepEqual(calls.destinations(), ['127.0.0.1:9']);
	t.true(calls.networkers().includes('cell control'));
	t.true(calls.byCells().some(({ name, arguments: text }) => name === 'openat' && text.includes(file)));
	t.true(calls.byCells().some(({ name }) => name === 'connect'));
	t.true(calls.opened().some((one) => one.path === file && one.thread === 'cell control' && one.isWritten));
	t.true(calls.programs().length > 1);
});
