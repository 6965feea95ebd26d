import { once } from 'node:events';
import { createConnection } from 'node:net';
import test from 'ava';
import mqtt, { type MqttClient } from 'mqtt';
import { startMosquitto } from '../../headend/mosquitto.ts';
import { startRig } from '../link/rig.ts';

function connect(url: string, reconnectPeriod = 0): Promise<MqttClient> {
	return mqtt.connectAsync(url, { protocolVersion: 5, clientId: '', clean: true, reconnectPeriod });
}

function message(client: MqttClient): Promise<string> {
	return new Promise((resolve) => client.once('message', (_topic, payload) => resolve(String(payload))));
}

test('Mosquitto carries an MQTT 5 message as soon as it is started', async (t) => {
	await using mosquitto = await startMosquitto();
	const client = await connect(mosquitto.url);
	await client.subscribeAsync('a/b', { qos: 1 });
	const arrived = message(client);

	await client.publishAsync('a/b', 'hello', { qos: 1 });

	t.is(await arrived, 'hello');
	await client.endAsync();
});

test('a client that reconnects by itself finds Mosquitto again on the same port', async (t) => {
	await using mosquitto = await startMosquitto();
	const client = await connect(mosquitto.url, 20);
	const lost = new Promise<void>((resolve) => client.once('close', () => resolve()));
	const back = new Promise<void>((resolve) => client.once('connect', () => resolve()));

	await mosquitto.stop('kill');
	await lost;
	await mosquitto.start();

	await back;
	t.true(client.connected);
	await client.endAsync();
});

test('a paused Mosquitto holds what is sent to it and passes it on once it is resumed', async (t) => {
	await using mosquitto = await startMosquitto();
	const client = await connect(mosquitto.url);
	await client.subscribeAsync('a/b', { qos: 1 });
	const arrived = message(client);

	mosquitto.pause();
	const published = client.publishAsync('a/b', 'late', { qos: 1 });
	// The kernel still accepts for a frozen process; nobody answers.
	const probe = createConnection(mosquitto.port, '127.0.0.1');
	await once(probe, 'connect');
	probe.destroy();
	mosquitto.resume();

	await published;
	t.is(await arrived, 'late');
	await client.endAsync();
});

test('a port that is taken is a cannot-listen error that names it', async (t) => {
	await using mosquitto = await startMosquitto();

	await t.throwsAsync(startMosquitto({ port: mosquitto.port }), {
		code: 'cannot-listen',
		message: new RegExp(`${mosquitto.port}`),
	});
});

test('stopping twice is harmless, and pausing what is stopped is a not-running error', async (t) => {
	await using mosquitto = await startMosquitto();

	await mosquitto.stop();
	await mosquitto.stop();

	t.throws(() => mosquitto.pause(), { code: 'not-running' });
});

test('in the core of a rig it is reached from the box', async (t) => {
	await using rig = await startRig({ networks: [{ id: 'cell0' }] });
	await using mosquitto = await startMosquitto({
		host: rig.serviceAddress,
		port: 1883,
		spawn: (...args) => rig.spawn('core', ...args),
	});

	const args = ['-V', 'mqttv5', '-h', rig.serviceAddress, '-t', 'a/b', '-m', 'hello', '-r'];
	await rig.run('box', 'mosquitto_pub', args);
	const heard = await rig.run('box', 'mosquitto_sub', ['-h', rig.serviceAddress, '-t', 'a/b', '-C', '1']);

	t.is(heard.trim(), 'hello');
	t.is(mosquitto.url, `mqtt://${rig.serviceAddress}:1883`);
});
