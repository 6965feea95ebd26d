import test from 'ava';
import { ManualClock } from '../../runtime/manual-clock.ts';
import { MemoryDirectory } from '../../runtime/memory-directory.ts';
import { startBroker } from '../headend/broker.ts';
import { Controller, type Told } from './controller.ts';
import { ControllerError } from './controller-error.ts';
import { agentId, startBox, startTrial } from './trial-box.ts';

const clockUrl = 'tuf:modules/clock-1.0.0.wasm';
const install = 'Device.SoftwareModules.InstallDU()';

/** Events as they are told, to be awaited one after the other. */
function listener() {
	const told: Told[] = [];
	const wakes: (() => void)[] = [];
	return {
		told,
		hear: (one: Told) => {
			told.push(one);
			for (const wake of wakes.splice(0)) wake();
		},
		until: async (count: number) => {
			while (told.length < count) await new Promise<void>((resolve) => wakes.push(resolve));
			return told;
		},
	};
}

test('a controller installs a module and hears of its end with the outputs', async (t) => {
	const { connect } = await startTrial(t);
	const controller = await connect();

	const outputs = await controller.operate(install, { URL: clockUrl });

	t.deepEqual(outputs, {
		UUID: 'uuid-of-clock',
		Version: '1.0.0',
		ExecEnvRef: 'Device.SoftwareModules.ExecEnv.1',
	});
	const units = await controller.get(['Device.SoftwareModules.DeploymentUnit.*.Status']);
	t.deepEqual(units, { 'Device.SoftwareModules.DeploymentUnit.1.': { Status: 'Installed' } });
});

test('an operation that fails rejects with the standard fault and our own code', async (t) => {
	const { connect } = await startTrial(t);
	const controller = await connect();
	await controller.operate(install, { URL: clockUrl });

	const error = await t.throwsAsync(controller.operate(install, { URL: clockUrl }), {
		instanceOf: ControllerError,
	});

	t.like(error, {
		code: 'failed',
		fault: 7226,
		reason: 'duplicate-module',
		message: 'clock is installed already',
	});
});

test('a module is updated and removed through its row, whose number is not used again', async (t) => {
	const { connect } = await startTrial(t);
	const controller = await connect();
	await controller.operate(install, { URL: clockUrl });
	const row = 'Device.SoftwareModules.DeploymentUnit.[Name=="clock"].';

	const updated = await controller.operate(`${row}Update()`, { URL: 'tuf:modules/clock-1.1.0.wasm' });
	await controller.operate(`${row}Uninstall()`);
	t.is(updated['Version'], '1.1.0');
	t.deepEqual(await controller.instances('Device.SoftwareModules.DeploymentUnit.'), []);

	await controller.operate(install, { URL: clockUrl });
	t.deepEqual(await controller.instances('Device.SoftwareModules.DeploymentUnit.'), [
		'Device.SoftwareModules.DeploymentUnit.2.',
	]);
});

test('DUStateChange tells of every end, with the arguments of the standard', async (t) => {
	const { connect } = await startTrial(t, { clock: new ManualClock() });
	const controller = await connect();
	const { hear, until } = listener();
	await controller.subscribe('Device.SoftwareModules.DUStateChange!', hear);

	await controller.operate(install, { URL: clockUrl });
	await t.throwsAsync(controller.operate(install, { URL: 'tuf:nothing' }));

	const [good, bad] = await until(2);
	t.deepEqual(good, {
		objectPath: 'Device.SoftwareModules.',
		name: 'DUStateChange!',
		args: {
			UUID: 'uuid-of-clock',
			DeploymentUnitRef: 'Device.SoftwareModules.DeploymentUnit.1',
			Version: '1.0.0',
			CurrentState: 'Installed',
			Resolved: 'true',
			ExecutionUnitRefList: 'Device.SoftwareModules.ExecutionUnit.1',
			StartTime: '2023-11-14T22:13:20.000Z',
			CompleteTime: '2023-11-14T22:13:20.000Z',
			OperationPerformed: 'Install',
			'Fault.FaultCode': '0',
			'Fault.FaultString': '',
		},
	});
	t.like(bad?.args, { CurrentState: 'Failed', OperationPerformed: 'Install', 'Fault.FaultCode': '7033' });
});

