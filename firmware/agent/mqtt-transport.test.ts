import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { Aedes, type AedesOptions } from 'aedes';
import test, { type ExecutionContext } from 'ava';
import { MemoryDirectory } from '../../runtime/memory-directory.ts';
import { systemClock } from '../hal/clock.ts';
import { agentTopic, MqttTransport } from './mqtt-transport.ts';

async function startBroker(t: ExecutionContext, options: AedesOptions = {}) {
	const broker = await Aedes.createBroker(options);
	const server = createServer(broker.handle);
	await once(server.listen(0, '127.0.0.1'), 'listening');
	t.teardown(async () => {
		server.close();
		await new Promise<void>((done) => broker.close(done));
	});
	return { broker, url: `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

function startTransport(t: ExecutionContext, url: string) {
	const endpointId = 'os::box/1';
	const transport = new MqttTransport({
		url,
		endpointId,
		directory: new MemoryDirectory(),
		clock: systemClock(),
		random: () => 0,
	});
	t.teardown(() => transport.close([]));
	const ready = Promise.withResolvers<string>();
	transport.open(
		{
			received: () => undefined,
			lost: () => undefined,
			ready: (topic) => {
				ready.resolve(topic);
				return [];
			},
		},
		undefined,
	);
	return { transport, ready: ready.promise };
}

const hello = { topic: 'operator', record: new Uint8Array([1, 2, 3]) };

test('R-MQTT.17: nothing is published until a subscription was granted, however often it is refused', async (t) => {
	let refusals = 0;
	let published = 0;
	const { url } = await startBroker(t, {
		authorizeSubscribe: (_client, subscription, callback) => {
			if (refusals < 2) {
				refusals++;
				callback(null, null);
			} else {
				t.is(published, 0);
				callback(null, subscription);
			}
		},
		authorizePublish: (_client, _packet, callback) => {
			published++;
			callback(null);
		},
	});
	const { transport, ready } = startTransport(t, url);

	const sent = transport.send(hello);

	t.is(await ready, agentTopic('os::box/1'));
	await sent;
	t.is(refusals, 2);
	t.is(published, 1);
});

test('R-MQTT.13: a box says who it is when it connects, and is not named by its client id', async (t) => {
	const connected = Promise.withResolvers<{ clientId: string; userProperties: unknown; asks: unknown }>();
	const { url } = await startBroker(t, {
		preConnect: (_client, { clientId, properties }, callback) => {
			const { userProperties, requestResponseInformation: asks } = properties ?? {};
			connected.resolve({ clientId: clientId ?? '', userProperties: { ...userProperties }, asks });
			callback(null, true);
		},
	});
	startTransport(t, url);

	const { clientId, userProperties, asks } = await connected.promise;

	t.not(clientId, 'os::box/1');
	t.deepEqual(userProperties, { 'usp-endpoint-id': 'os::box/1' });
	t.is(asks, true);
});

test('a record the broker refuses fails, and the link is good for the next one', async (t) => {
	const { url } = await startBroker(t, {
		authorizePublish: (_client, { topic }, callback) =>
			callback(topic === 'operator' ? new Error('no') : null),
	});
	const { transport, ready } = startTransport(t, url);
	await ready;

	await t.throwsAsync(transport.send(hello), { code: 'refused' });
	await t.notThrowsAsync(transport.send({ ...hello, topic: 'elsewhere' }));
});

test('a record larger than the broker says it takes is not sent', async (t) => {
	const { url } = await startBroker(t, { maximumPacketSize: 4096 });
	const { transport, ready } = startTransport(t, url);
	await ready;

	await t.throwsAsync(transport.send({ ...hello, record: new Uint8Array(5000) }), { code: 'too-large' });
	await t.notThrowsAsync(transport.send(hello));
});

test('without a broker a transport waits, and closing it ends every wait', async (t) => {
	const { transport } = startTransport(t, 'mqtt://127.0.0.1:9');
	const waiting = transport.send(hello);

	const closed = transport.close([hello]);

	await t.throwsAsync(waiting, { code: 'closed' });
	await t.notThrowsAsync(closed);
});

test('characters with a meaning in MQTT are encoded in a topic', (t) => {
	t.is(agentTopic('os::00D09E-a/b+c#d%'), 'mullion/usp/v1/agent/os::00D09E-a%2Fb%2Bc%23d%25');
});

test('an address that is no broker is refused when the link is made', (t) => {
	const make = (url: string) => () =>
		new MqttTransport({ url, endpointId: 'os::x', directory: new MemoryDirectory(), clock: systemClock() });

	t.throws(make('http://broker:1883'), { code: 'bad-url' });
	t.throws(make('broker'), { code: 'bad-url' });
});
