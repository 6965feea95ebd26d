// The link of a box to its broker: what it says of itself there, what it takes, and what outlives a cut.
import { once } from 'node:events';
import { type AddressInfo, createConnection, createServer, type Socket } from 'node:net';
import test, { type ExecutionContext } from 'ava';
import { messageRecord } from '../../firmware/agent/records.ts';
import { Record as UspRecord } from '../../proto/host/cloud/usp/usp-record.ts';
import { MemoryDirectory } from '../../runtime/memory-directory.ts';
import { startBroker } from '../headend/broker.ts';
import { fromOperator, get, startPeer } from './peer.fixture.ts';
import { agentId, operator, startBox, startTrial } from './trial-box.ts';

/** A way to the broker that can be cut, as a cable can. */
async function startWay(t: ExecutionContext, brokerPort: number) {
	const sockets = new Set<Socket>();
	let isCut = false;
	const server = createServer((near) => {
		if (isCut) return void near.destroy();
		const far = createConnection(brokerPort, '127.0.0.1');
		for (const [socket, other] of [
			[near, far],
			[far, near],
		] as const) {
			sockets.add(socket);
			socket.on('error', () => undefined);
			socket.on('close', () => other.destroy());
			socket.pipe(other);
		}
	});
	await once(server.listen(0, '127.0.0.1'), 'listening');
	t.teardown(() => server.close());
	return {
		url: `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`,
		cut: () => {
			isCut = true;
			for (const socket of sockets) socket.destroy();
		},
		restore: () => {
			isCut = false;
		},
	};
}

test('R-MTP.6: the first record on a link is a Connect record, with everything MQTT 5 has to say', async (t) => {
	const broker = await startBroker();
	t.teardown(() => broker.close());
	const peer = await startPeer(t, { url: broker.url });
	const { agent } = await startBox({ url: broker.url });
	t.teardown(() => agent.stop());

	const { record, packet } = await peer.next();

	t.like(record, { version: '1.4', fromId: agentId, toId: operator.endpointId });
	t.like(record.mqttConnect, { version: 1, subscribedTopic: packet.properties?.responseTopic });
	t.is(packet.qos, 1);
	t.is(packet.properties?.contentType, 'usp.msg');
	// The broker gave Response Information: that is where answers go.
	t.regex(packet.properties?.responseTopic ?? '', /^mullion\/reply\//);
});

test('R-MTP.7: a box that is stopped says so', async (t) => {
	const broker = await startBroker();
	t.teardown(() => broker.close());
	const peer = await startPeer(t, { url: broker.url });
	const first = await startBox({ url: broker.url });
	await peer.next();

	await first.agent.stop();
	t.is((await peer.next()).record.disconnect?.reason, 'the box stops');
});

test('R-MQTT.9: the client id that the broker assigned is used from then on', async (t) => {
	const directory = new MemoryDirectory();
	const { broker, nextEvent } = await startTrial(t, { directory });
	const first = await directory.read('mqtt-client-id');
	t.true(first !== undefined && first.length > 0);

	const back = nextEvent(({ kind }) => kind === 'ready');
	broker.drop();

	t.deepEqual(await back, { kind: 'ready', topic: `mullion/reply/${new TextDecoder().decode(first)}` });
	t.deepEqual(await directory.read('mqtt-client-id'), first);
});

test('a request is answered on its Response Topic, and without one where its sender is configured to listen', async (t) => {
	const { broker } = await startTrial(t);
	const peer = await startPeer(t, { url: broker.url });
	const elsewhere = await startPeer(t, { url: broker.url, topic: 'somewhere/else' });

	await peer.send(get('a'), { contentType: 'application/vnd.bbf.usp.msg', responseTopic: 'somewhere/else' });
	t.is((await elsewhere.nextMessage()).header?.msgId, 'a');

	// As usp-js does: no Response Topic and no Content Type.
	await peer.send(get('b'), {});
	t.is((await peer.nextMessage()).header?.msgId, 'b');
});

test('bytes that are no record, no message or not for the box are dropped, and it goes on serving', async (t) => {
	const { broker, events, nextEvent } = await startTrial(t);
	const peer = await startPeer(t, { url: broker.url });
	const stranger = messageRecord(
		{ from: 'self::stranger', to: agentId },
		{ header: { msgId: '1', msgType: 1 } },
	);
	const elsewhere = messageRecord(
		{ from: operator.endpointId, to: 'os::other' },
		{ header: { msgId: '1', msgType: 1 } },
	);
	const noMessage = UspRecord.encode({
		version: '1.4',
		fromId: operator.endpointId,
		toId: agentId,
		noSessionContext: { payload: new Uint8Array([255, 255, 255]) },
	});
	const all = [
		new Uint8Array(),
		new Uint8Array([255, 1, 2]),
		get('x').slice(0, -3),
		stranger,
		elsewhere,
		noMessage,
	];

	for (const bytes of all) {
		const dropped = nextEvent(({ kind }) => kind === 'dropped');
		await peer.send(bytes);
		await dropped;
	}
	await peer.send(get('still there'), { contentType: 'text/plain' });
	await peer.send(get('yes'));

	t.is((await peer.nextMessage()).header?.msgId, 'yes');
	t.deepEqual(
		events.flatMap((event) => (event.kind === 'dropped' ? [event.reason] : [])),
		[
			'not-for-us',
			'malformed-record',
			'malformed-record',
			'unknown-sender',
			'not-for-us',
			'malformed-message',
		],
	);
});

test('R-E2E.6a: a record with a session context is answered with a Disconnect of 7106', async (t) => {
	const { broker } = await startTrial(t);
	const peer = await startPeer(t, { url: broker.url });

	const sessionContext = { sessionId: 1, sequenceId: 1, payload: [new Uint8Array([1])] };
	await peer.send(
		UspRecord.encode({ version: '1.4', fromId: operator.endpointId, toId: agentId, sessionContext }),
	);

	t.is((await peer.next()).record.disconnect?.reasonCode, 7106);
});

test('what happens while the link is down is told once it is back, each thing once and in order', async (t) => {
	const broker = await startBroker();
	t.teardown(() => broker.close());
	const way = await startWay(t, broker.port);
	const { agent, modules, nextEvent } = await startBox({ url: way.url });
	t.teardown(() => agent.stop());
	const peer = await startPeer(t, { url: broker.url });
	const gate = Promise.withResolvers<void>();
	modules.gate = () => gate.promise;
	for (const name of ['clock', 'player']) {
		const inputArgs = { URL: `tuf:modules/${name}-1.0.0.wasm` };
		const operate = {
			command: 'Device.SoftwareModules.InstallDU()',
			commandKey: name,
			sendResp: true,
			inputArgs,
		};
		await peer.send(fromOperator({ header: { msgId: name, msgType: 6 }, body: { request: { operate } } }));
		await peer.nextMessage();
	}

	const lost = nextEvent(({ kind }) => kind === 'lost');
	way.cut();
	await lost;
	gate.resolve();
	t.is((await peer.next()).record.disconnect?.reason, 'the box is gone');
	way.restore();

	t.truthy((await peer.next()).record.mqttConnect);
	const told: unknown[] = [];
	for (let count = 0; count < 4; count++) {
		const notify = (await peer.nextMessage()).body?.request?.notify;
		told.push(notify?.event?.params['Version'] ?? notify?.operComplete?.commandKey);
	}
	t.deepEqual(told.toSorted(), ['1.0.0', '1.0.0', 'clock', 'player']);
	await peer.send(get('nothing else'));
	t.is((await peer.nextMessage()).header?.msgId, 'nothing else');
});
