// The MQTT client as it is in an image, against somebody else's broker, over each transport.
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import test, { type ExecutionContext } from 'ava';
import { build } from 'esbuild';
import { bundleFirmware } from '../../../firmware/image/bundle.ts';
import { startMosquitto } from '../../headend/mosquitto.ts';

const run = promisify(execFile);
const speaker = fileURLToPath(new URL('mqtt-speaker.ts', import.meta.url));

async function folderOf(t: ExecutionContext): Promise<string> {
	const folder = await mkdtemp(join(tmpdir(), 'mullion-lean-'));
	t.teardown(() => rm(folder, { recursive: true, force: true }));
	return folder;
}

/** As in an image. */
async function bundled(t: ExecutionContext): Promise<{ folder: string; file: string }> {
	const folder = await folderOf(t);
	const file = join(folder, 'client.mjs');
	await bundleFirmware({ file, entry: speaker, hasCells: false });
	return { folder, file };
}

async function asItComes(t: ExecutionContext): Promise<string> {
	const outfile = join(await folderOf(t), 'client.mjs');
	await build({
		entryPoints: [speaker],
		outfile,
		bundle: true,
		platform: 'node',
		format: 'esm',
		banner: { js: "import{createRequire as $r}from'node:module';const require=$r(import.meta.url);" },
		logLevel: 'silent',
	});
	return outfile;
}

async function said(file: string, ...args: string[]): Promise<{ text: string; heapBytes: number }> {
	const { stdout } = await run(process.execPath, ['--expose-gc', file, ...args]);
	return JSON.parse(stdout);
}

test('the client of an image talks over TCP, in far less memory than the package as it comes', async (t) => {
	await using broker = await startMosquitto();
	const lean = await said((await bundled(t)).file, broker.url);
	const whole = await said(await asItComes(t), broker.url);
	t.is(lean.text, 'over mqtt:');
	t.is(whole.text, 'over mqtt:');
	t.true(lean.heapBytes < whole.heapBytes - 4e6, `${lean.heapBytes} of ${whole.heapBytes} bytes`);
});

test('the client of an image talks over TLS, and refuses a broker that it cannot trust', async (t) => {
	const { folder, file } = await bundled(t);
	const key = join(folder, 'key.pem');
	const certificate = join(folder, 'certificate.pem');
	const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
	const made = ['-newkey', 'rsa:2048', '-nodes', '-days', '1', '-keyout', key, '-out', certificate];
	await run('openssl', ['req', '-x509', ...made, ...subject]);
	await using broker = await startMosquitto({ settings: [`certfile ${certificate}`, `keyfile ${key}`] });
	const url = broker.url.replace('mqtt:', 'mqtts:');
	t.is((await said(file, url, certificate)).text, 'over mqtts:');
	await t.throwsAsync(said(file, url), { message: /DEPTH_ZERO_SELF_SIGNED_CERT/ });
});

test('the client of an image asks for a WebSocket where it is told to', async (t) => {
	const { file } = await bundled(t);
	const server = createServer().listen(0, '127.0.0.1');
	t.teardown(() => server.close());
	await once(server, 'listening');
	const { port } = server.address() as AddressInfo;
	const asked = once(server, 'upgrade');
	const ended = said(file, `ws://127.0.0.1:${port}`);
	const [request, socket] = await asked;
	t.is(request.headers['sec-websocket-protocol'], 'mqtt');
	socket.destroy();
	await t.throwsAsync(ended, { message: /socket hang up|connect to server/ });
});
