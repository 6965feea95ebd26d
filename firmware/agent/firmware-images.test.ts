import test from 'ava';
import { CodedError } from '../../runtime/error.ts';
import { ManualClock } from '../../runtime/manual-clock.ts';
import { MemoryDirectory } from '../../runtime/memory-directory.ts';
import { deviceInfo } from './data-model/device-info.ts';
import { firmwareImages } from './data-model/firmware-images.ts';
import { DataModel } from './data-model/model.ts';
import { parsePath } from './data-model/path.ts';
import type { ObjectEvent } from './data-model/provider.ts';
import { InstanceNumbers } from './instance-numbers.ts';
import { simulatedIdentity } from './simulated-box.ts';
import { SimulatedFirmware } from './simulated-firmware.ts';

const hour = 3_600_000;

function started() {
	const clock = new ManualClock();
	const firmware = new SimulatedFirmware(clock);
	const numbers = new InstanceNumbers({ directory: new MemoryDirectory() });
	const model = new DataModel([
		deviceInfo({ identity: simulatedIdentity, clock, firmware, numbers }),
		firmwareImages({ firmware, clock, numbers }),
	]);
	const told: ObjectEvent[] = [];
	for (const provider of model.providers)
		provider.watch?.({ emit: (event) => void told.push(event), whenWanted: () => () => undefined });
	const acceptedAt = clock.now();
	const call = (command: string, args: Record<string, string>, { isResumed = false, at = 2 } = {}) => {
		const abort = new AbortController();
		const { commands } = model.node(['Device', 'DeviceInfo', 'FirmwareImage', '{i}'])?.provider ?? {};
		const ended = Promise.try(() =>
			commands?.[command]?.run({
				at: [at],
				objectPath: `Device.DeviceInfo.FirmwareImage.${at}.`,
				args: { AutoActivate: 'false', ...args },
				commandKey: 'key',
				originator: 'self::operator',
				acceptedAt,
				isResumed,
				signal: abort.signal,
			}),
		);
		return { ended, abort };
	};
	const read = async (path: string) => {
		const view = model.view();
		const places = await view.resolveObjects(parsePath(path));
		return Promise.all(places.map(async (place) => ({ ...(await view.params(place)) })));
	};
	/** Time goes on, and what waits for it too. */
	const pass = async (ms: number) => {
		for (let left = ms; left > 0; left -= 60_000) {
			for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
			clock.advance(Math.min(left, 60_000));
		}
		for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
	};
	const setNext = async (value: string, param = 'BootFirmwareImage') => {
		const editor = model.node(['Device', 'DeviceInfo'])?.provider?.editor;
		const settings = [{ param, value, isRequired: true }];
		return (await editor?.set(0, settings, { endpointId: 'self::operator' }))?.commit();
	};
	return { firmware, clock, call, read, pass, told, setNext };
}

test('the slots are rows, and the box says which one runs and which one is next', async (t) => {
	const { firmware, read, call } = started();
	t.like(await read('Device.DeviceInfo.FirmwareImage.'), [
		{ Alias: 'cpe-1', Name: 'a', Version: '1.0.0', Status: 'Active', Available: true, BootFailureLog: '' },
		{ Alias: 'cpe-2', Name: 'b', Version: '', Status: 'NoImage', Available: false },
	]);
	firmware.isOnTrial = true;
	t.like(await read('Device.DeviceInfo.FirmwareImage.'), [
		{ X_MULLION_OnTrial: true },
		{ X_MULLION_OnTrial: false },
	]);

	await call('Download()', { URL: 'tuf:firmware/x/2.0.0' }).ended;

	t.like(await read('Device.DeviceInfo.FirmwareImage.2.'), [{ Version: '2.0.0', Status: 'Available' }]);
	call('Activate()', {});
	await new Promise((resolve) => setImmediate(resolve));
	t.like(await read('Device.DeviceInfo.'), [
		{
			ActiveFirmwareImage: 'Device.DeviceInfo.FirmwareImage.1',
			BootFirmwareImage: 'Device.DeviceInfo.FirmwareImage.2',
			MaxNumberOfActivateTimeWindows: 5,
		},
	]);
	t.deepEqual(firmware.calls, ['download b tuf:firmware/x/2.0.0', 'activate b']);
});

test('a download that activates ends after the restart, in the life of the new firmware', async (t) => {
	const { firmware, call, pass } = started();
	const args = { URL: 'tuf:firmware/x/2.0.0', AutoActivate: 'true' };
	call('Download()', args);
	await pass(1);
	firmware.restart();

	await call('Download()', args, { isResumed: true }).ended;

	t.deepEqual(firmware.calls, ['download b tuf:firmware/x/2.0.0', 'activate b', 'activate b resumed']);
});

