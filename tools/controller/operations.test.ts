// What a controller has a box do, and how it hears what became of it.
import test from 'ava';
import { ControllerError } from './controller-error.ts';
import { clockUrl, install, startTrial } from './trial-box.ts';

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

test('an unknown unit cannot be told anything, and a known one can', async (t) => {
	const { connect, modules } = await startTrial(t);
	const controller = await connect();
	await controller.operate(install, { URL: clockUrl });
	const unit = 'Device.SoftwareModules.ExecutionUnit.1.';

	await controller.operate(`${unit}Restart()`, {}, { isSync: true });
	await controller.operate(`${unit}SetRequestedState()`, { RequestedState: 'Idle' }, { isSync: true });
	const restart = controller.operate(`${unit}Restart()`, {}, { isSync: true });

	t.like(await restart.catch((error: unknown) => error), {
		code: 'failed',
		fault: 7230,
		reason: 'unit-idle',
	});
	t.deepEqual(modules.calls.slice(1), ['restart clock', 'idle clock', 'restart clock']);
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