for (const [args, fault] of [
	[{ URL: 'https://user:secret@host/clock-1.0.0.wasm' }, 7004],
	[{ URL: clockUrl, ExecutionEnvRef: 'Device.SoftwareModules.ExecEnv.9' }, 7223],
	[{ UUID: 'x' }, 7027],
] as const) {
	test(`InstallDU of ${JSON.stringify(args)} fails with ${fault}`, async (t) => {
		const { connect } = await startTrial(t);
		const controller = await connect();

		await t.throwsAsync(controller.operate(install, args), { code: 'failed', instanceOf: ControllerError });

		const error = await controller.operate(install, args).catch((reason: unknown) => reason);
		t.like(error, { fault });
	});
}

test('a command that nobody knows is refused as an invalid path', async (t) => {
	const { connect } = await startTrial(t);
	const controller = await connect();

	const unknown = controller.operate('Device.SoftwareModules.Explode()', {}, { isSync: true });

	t.like(await unknown.catch((error: unknown) => error), { code: 'refused', fault: 7026 });
});

test('a canceled request ends with 7023, and its row is gone', async (t) => {
	const { connect, modules } = await startTrial(t);
	const controller = await connect();
	const started = Promise.withResolvers<void>();
	modules.gate = ({ signal }) =>
		new Promise((_resolve, reject) => {
			signal.addEventListener('abort', () => reject(signal.reason));
			started.resolve();
		});
	const installing = controller.operate(install, { URL: clockUrl });
	await started.promise;
	const rows = await controller.get(['Device.LocalAgent.Request.']);
	t.like(rows['Device.LocalAgent.Request.1.'], { Command: install, Status: 'Active' });

	await controller.operate('Device.LocalAgent.Request.1.Cancel()', {}, { isSync: true });

	t.like(await installing.catch((error: unknown) => error), { code: 'failed', fault: 7023 });
	t.deepEqual(await controller.instances('Device.LocalAgent.Request.'), []);
});

test('an operation that hangs does not hold up the next one', async (t) => {
	const { connect, modules } = await startTrial(t);
	const controller = await connect();
	const started = Promise.withResolvers<void>();
	modules.gate = () => {
		started.resolve();
		return new Promise(() => undefined);
	};
	controller.operate(install, { URL: clockUrl }).catch(() => undefined);
	await started.promise;
	modules.gate = () => Promise.resolve();

	const outputs = await controller.operate(install, { URL: 'tuf:modules/player-2.0.0.wasm' });

	t.is(outputs['Version'], '2.0.0');
});

test('Get reads a parameter, an object, a tree to a depth, and the rows a search finds', async (t) => {
	const { connect, network } = await startTrial(t);
	const base = { range: 'wide', isUp: true, signalDbm: -70, bytesIn: 0, bytesOut: 0 } as const;
	network.basebands = [
		{ ...base, id: 'cellular', kind: 'lte', speedKbps: 800, costPerMb: 0.02 },
		{ ...base, id: 'wifi', kind: 'wifi', range: 'short', speedKbps: 40_000, costPerMb: 0 },
	];
	const controller = await connect();

	t.deepEqual(await controller.get(['Device.DeviceInfo.SerialNumber']), {
		'Device.DeviceInfo.': { SerialNumber: 'SIM-0001' },
	});
	t.deepEqual(await controller.get(['Device.DeviceInfo.MemoryStatus.']), {
		'Device.DeviceInfo.MemoryStatus.': { Total: '262144', Free: '131072' },
	});
	t.deepEqual(await controller.get(['Device.X_MULLION_Network.Baseband.[SpeedKbps>1000].Name']), {
		'Device.X_MULLION_Network.Baseband.2.': { Name: 'wifi' },
	});
	t.deepEqual(await controller.get(['Device.X_MULLION_Network.Baseband.[Kind=="gsm"].']), {});
	t.deepEqual(await controller.get(['Device.X_MULLION_Network.'], { maxDepth: 1 }), {
		'Device.X_MULLION_Network.': { BasebandNumberOfEntries: '2' },
	});
	const all = await controller.get(['Device.']);
	t.true('Device.LocalAgent.Controller.1.' in all && 'Device.X_MULLION_Network.Baseband.1.' in all);
});

for (const [path, fault] of [
	['Device.DeviceInfo.Colour', 7026],
	['Device.Fridge.', 7026],
	['Device.LocalAgent.Controller.77.', 7026],
	['Device.LocalAgent..', 7008],
] as const) {
	test(`Get of ${path} fails with ${fault}`, async (t) => {
		const { connect } = await startTrial(t);
		const controller = await connect();

		t.like(await controller.get([path]).catch((error: unknown) => error), { code: 'refused', fault });
	});
}

