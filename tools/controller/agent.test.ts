import { type EventEmitter, on, once } from 'node:events';
import { type AddressInfo, createConnection, createServer, type Socket } from 'node:net';
import test, { type ExecutionContext } from 'ava';
import { connectAsync, type IPublishPacket } from 'mqtt';
import { agentTopic } from '../../firmware/agent/mqtt-transport.ts';
import { messageRecord } from '../../firmware/agent/records.ts';
import { Msg } from '../../proto/host/cloud/usp/usp-msg.ts';
import { Record as UspRecord } from '../../proto/host/cloud/usp/usp-record.ts';
import { MemoryDirectory } from '../../runtime/memory-directory.ts';
import { startBroker } from '../headend/broker.ts';
import { agentId, operator, startBox, startTrial } from './trial-box.ts';

/** A controller with no manners of its own: sends any bytes, and shows every record it gets. */
async function startPeer(
	t: ExecutionContext,
	{ url, topic = operator.topic }: { url: string; topic?: string },
) {
	const client = await connectAsync(url, { protocolVersion: 5, reconnectPeriod: 0 });
	t.teardown(() => client.endAsync(true));
	await client.subscribeAsync(topic, { qos: 1 });
	const arrivals = on(client as unknown as EventEmitter, 'message') as AsyncIterator<
		[string, Buffer, IPublishPacket]
	>;
	const next = async () => {
		const { value } = await arrivals.next();
		const [, payload, packet] = value;
		const record = UspRecord.decode(new Uint8Array(payload));
		const inside = record.noSessionContext?.payload;
		return { record, packet, ...(inside && { message: Msg.decode(inside) }) };
	};
	return {
		client,
		next,
		send: (bytes: Uint8Array, properties: IPublishPacket['properties'] = { contentType: 'usp.msg' }) =>
			client.publishAsync(agentTopic(agentId), Buffer.from(bytes), {
				qos: 1,
				...(properties && { properties }),
			}),
		/** The next record that is a message; those of the link itself are passed over. */
		nextMessage: async () => {
			for (;;) {
				const { message } = await next();
				if (message !== undefined) return message;
			}
		},
	};
}

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

const fromOperator = (message: Parameters<typeof messageRecord>[1]) =>
	messageRecord({ from: operator.endpointId, to: agentId }, message);

const get = (msgId: string) =>
	fromOperator({
		header: { msgId, msgType: 1 },
		body: { request: { get: { paramPaths: ['Device.DeviceInfo.SerialNumber'], maxDepth: 0 } } },
	});

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

test('requests the box does not serve are answered with 7001, and wrong headers with 7004', async (t) => {
	const { broker } = await startTrial(t);
	const peer = await startPeer(t, { url: broker.url });

	const register = { register: { allowPartial: false, regPaths: [{ path: 'Device.X.' }] } };
	await peer.send(fromOperator({ header: { msgId: 'r', msgType: 19 }, body: { request: register } }));
	t.like(await peer.nextMessage(), {
		header: { msgId: 'r', msgType: 0 },
		body: { error: { errCode: 7001 } },
	});

	const mixed = { get: { paramPaths: ['Device.'], maxDepth: 0 } };
	await peer.send(fromOperator({ header: { msgId: 'm', msgType: 6 }, body: { request: mixed } }));
	t.like(await peer.nextMessage(), {
		header: { msgId: 'm', msgType: 0 },
		body: { error: { errCode: 7004 } },
	});
});

test('GetSupportedProtocol names every version the box understands', async (t) => {
	const { broker } = await startTrial(t);
	const peer = await startPeer(t, { url: broker.url });

	const getSupportedProtocol = { controllerSupportedProtocolVersions: '1.0,1.3' };
	await peer.send(
		fromOperator({ header: { msgId: 'p', msgType: 17 }, body: { request: { getSupportedProtocol } } }),
	);

	t.like((await peer.nextMessage()).body?.response, {
		getSupportedProtocolResp: { agentSupportedProtocolVersions: '1.0,1.1,1.2,1.3,1.4' },
	});
});

test('R-MSG.4: a request whose id is being served already is not served twice', async (t) => {
	const { broker, bus, nextEvent } = await startTrial(t);
	const peer = await startPeer(t, { url: broker.url });
	const gate = Promise.withResolvers<void>();
	let served = 0;
	bus.publish = async () => {
		served++;
		await gate.promise;
		return 1;
	};
	const operate = {
		command: 'Device.X_MULLION_Bus.Publish()',
		commandKey: '',
		sendResp: true,
		inputArgs: { Topic: 'a' },
	};
	const request = fromOperator({ header: { msgId: 'same', msgType: 6 }, body: { request: { operate } } });

	const dropped = nextEvent(({ kind }) => kind === 'dropped');
	await peer.send(request);
	await peer.send(request);
	t.deepEqual(await dropped, { kind: 'dropped', reason: 'duplicate' });
	gate.resolve();

	t.is((await peer.nextMessage()).header?.msgId, 'same');
	t.is(served, 1);
});

