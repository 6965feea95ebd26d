// The operator's side alone, on a broker of somebody else's making.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test, { type ExecutionContext } from 'ava';
import mqtt from 'mqtt';
import { systemClock } from '../../../firmware/hal/clock.ts';
import { MqttRangeReader } from '../../../firmware/update/mqtt-range-reader.ts';
import { agentId, startBox } from '../../controller/trial-box.ts';
import { startMosquitto } from '../../headend/mosquitto.ts';
import { startFolder, type } from '../trial-desk.ts';

/** A port that nobody listens on. */
async function freePort(): Promise<number> {
	await using mosquitto = await startMosquitto();
	return mosquitto.port;
}

async function addresses(cwd: string): Promise<{ broker: string }> {
	return JSON.parse(await readFile(join(cwd, '.mullion', 'headend.json'), 'utf8'));
}

/** Types `mullion headend` and resolves once it is up; `end` is Ctrl-C. */
async function startHeadend(t: ExecutionContext, ...argv: string[]) {
	const cwd = await startFolder(t);
	const enough = new AbortController();
	const said = Promise.withResolvers<void>();
	const command = ['headend', '--port', `${await freePort()}`, ...argv, '--json'];
	const ended = type(command, { cwd, signal: enough.signal, heard: () => said.resolve() });
	t.teardown(() => {
		enough.abort();
		return ended;
	});
	await Promise.race([said.promise, ended]);
	return {
		cwd,
		end: () => {
			enough.abort();
			return ended;
		},
		type: (...line: string[]) => type(line, { cwd }),
	};
}

test('other commands find its box from the folder it was started in, until it ends', async (t) => {
	const { end, type: run, cwd } = await startHeadend(t, '--agent', agentId);
	const { broker } = await addresses(cwd);
	const { agent } = await startBox({ url: broker });
	t.teardown(() => agent.stop());

	const status = await run('status', '--json');
	const { code, json } = await end();

	t.is(status.code, 0, status.out);
	t.is(code, 0);
	t.deepEqual(json(), { broker, agent: agentId, repository: join(cwd, '.mullion', 'repository') });
	t.false(existsSync(join(cwd, '.mullion', 'headend.json')));
	t.like((await run('status', '--json')).json(), { error: { code: 'no-headend' } });
});

test('boxes read the repository that it made from its broker', async (t) => {
	const { cwd } = await startHeadend(t);
	const { broker } = await addresses(cwd);
	const client = await mqtt.connectAsync(broker, { protocolVersion: 5 });
	t.teardown(() => client.endAsync(true));

	const reader = new MqttRangeReader({ client, clock: systemClock(), giveUpMs: 10_000 });
	const answer = await reader.read({ path: 'metadata/timestamp.json', offset: 0, length: 10_000 });

	t.like(JSON.parse(new TextDecoder().decode(answer?.data)), { signed: { _type: 'timestamp' } });
});

test('a broker that has the port already is used', async (t) => {
	await using mosquitto = await startMosquitto();
	const { cwd, end } = await startHeadend(t, '--port', `${mosquitto.port}`);

	t.is((await addresses(cwd)).broker, mosquitto.url);
	const { code, json } = await end();

	t.is(code, 0);
	t.like(json(), { broker: mosquitto.url });
});

test('a second one on a broker is refused, and takes nothing from the first', async (t) => {
	const { cwd } = await startHeadend(t);
	const { broker } = await addresses(cwd);

	const second = await type(['headend', '--broker', broker, '--json'], { cwd });
	const again = await type(['headend', '--port', new URL(broker).port, '--json'], { cwd });

	for (const { code, json } of [second, again]) {
		t.is(code, 1);
		t.like(json(), { error: { code: 'already-served' } });
	}
	t.is((await addresses(cwd)).broker, broker);
});

test('a terminal that is closed ends it as Ctrl-C does', async (t) => {
	const cwd = await startFolder(t);
	const script = fileURLToPath(new URL('../../mullion.ts', import.meta.url));
	const headend = spawn(process.execPath, [script, 'headend', '--port', `${await freePort()}`, '--json'], {
		cwd,
	});
	const ended = once(headend, 'exit');
	await once(headend.stdout, 'data');

	headend.kill('SIGHUP');

	t.deepEqual(await ended, [0, null]);
	t.false(existsSync(join(cwd, '.mullion', 'headend.json')));
});

test('a port that something else has is an error', async (t) => {
	const other = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
	t.teardown(() => other.close());
	await once(other, 'listening');
	const { port } = other.address() as AddressInfo;

	const { code, json } = await type(['headend', '--port', `${port}`, '--json'], {
		cwd: await startFolder(t),
	});

	t.is(code, 1);
	t.like(json(), { error: { code: 'cannot-listen' } });
});