test('a download that a restart interrupted is done again before anything is activated', async (t) => {
	const { firmware, call, pass } = started();
	call('Download()', { URL: 'tuf:firmware/x/2.0.0', AutoActivate: 'true' }, { isResumed: true });
	await pass(1);
	t.deepEqual(firmware.calls, ['download b tuf:firmware/x/2.0.0', 'activate b']);
});

test('why firmware is not taken reaches the controller', async (t) => {
	const { firmware, call } = started();
	await t.throwsAsync(call('Download()', { URL: 'tuf:x' }, { at: 1 }).ended, { code: 'slot-in-use' });
	await t.throwsAsync(call('Download()', { URL: 'tuf:x' }, { at: 3 }).ended, {
		code: 'object-does-not-exist',
	});
	await t.throwsAsync(call('Download()', { URL: 'https://a:b@c/' }).ended, { code: 'invalid-arguments' });
	await t.throwsAsync(call('Download()', { URL: 'tuf:x', AutoActivate: 'maybe' }).ended, {
		code: 'invalid-command-arguments',
	});
	firmware.failure = new CodedError('downgrade-refused', 'too old');
	await t.throwsAsync(call('Download()', { URL: 'tuf:x' }).ended, { code: 'downgrade-refused' });
	await t.throwsAsync(call('Activate()', {}).ended, { code: 'downgrade-refused' });
});

/** From two to four at night, if it was accepted at midnight. */
const night = (mode: string) => ({
	'TimeWindow.1.Start': '7200',
	'TimeWindow.1.End': '14400',
	'TimeWindow.1.Mode': mode,
});

test('firmware is activated in its time window and not before', async (t) => {
	const { firmware, call, pass } = started();
	call('Activate()', night('AnyTime'));
	await pass(2 * hour - 60_000);
	t.deepEqual(firmware.calls, []);
	await pass(60_000);
	t.deepEqual(firmware.calls, ['activate b']);
});

test('in a window for an idle box it waits until nobody is disturbed', async (t) => {
	const { firmware, call, pass } = started();
	firmware.isBusy = true;
	call('Activate()', night('WhenIdle'));
	await pass(3 * hour);
	t.deepEqual(firmware.calls, []);
	firmware.isBusy = false;
	await pass(60_000);
	t.deepEqual(firmware.calls, ['activate b']);
});

test('a box that is busy in every window is not restarted, and the command fails', async (t) => {
	const { firmware, call, pass } = started();
	firmware.isBusy = true;
	const args = {
		...night('WhenIdle'),
		'TimeWindow.2.Start': '20000',
		'TimeWindow.2.End': '30000',
		'TimeWindow.2.Mode': 'WhenIdle',
	};
	const { ended } = call('Activate()', args);
	const failed = t.throwsAsync(ended, { code: 'command-failure' });
	await pass(10 * hour);
	await failed;
	t.deepEqual(firmware.calls, []);
});

test('after a restart before its window the command waits on; after one in it, it ends', async (t) => {
	const { firmware, call, pass } = started();
	const { ended, abort } = call('Activate()', night('Immediately'));
	const stopped = t.throwsAsync(ended, { message: 'the agent stops' });
	await pass(hour);
	abort.abort(new Error('the agent stops'));
	await stopped;
	call('Activate()', night('Immediately'), { isResumed: true });
	await pass(hour);
	t.deepEqual(firmware.calls, ['activate b']);
	firmware.restart();

	await call('Activate()', night('Immediately'), { isResumed: true }).ended;
	t.deepEqual(firmware.calls, ['activate b', 'activate b resumed']);
});

const asking = (retries: string) => ({
	...night('ConfirmationNeeded'),
	'TimeWindow.1.UserMessage': 'New channels tonight',
	'TimeWindow.1.MaxRetries': retries,
});

test('where confirmation is needed somebody at home is asked in the window, and the box restarts once he agrees', async (t) => {
	const { firmware, call, pass, clock } = started();
	const acceptedAt = clock.now();
	call('Activate()', asking('0'));
	await pass(2 * hour - 60_000);
	t.deepEqual(firmware.questions, []);
	await pass(60_000);
	t.like(firmware.questions, [{ text: 'New channels tonight', until: acceptedAt + 14_400_000_000 }]);
	t.deepEqual(firmware.calls, []);

	firmware.questions[0]?.answer('agreed');
	await pass(1);
	t.deepEqual(firmware.calls, ['activate b']);
});

test('who refuses is asked no more in that window, and in the next one again', async (t) => {
	const { firmware, call, pass } = started();
	const second = { Start: '20000', End: '30000', Mode: 'ConfirmationNeeded' };
	const more = Object.entries(second).map(([name, value]) => [`TimeWindow.2.${name}`, value]);
	const { ended } = call('Activate()', { ...asking('5'), ...Object.fromEntries(more) });
	const failed = t.throwsAsync(ended, { code: 'command-failure', message: 'it was refused at home' });
	await pass(2 * hour);
	firmware.questions[0]?.answer('refused');
	await pass(2 * hour);
	t.is(firmware.questions.length, 1);
	await pass(2 * hour);
	firmware.questions[1]?.answer('refused');
	await failed;
	t.deepEqual(firmware.calls, []);
});