test('an unknown unit cannot be told anything, and a known one can', async (t) => {
	const { connect, modules } = await startTrial(t);
	const controller = await connect();
	await controller.operate(install, { URL: clockUrl });
	const unit = 'Device.SoftwareModules.ExecutionUnit.1.';

	await controller.operate(`${unit}SetRequestedState()`, { RequestedState: 'Idle' }, { isSync: true });
	await controller.operate(`${unit}Restart()`, {}, { isSync: true });

	t.deepEqual(modules.calls.slice(1), ['idle clock', 'restart clock']);
	t.like(await controller.get([unit]), { [unit]: { Status: 'Idle', X_MULLION_Reason: 'requested' } });
	const wrong = controller.operate(
		`${unit}SetRequestedState()`,
		{ RequestedState: 'Paused' },
		{ isSync: true },
	);
	t.like(await wrong.catch((error: unknown) => error), { code: 'failed', fault: 7027 });
});

test('a message is put on the bus and an answer comes back, bytes as they were', async (t) => {
	const { connect, bus } = await startTrial(t);
	const controller = await connect();
	const Payload = Buffer.from([0, 255, 128]).toString('base64');

	await controller.operate(
		'Device.X_MULLION_Bus.Publish()',
		{ Topic: 'doorbell.ring', Payload },
		{ isSync: true },
	);
	const answer = await controller.operate(
		'Device.X_MULLION_Bus.Request()',
		{ Topic: 'echo', Payload },
		{ isSync: true },
	);

	t.deepEqual(bus.published, [{ topic: 'doorbell.ring', payload: new Uint8Array([0, 255, 128]) }]);
	t.deepEqual(answer, { Payload });
	const denied = controller.operate('Device.X_MULLION_Bus.Request()', { Topic: 'secret' }, { isSync: true });
	t.like(await denied.catch((error: unknown) => error), { code: 'failed', fault: 7002, reason: 'denied' });
});

test('lines of the log arrive as they are written, and the last ones can be read', async (t) => {
	const { connect, log } = await startTrial(t);
	const controller = await connect();
	log.write({ at: 1_700_000_000_000_000, vm: 'clock', level: 'info', text: 'early' });
	const { hear, until } = listener();
	await controller.subscribe('Device.X_MULLION_Log.Line!', hear);

	log.write({ at: 1_700_000_000_000_000, vm: 'player', level: 'warn', text: 'late' });

	const [line] = await until(1);
	t.deepEqual(line?.args, { Time: '2023-11-14T22:13:20.000Z', Vm: 'player', Level: 'warn', Text: 'late' });
	const { Lines = '' } = await controller.operate(
		'Device.X_MULLION_Log.Read()',
		{ Level: 'info' },
		{ isSync: true },
	);
	t.deepEqual(
		(JSON.parse(Lines) as { Text: string }[]).map(({ Text }) => Text),
		['early', 'late'],
	);
});

test('telemetry is sampled only while somebody listens', async (t) => {
	const clock = new ManualClock();
	const { connect, telemetry } = await startTrial(t, { clock });
	const controller = await connect();
	clock.advance(5000);
	t.is(telemetry.samples, 0);

	const { hear, until } = listener();
	const listening = await controller.subscribe('Device.X_MULLION_Telemetry.Sample!', hear);
	clock.advance(2000);
	t.deepEqual(
		(await until(2)).map(({ args }) => args['Data']),
		['{"sample":1}', '{"sample":2}'],
	);

	await listening.remove();
	clock.advance(5000);
	t.is(telemetry.samples, 2);
});

test('a session is opened, moved and closed, and its events are told', async (t) => {
	const { connect } = await startTrial(t);
	const controller = await connect();
	const { hear, until } = listener();
	await controller.subscribe('Device.X_MULLION_Session.', hear);

	const { SessionRef } = await controller.operate(
		'Device.X_MULLION_Session.Open()',
		{ Url: 'http://radio/', Baseband: 'cellular' },
		{ isSync: true },
	);
	const moved = await controller.operate(`${SessionRef}.Handoff()`, { Baseband: 'wifi' });
	const broken = controller.operate(`${SessionRef}.Handoff()`, { Baseband: 'broken' });
	t.like(await broken.catch((error: unknown) => error), { code: 'failed', reason: 'unreachable' });
	await controller.operate(`${SessionRef}.Close()`, {}, { isSync: true });

	t.like(moved, { From: 'cellular', To: 'wifi', Committed: 'true', PrepareMs: '20' });
	t.deepEqual(
		(await until(2)).map(({ name }) => name),
		['HandoffComplete!', 'SessionEnded!'],
	);
});

