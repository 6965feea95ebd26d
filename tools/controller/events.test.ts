// What a controller is told without asking each time.
import test from 'ava';
import { ManualClock } from '../../runtime/manual-clock.ts';
import { listener } from './listener.fixture.ts';
import { clockUrl, install, startTrial } from './trial-box.ts';

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