test('R-OPR.4: a command whose sender wants no response is done in silence', async (t) => {
	const { broker, bus } = await startTrial(t);
	const peer = await startPeer(t, { url: broker.url });

	const operate = {
		command: 'Device.X_MULLION_Bus.Publish()',
		commandKey: '',
		sendResp: false,
		inputArgs: { Topic: 'a' },
	};
	await peer.send(fromOperator({ header: { msgId: 'quiet', msgType: 6 }, body: { request: { operate } } }));
	await peer.send(get('next'));

	t.is((await peer.nextMessage()).header?.msgId, 'next');
	t.is(bus.published.length, 1);
});

test('a configured controller hears of every end without having asked, and again until it answers', async (t) => {
	const { broker } = await startTrial(t);
	const peer = await startPeer(t, { url: broker.url });
	const inputArgs = { URL: 'tuf:modules/clock-1.0.0.wasm' };
	const operate = {
		command: 'Device.SoftwareModules.InstallDU()',
		commandKey: 'k',
		sendResp: true,
		inputArgs,
	};
	await peer.send(fromOperator({ header: { msgId: 'i', msgType: 6 }, body: { request: { operate } } }));

	const answer = await peer.nextMessage();
	t.like(answer.body?.response?.operateResp?.operationResults[0], {
		executedCommand: 'Device.SoftwareModules.InstallDU()',
		reqObjPath: 'Device.LocalAgent.Request.1',
	});
	const event = (await peer.nextMessage()).body?.request?.notify;
	t.like(event, {
		subscriptionId: 'mullion-modules',
		sendResp: true,
		event: { eventName: 'DUStateChange!' },
	});
	const end = (await peer.nextMessage()).body?.request?.notify;
	t.like(end, {
		subscriptionId: 'mullion-operations',
		operComplete: { objPath: 'Device.SoftwareModules.', commandName: 'InstallDU()', commandKey: 'k' },
	});
});

test('an Add that cannot be done whole changes nothing, and with allow_partial the rest is done', async (t) => {
	const { broker } = await startTrial(t);
	const peer = await startPeer(t, { url: broker.url });
	const row = (ID: string, ReferenceList: string) => ({
		objPath: 'Device.LocalAgent.Subscription.',
		paramSettings: Object.entries({ ID, NotifType: 'Event', ReferenceList }).map(([param, value]) => ({
			param,
			value,
			required: true,
		})),
	});
	const createObjs = [row('good', 'Device.X_MULLION_Log.Line!'), row('bad', 'Device.Nothing!')];
	const ask = async (msgId: string, allowPartial: boolean) => {
		const add = { allowPartial, createObjs };
		await peer.send(fromOperator({ header: { msgId, msgType: 8 }, body: { request: { add } } }));
		return (await peer.nextMessage()).body;
	};

	t.like((await ask('1', false))?.error, { errCode: 7021, paramErrs: [{ errCode: 7021 }] });
	const results = (await ask('2', true))?.response?.addResp?.createdObjResults ?? [];
	t.like(results[0]?.operStatus?.operSuccess, { uniqueKeys: { ID: 'good' } });
	t.is(results[1]?.operStatus?.operFailure?.errCode, 7021);
	// The row is there now, so the same Add is a duplicate.
	t.like((await ask('3', false))?.error, { errCode: 7025 });
});

test('a row of Subscription is changed and deleted by who made it, and by nobody else', async (t) => {
	const { broker, connect } = await startTrial(t);
	const peer = await startPeer(t, { url: broker.url });
	const tool = await connect();
	const listening = await tool.subscribe('Device.X_MULLION_Log.Line!', () => undefined);
	const ask = async (msgId: string, msgType: number, request: object) => {
		await peer.send(fromOperator({ header: { msgId, msgType }, body: { request } }));
		return (await peer.nextMessage()).body;
	};
	const set = (objPath: string, param: string, value: string) => ({
		set: {
			allowPartial: false,
			updateObjs: [{ objPath, paramSettings: [{ param, value, required: true }] }],
		},
	});
	const remove = (path: string) => ({ delete: { allowPartial: false, objPaths: [path] } });

	t.like((await ask('1', 10, remove('Device.LocalAgent.Subscription.3.')))?.error, { errCode: 7006 });
	t.like((await ask('2', 4, set('Device.LocalAgent.Subscription.1.', 'ReferenceList', 'Device.')))?.error, {
		errCode: 7021,
	});
	const changed = (await ask('3', 4, set('Device.LocalAgent.Subscription.1.', 'Enable', 'false')))?.response;
	t.like(changed?.setResp?.updatedObjResults[0]?.operStatus?.operSuccess?.updatedInstResults[0], {
		affectedPath: 'Device.LocalAgent.Subscription.1.',
		updatedParams: { Enable: 'false' },
	});
	const deleted = (await ask('4', 10, remove('Device.LocalAgent.Subscription.1.')))?.response;
	t.deepEqual(deleted?.deleteResp?.deletedObjResults[0]?.operStatus?.operSuccess?.affectedPaths, [
		'Device.LocalAgent.Subscription.1.',
	]);
	// R-DEL.2a: what is gone already needs no deleting.
	const again = (await ask('5', 10, remove('Device.LocalAgent.Subscription.1.')))?.response;
	t.deepEqual(again?.deleteResp?.deletedObjResults[0]?.operStatus?.operSuccess?.affectedPaths, []);
	t.like((await ask('6', 4, set('Device.DeviceInfo.', 'SerialNumber', 'x')))?.error, { errCode: 7013 });
	await listening.remove();
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