test('a subscription to what is not there is refused', async (t) => {
	const { connect } = await startTrial(t);
	const controller = await connect();

	const subscribing = controller.subscribe('Device.SoftwareModules.Nothing!', () => undefined);

	t.like(await subscribing.catch((error: unknown) => error), { code: 'refused', fault: 7021 });
});

test('a controller that leaves takes its subscriptions with it', async (t) => {
	const { connect } = await startTrial(t);
	const leaving = await connect();
	const staying = await connect();
	await leaving.subscribe('Device.X_MULLION_Log.Line!', () => undefined);
	const rows = () => staying.get(['Device.LocalAgent.Subscription.*.ReferenceList']);
	t.is(Object.keys(await rows()).length, 3);

	await leaving.close();

	t.is(Object.keys(await rows()).length, 2);
});

test('a controller the box does not know gets no answer', async (t) => {
	const { connect } = await startTrial(t);
	const controller = await connect({ endpointId: 'self::stranger', deadlineMs: 200 });

	await t.throwsAsync(controller.get(['Device.']), { code: 'no-answer' });
});

test('without a broker a controller fails at once and says where it looked', async (t) => {
	const broker = await startBroker();
	await broker.close();

	await t.throwsAsync(Controller.connect({ broker: broker.url, agent: 'os::x' }), {
		code: 'unreachable',
		message: new RegExp(broker.url),
	});
});

test('a controller that loses its broker rejects everything it waits for and is asked', async (t) => {
	const { connect, broker, modules } = await startTrial(t);
	const controller = await connect();
	const started = Promise.withResolvers<void>();
	modules.gate = () => {
		started.resolve();
		return new Promise(() => undefined);
	};
	const installing = controller.operate(install, { URL: clockUrl });
	const rejected = t.throwsAsync(installing, { code: 'unreachable' });
	await started.promise;

	broker.drop();

	await rejected;
	await t.throwsAsync(controller.get(['Device.']), { code: 'unreachable' });
});

test('a wait that is no longer wanted ends with the reason of its signal, and the box goes on', async (t) => {
	const { connect, modules } = await startTrial(t);
	const controller = await connect();
	const started = Promise.withResolvers<void>();
	const gate = Promise.withResolvers<void>();
	modules.gate = () => {
		started.resolve();
		return gate.promise;
	};
	const wait = new AbortController();
	const installing = controller.operate(install, { URL: clockUrl }, { signal: wait.signal });
	const rejected = t.throwsAsync(installing, { message: 'enough' });
	await started.promise;

	wait.abort(new Error('enough'));
	await rejected;

	const { hear, until } = listener();
	await controller.subscribe('Device.SoftwareModules.DUStateChange!', hear);
	gate.resolve();
	t.like((await until(1))[0]?.args, { CurrentState: 'Installed' });
});

test('an operation is heard of to its end even if the box restarts on the way', async (t) => {
	const broker = await startBroker();
	t.teardown(() => broker.close());
	const directory = new MemoryDirectory();
	const first = await startBox({ url: broker.url, directory });
	const controller = await Controller.connect({ broker: broker.url, agent: agentId });
	t.teardown(() => controller.close());
	const { hear, until } = listener();
	await controller.subscribe('Device.X_MULLION_Log.Line!', hear);
	const started = Promise.withResolvers<void>();
	first.modules.gate = ({ signal }) =>
		new Promise((_resolve, reject) => {
			signal.addEventListener('abort', () => reject(signal.reason));
			started.resolve();
		});
	const installing = controller.operate(install, { URL: clockUrl });
	await started.promise;

	await first.agent.stop();
	const second = await startBox({ url: broker.url, directory });
	t.teardown(() => second.agent.stop());

	t.is((await installing)['Version'], '1.0.0');
	// What it listened to before is taken up again by itself.
	await controller.get(['Device.LocalAgent.']);
	second.log.write({ at: 0, vm: '', level: 'info', text: 'after' });
	t.is((await until(1))[0]?.args['Text'], 'after');
});

for (const [path, fault] of [
	['Device.DeviceInfo.', 7018],
	['Device.Fridge.', 7026],
	['Device.LocalAgent.Controller.77.', 7016],
] as const) {
	test(`GetInstances of ${path} fails with ${fault}`, async (t) => {
		const { connect } = await startTrial(t);
		const controller = await connect();

		t.like(await controller.instances(path).catch((error: unknown) => error), { code: 'refused', fault });
	});
}
