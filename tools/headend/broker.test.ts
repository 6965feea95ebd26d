import { once } from 'node:events';
import { createConnection } from 'node:net';
import test from 'ava';
import mqtt, { type IClientOptions, type MqttClient } from 'mqtt';
import { type Broker, startBroker } from './broker.ts';

function next(client: MqttClient, event: 'connect' | 'disconnect' | 'message') {
	// biome-ignore lint/suspicious/noExplicitAny: the arguments differ by event, and a wrong one fails the test
	return new Promise<any[]>((resolve) => client.once(event, (...values: unknown[]) => resolve(values)));
}

async function connect(broker: Broker, options: IClientOptions = {}) {
	return mqtt.connectAsync(broker.url, {
		protocolVersion: 5,
		clientId: '',
		clean: true,
		reconnectPeriod: 0,
		...options,
	});
}

test('a request reaches its reader with response topic, correlation, content type and user properties', async (t) => {
	await using broker = await startBroker();
	const reader = await connect(broker);
	const writer = await connect(broker);
	await reader.subscribeAsync('box/one', { qos: 1 });

	const arrived = next(reader, 'message');
	await writer.publishAsync('box/one', Buffer.from([1, 2, 3]), {
		qos: 1,
		properties: {
			responseTopic: 'cloud/reply',
			correlationData: Buffer.from('c-1'),
			contentType: 'usp.msg',
			userProperties: { 'usp-endpoint-id': 'os::012345-1' },
		},
	});

	const [topic, payload, packet] = await arrived;
	t.is(topic, 'box/one');
	t.deepEqual([...payload], [1, 2, 3]);
	t.is(packet.properties.responseTopic, 'cloud/reply');
	t.is(packet.properties.correlationData.toString(), 'c-1');
	t.is(packet.properties.contentType, 'usp.msg');
	t.is(packet.properties.userProperties['usp-endpoint-id'], 'os::012345-1');
	await Promise.all([reader.endAsync(), writer.endAsync()]);
});

test('a client without an id is given one, and a reply topic of its own when it asks', async (t) => {
	await using broker = await startBroker();
	const client = mqtt.connect(broker.url, {
		protocolVersion: 5,
		clientId: '',
		clean: true,
		reconnectPeriod: 0,
		properties: { requestResponseInformation: true },
	});

	const [connack] = await next(client, 'connect');

	const id = connack.properties.assignedClientIdentifier;
	t.regex(id, /.+/);
	t.is(connack.properties.responseInformation, `mullion/reply/${id}`);
	await client.endAsync();
});

test('a client id with a wildcard in it cannot widen the reply topic', async (t) => {
	await using broker = await startBroker();
	const client = mqtt.connect(broker.url, {
		protocolVersion: 5,
		clientId: '#/+',
		clean: true,
		reconnectPeriod: 0,
		properties: { requestResponseInformation: true },
	});

	const [connack] = await next(client, 'connect');

	t.is(connack.properties.responseInformation, 'mullion/reply/%23%2F%2B');
	await client.endAsync();
});

test('a packet above the limit is refused with reason 0x95 and only its sender is cut off', async (t) => {
	await using broker = await startBroker({ maxPacketBytes: 4096 });
	const bystander = await connect(broker);
	const socket = createConnection(broker.port, '127.0.0.1');
	socket.write(Buffer.from('101300044d5154540502003c000006677265656479', 'hex'));
	const [connack] = await once(socket, 'data');
	t.is(connack[0], 0x20);

	// A PUBLISH that announces 1 MiB (MQTT 5 1.5.5) and sends but a little of it.
	socket.write(Buffer.from('30808040000161', 'hex'));
	const [disconnect] = await once(socket, 'data');

	t.is(disconnect[0], 0xe0);
	t.is(disconnect[2], 0x95);
	await once(socket, 'close');
	await bystander.subscribeAsync('still/here');
	await bystander.endAsync();
});

for (const { name, bytes } of [
	{ name: 'noise', bytes: Buffer.alloc(64, 0xff) },
	{ name: 'text', bytes: Buffer.from('GET / HTTP/1.1\r\n\r\n') },
	{ name: 'a CONNECT cut in its properties', bytes: Buffer.from('100d00044d51545405020000ffffff', 'hex') },
	{ name: 'a PUBLISH before CONNECT', bytes: Buffer.from('3003000161', 'hex') },
]) {
	test(`${name} on the socket closes that connection and no other`, async (t) => {
		await using broker = await startBroker();
		const bystander = await connect(broker);
		const socket = createConnection(broker.port, '127.0.0.1');
		socket.on('error', () => undefined);

		socket.write(bytes);
		await once(socket.resume(), 'close');

		await bystander.subscribeAsync('still/here');
		t.true(bystander.connected);
		t.is(broker.connections, 1);
		await bystander.endAsync();
	});
}

test('closing tells clients why, closes silent sockets too, and frees the port for the next broker', async (t) => {
	const broker = await startBroker();
	const client = await connect(broker);
	const mute = createConnection(broker.port, '127.0.0.1');
	mute.on('error', () => undefined);
	await once(mute, 'connect');
	const told = next(client, 'disconnect');
	const muteGone = once(mute.resume(), 'close');

	await Promise.all([broker.close(), broker.close()]);

	const [packet] = await told;
	t.is(packet.reasonCode, 0x8b);
	await muteGone;
	await using successor = await startBroker({ port: broker.port });
	t.is(successor.url, broker.url);
	await client.endAsync(true);
});

test('a client that reconnects by itself survives a broker that drops everyone', async (t) => {
	await using broker = await startBroker();
	const client = await connect(broker, { reconnectPeriod: 10 });
	const back = next(client, 'connect');

	broker.drop();

	await back;
	t.true(client.connected);
	await client.endAsync();
});

test('an address that is taken is a cannot-listen error', async (t) => {
	await using broker = await startBroker();

	await t.throwsAsync(startBroker({ port: broker.port }), { code: 'cannot-listen' });
});
