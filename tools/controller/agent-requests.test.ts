// How a box answers requests, message for message.
import test from 'ava';
import { fromOperator, get, startPeer } from './peer.fixture.ts';
import { startTrial } from './trial-box.ts';

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