test('who does not answer is asked as often as the operator says, over the whole window, and the command fails then', async (t) => {
	const { firmware, call, pass, clock } = started();
	const acceptedAt = clock.now();
	const { ended } = call('Activate()', asking('1'));
	const failed = t.throwsAsync(ended, { code: 'command-failure', message: 'nobody at home has answered' });
	await pass(5 * hour);
	await failed;
	t.deepEqual(
		firmware.questions.map(({ until }) => (until - acceptedAt) / 1_000_000),
		[10_800, 14_400],
	);
	t.deepEqual(firmware.calls, []);
});

test('left to the box, who does not answer is asked three times', async (t) => {
	const { firmware, call, pass } = started();
	const { ended } = call('Activate()', asking('-1'));
	const failed = t.throwsAsync(ended, { code: 'command-failure' });
	await pass(5 * hour);
	await failed;
	t.is(firmware.questions.length, 3);
});

test('after a restart in the window the question is asked again', async (t) => {
	const { firmware, call, pass } = started();
	const { ended, abort } = call('Activate()', asking('0'));
	const stopped = t.throwsAsync(ended, { message: 'the agent stops' });
	await pass(3 * hour);
	abort.abort(new Error('the agent stops'));
	await stopped;

	call('Activate()', asking('0'), { isResumed: true });
	await pass(1);
	firmware.questions[1]?.answer('agreed');
	await pass(1);
	t.deepEqual(firmware.calls, ['activate b']);
});

test('the end of a transfer is told, also where it failed, and before anything is activated', async (t) => {
	const { firmware, call, pass, told } = started();
	const done = { Command: 'Device.DeviceInfo.FirmwareImage.2.Download()', CommandKey: 'key' };
	call('Download()', { URL: 'tuf:firmware/x/2.0.0', AutoActivate: 'true' });
	await pass(1);
	t.like(told, [
		{
			objectPath: 'Device.LocalAgent.',
			name: 'TransferComplete!',
			args: {
				...done,
				Requestor: 'self::operator',
				TransferType: 'Download',
				Affected: 'Device.DeviceInfo.FirmwareImage.2',
				TransferURL: 'tuf:firmware/x/2.0.0',
				FaultCode: 0,
				FaultString: '',
			},
		},
	]);

	firmware.failure = new CodedError('metadata-expired', 'too late');
	await t.throwsAsync(call('Download()', { URL: 'tuf:x' }).ended);
	t.like(told[1]?.args, { ...done, FaultCode: 7036, FaultString: 'metadata-expired: too late' });
});

test('what the next boot starts is set, to what can be started only', async (t) => {
	const { firmware, call, setNext, read } = started();
	const row = 'Device.DeviceInfo.FirmwareImage.';
	await t.throwsAsync(setNext(`${row}2`), { code: 'invalid-value' });
	await t.throwsAsync(setNext(`${row}3`), { code: 'invalid-value' });
	await t.throwsAsync(setNext('1.0', 'SoftwareVersion'), { code: 'parameter-not-writable' });
	await call('Download()', { URL: 'tuf:firmware/x/2.0.0' }).ended;

	t.deepEqual(await setNext(`${row}2.`), { BootFirmwareImage: `${row}2.` });
	t.like(await read('Device.DeviceInfo.'), [
		{ ActiveFirmwareImage: `${row}1`, BootFirmwareImage: `${row}2` },
	]);
	await setNext(`${row}1`);
	t.deepEqual(firmware.calls.slice(1), ['next b', 'next a']);
});

test('windows that make no sense are refused', async (t) => {
	const { call } = started();
	for (const change of [
		{ 'TimeWindow.1.Mode': 'AtOnce' },
		{ 'TimeWindow.1.MaxRetries': '11' },
		{ 'TimeWindow.1.MaxRetries': '-2' },
		{ 'TimeWindow.1.UserMessage': 'x'.repeat(257) },
		{ 'TimeWindow.1.Mode': '' },
		{ 'TimeWindow.1.Start': '-1' },
		{ 'TimeWindow.1.End': '' },
		{ 'TimeWindow.1.End': '7200' },
		{ 'TimeWindow.2.Start': '14000', 'TimeWindow.2.End': '15000', 'TimeWindow.2.Mode': 'AnyTime' },
	]) {
		const { ended } = call('Activate()', { ...night('AnyTime'), ...change });
		await t.throwsAsync(ended, { code: 'invalid-command-arguments' });
	}
});
