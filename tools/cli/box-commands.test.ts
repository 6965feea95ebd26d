import test from 'ava';
import { connectAsync } from 'mqtt';
import { agentTopic } from '../../firmware/agent/mqtt-transport.ts';
import { CodedError } from '../../runtime/error.ts';
import { agentId, startBox, startTrial } from '../controller/trial-box.ts';
import { emptyModule, startDesk, startFolder, type } from './trial-desk.ts';

const clock = (version: string, description = '') =>
	emptyModule(
		{
			name: 'clock',
			version,
			description,
			subscribes: { 'clock.set': 'clock.Time', 'clock.read': 'clock.ReadRequest' },
		},
		schema,
	);
const schema = {
	nested: {
		clock: {
			nested: {
				Time: { fields: { hour: { type: 'uint32', id: 1 }, zone: { type: 'string', id: 2 } } },
				ReadRequest: { fields: { hour: { type: 'uint32', id: 1 } } },
				ReadReply: { fields: { hour: { type: 'uint32', id: 1 } } },
			},
		},
	},
};

test('a file is pushed into the repository and onto the box, and shows in the list', async (t) => {
	const { type: run, write, repository } = await startDesk(t);
	await write('clock.wasm', clock('1.0.0'));

	const pushed = await run('push', 'clock.wasm', '--json');

	t.is(pushed.code, 0);
	t.deepEqual(pushed.json(), [
		{ name: 'clock', version: '1.0.0', url: 'tuf:modules/clock-1.0.0.wasm', action: 'installed' },
	]);
	t.deepEqual(Object.keys(await repository.targets()), ['modules/clock-1.0.0.wasm']);
	t.like(((await run('list', '--json')).json() as unknown[])[0], {
		name: 'clock',
		version: '1.0.0',
		status: 'Installed',
	});
	t.regex((await run('list')).out, /^MODULE +VERSION +STATUS +VENDOR +VMS +FROM\nclock +1\.0\.0 +Installed/);
});

test('pushed again, another version is an update, the same bytes are nothing, other bytes are put in its place', async (t) => {
	const { type: run, write, modules } = await startDesk(t);
	const push = async (bytes: Uint8Array) => {
		await write('clock.wasm', bytes);
		const [{ action } = { action: undefined }] = (await run('push', 'clock.wasm', '--json')).json() as {
			action: string;
		}[];
		return action;
	};

	t.is(await push(clock('1.0.0')), 'installed');
	t.is(await push(clock('1.1.0')), 'updated');
	t.is(await push(clock('1.1.0')), 'unchanged');
	t.is(await push(clock('1.1.0', 'other bytes')), 'reinstalled');
	t.deepEqual(modules.calls, [
		'install tuf:modules/clock-1.0.0.wasm',
		'update tuf:modules/clock-1.1.0.wasm',
		'uninstall clock',
		'install tuf:modules/clock-1.1.0.wasm',
	]);
});

test('a push that is interrupted while the box is without the module brings it back first', async (t) => {
	const { cwd, type: run, write, modules } = await startDesk(t);
	await write('clock.wasm', clock('1.0.0'));
	await run('push', 'clock.wasm');
	await write('clock.wasm', clock('1.0.0', 'other bytes'));
	const enough = new AbortController();
	modules.gate = async ({ name }) => {
		if (name === 'uninstall') enough.abort();
	};

	const { code } = await type(['push', 'clock.wasm'], { cwd, signal: enough.signal });

	t.is(code, 0);
	t.is(modules.calls.at(-1), 'install tuf:modules/clock-1.0.0.wasm');
});

test('pushed again, a module whose VM was parked is started, and what does not run is told with why', async (t) => {
	const { type: run, write, modules } = await startDesk(t);
	await write('clock.wasm', clock('1.0.0'));
	await run('push', 'clock.wasm');
	modules.change('clock', { state: 'parked', reason: 'failed too often; last: trapped' });

	const { json } = await run('push', 'clock.wasm', '--json');

	t.like((json() as unknown[])[0], {
		action: 'restarted',
		waiting: [{ vm: 'clock', state: 'parked', reason: 'failed too often; last: trapped' }],
	});
	t.is(modules.calls.at(-1), 'restart clock');
	t.regex((await run('push', 'clock.wasm')).out, /clock is parked: failed too often; last: trapped/);
});

test('a VM that is just starting is given a moment before it is told that it does not run', async (t) => {
	const { type: run, write, modules } = await startDesk(t);
	await write('clock.wasm', clock('1.0.0'));
	await run('push', 'clock.wasm');
	modules.change('clock', { state: 'starting', reason: 'started again' });
	const started = setTimeout(() => modules.change('clock', { state: 'running' }), 1000);
	t.teardown(() => clearTimeout(started));

	t.deepEqual((await run('push', 'clock.wasm')).out, 'clock 1.0.0 unchanged\n');

	modules.change('clock', { state: 'starting', reason: 'next try soon' });
	t.regex((await run('push', 'clock.wasm')).out, /clock is starting: next try soon/);
});

test('a module is not put in the place of one that another vendor made, and nothing is signed', async (t) => {
	const { type: run, write, repository, modules } = await startDesk(t);
	await write('clock.wasm', clock('1.0.0'));
	await run('push', 'clock.wasm');
	await write('theirs.wasm', emptyModule({ name: 'clock', version: '1.1.0', vendor: 'acme' }));

	const { code, err } = await run('push', 'theirs.wasm');

	t.is(code, 1);
	t.regex(err, /a clock of the vendor "mullion", not "acme".*mullion remove clock.*\(name-taken\)/);
	t.deepEqual(Object.keys(await repository.targets()), ['modules/clock-1.0.0.wasm']);
	t.deepEqual(modules.calls, ['install tuf:modules/clock-1.0.0.wasm']);
});

test('modules are removed all or none, each once, and stay in the repository', async (t) => {
	const { type: run, write, repository, modules } = await startDesk(t);
	await write('clock.wasm', clock('1.0.0'));
	await run('push', 'clock.wasm');

	t.like((await run('remove', 'clock', 'clok', '--json')).json(), {
		error: {
			code: 'unknown-module',
			message: 'there is no module "clok" on the box; there are clock',
		},
	});
	t.deepEqual(modules.calls, ['install tuf:modules/clock-1.0.0.wasm']);

	t.deepEqual((await run('remove', 'clock', 'clock', '--json')).json(), [
		{ name: 'clock', action: 'removed' },
	]);

	t.deepEqual((await run('list', '--json')).json(), []);
	t.deepEqual(Object.keys(await repository.targets()), ['modules/clock-1.0.0.wasm']);
});

test('a module of the repository that this version cannot read keeps no message of the others from being sent', async (t) => {
	const { type: run, write, repository } = await startDesk(t);
	await write('clock.wasm', clock('1.0.0'));
	await run('push', 'clock.wasm');
	const strange = emptyModule({ name: 'strange', version: '9.0.0', hologram: true });
	await repository.addTarget({ path: 'modules/strange-9.0.0.wasm', bytes: strange });

	t.is((await run('send', 'clock.set', '{"hour": 7}')).code, 0);
});

test('with --offer a module goes into the repository and not onto the box', async (t) => {
	const { type: run, write, repository, modules } = await startDesk(t);
	await write('clock.wasm', clock('1.0.0'));

	t.like(((await run('push', '--offer', 'clock.wasm', '--json')).json() as unknown[])[0], {
		action: 'offered',
	});

	t.is(Object.keys(await repository.targets()).length, 1);
	t.deepEqual(modules.calls, []);
});

test('what is no module is not signed: exit code 1', async (t) => {
	const { type: run, write, repository } = await startDesk(t);
	await write('noise.wasm', new Uint8Array([1, 2, 3]));

	const { code, json } = await run('push', 'noise.wasm', '--json');

	t.is(code, 1);
	const { error } = json() as { error: { code: string; message: string } };
	t.is(error.code, 'not-a-component');
	t.regex(error.message, /^noise\.wasm: /);
	t.deepEqual(Object.keys(await repository.targets()), []);
});

test('a file that is not there is named', async (t) => {
	const { type: run } = await startDesk(t);

	t.like((await run('push', 'nowhere', '--json')).json(), {
		error: { code: 'no-such-file', message: 'there is no nowhere' },
	});
});

for (const [reason, fault, exit] of [
	['metadata-signature', 7036, 4],
	['target-digest', 7035, 4],
	['import-not-granted', 7002, 4],
	['disk-full', 7227, 1],
	['repository-unreachable', 7033, 1],
] as const) {
	test(`a box that answers ${reason} makes ${fault} and exit code ${exit}`, async (t) => {
		const { type: run, write, modules } = await startDesk(t);
		await write('clock.wasm', clock('1.0.0'));
		modules.gate = () => Promise.reject(new CodedError(reason, 'as the test wants it'));

		const { code, json } = await run('push', 'clock.wasm', '--json');

		t.is(code, exit);
		t.deepEqual(json(), { error: { code: reason, message: 'as the test wants it', fault } });
	});
}

test('the status shows networks, VMs and sessions', async (t) => {
	const { type: run, network, sessions, write } = await startDesk(t);
	network.basebands = [
		{
			id: 'wlan0',
			kind: 'wifi',
			range: 'short',
			isUp: true,
			signalDbm: -52,
			speedKbps: 20_000,
			costPerMb: 0,
			bytesIn: 1_234_567,
			bytesOut: 0,
		},
	];
	await sessions.open({ kind: 'media', url: 'http://radio/', baseband: 'wlan0' });
	await write('clock.wasm', clock('1.0.0'));
	await run('push', 'clock.wasm');

	const { out } = await run('status');

	t.regex(out, /clock +1\.0\.0 +running/);
	t.regex(out, /wlan0 +wifi +up +-52 dBm +20000 kbit\/s +0 +1\.2 MB/);
	t.regex(out, /session-1 +media +owned +player +wlan0/);
	t.like((await run('status', '--json')).json(), {
		networks: [{ Name: 'wlan0' }],
		sessions: [{ Session: 'session-1' }],
	});
});

test('a message is sent as JSON, encoded with the schema of the module that declares its topic', async (t) => {
	const { type: run, write, bus } = await startDesk(t);
	await write('clock.wasm', clock('1.0.0'));
	await run('push', 'clock.wasm');

	const { json } = await run('send', 'clock.set', '{"hour":7,"zone":"CET"}', '--json');

	t.deepEqual(json(), { topic: 'clock.set', type: 'clock.Time', bytes: 7, receivers: 1 });
	t.deepEqual(bus.published, [
		{ topic: 'clock.set', payload: new Uint8Array([0x08, 7, 0x12, 3, 0x43, 0x45, 0x54]) },
	]);
});

test('an answer is shown as JSON, by the type that its name says', async (t) => {
	const { type: run, write, bus } = await startDesk(t);
	await write('clock.wasm', clock('1.0.0'));
	await run('push', 'clock.wasm');
	bus.request = async ({ payload }) => payload;

	const { json } = await run('send', 'clock.read', '{"hour":9}', '--request', '--json');

	t.deepEqual(json(), { topic: 'clock.read', type: 'clock.ReadReply', answer: { hour: 9 } });
});

test('a request to a box that is away is put once, when it is back', async (t) => {
	const { type: run, write, agent, broker } = await startDesk(t);
	await write('clock.wasm', clock('1.0.0'));
	await run('push', '--offer', 'clock.wasm');
	await agent.stop();
	const operator = await connectAsync(broker.url, { protocolVersion: 5 });
	t.teardown(() => operator.endAsync(true));
	await operator.subscribeAsync(agentTopic(agentId));
	// What the command says meanwhile reaches nobody.
	const said = new Promise((resolve) => operator.once('message', resolve));
	const sent = run('send', 'clock.read', '{"hour":9}', '--request', '--json');
	await said;

	const back = await startBox({ url: broker.url });
	t.teardown(() => back.agent.stop());
	let requests = 0;
	back.bus.request = async ({ payload }) => {
		requests++;
		return payload;
	};

	t.like((await sent).json(), { answer: { hour: 9 } });
	t.is(requests, 1);
});

test('an answer whose name says nothing is shown by the type of its topic, and as bytes where it does not fit', async (t) => {
	const { type: run, write, bus } = await startDesk(t);
	await write('clock.wasm', clock('1.0.0'));
	await run('push', 'clock.wasm');

	bus.request = async ({ payload }) => payload;
	t.like((await run('send', 'clock.set', '{"hour":9}', '-r', '--json')).json(), {
		type: 'clock.Time',
		answer: { hour: 9 },
	});
	bus.request = async () => new Uint8Array([255, 255]);
	t.like((await run('send', 'clock.set', '-r', '--json')).json(), { answer: { base64: '//8=' } });
});

for (const [argv, code] of [
	[['send', 'clock.set', '{'], 'bad-payload'],
	[['send', 'clock.set', '{"hour":"noon"}'], 'bad-payload'],
	[['send', 'clock.set', '{"minute":1}'], 'bad-payload'],
	[['send', 'nowhere.topic'], 'unknown-topic'],
	[['send', 'clock.set', '--type', 'clock.Nothing'], 'unknown-topic'],
] as const) {
	test(`"mullion ${argv.join(' ')}" ends in ${code}`, async (t) => {
		const { type: run, write } = await startDesk(t);
		await write('clock.wasm', clock('1.0.0'));
		await run('push', '--offer', 'clock.wasm');

		const { code: exit, json } = await run(...argv, '--json');

		t.is(exit, 1);
		t.like(json(), { error: { code } });
	});
}

test('the log is shown from its last lines, filtered', async (t) => {
	const { type: run, log } = await startDesk(t);
	const at = 1_700_000_000_123_000;
	log.write({ at, vm: 'clock', level: 'info', text: 'tick' });
	log.write({ at, vm: 'player', level: 'warn', text: 'late\u001b[2J' });
	log.write({ at, vm: 'player', level: 'debug', text: 'detail' });

	t.is((await run('logs')).out, '22:13:20.123 info  clock tick\n22:13:20.123 warn  player late\\x1b[2J\n');
	t.like((await run('logs', 'player', '--level', 'debug', '--json')).json(), [
		{ Level: 'warn' },
		{ Text: 'detail' },
	]);
	t.deepEqual((await run('logs', '-n', '0', '--json')).json(), []);
	t.like((await run('logs', 'plyer', '--json')).json(), { error: { code: 'unknown-vm' } });
});

test('a followed log goes on until it is enough, each line once', async (t) => {
	const { cwd, log } = await startDesk(t);
	log.write({ at: 0, vm: 'clock', level: 'info', text: 'before' });
	const enough = new AbortController();
	const said: string[] = [];

	const { code } = await type(['logs', '-f', '--json'], {
		cwd,
		signal: enough.signal,
		heard: (line) => {
			said.push((JSON.parse(line) as { Text: string }).Text);
			if (said.length === 1) log.write({ at: 1_000_000, vm: 'clock', level: 'info', text: 'after' });
			else enough.abort();
		},
	});

	t.is(code, 0);
	t.deepEqual(said, ['before', 'after']);
});

test('a followed log whose broker goes away ends in exit code 3', async (t) => {
	const { cwd, log, broker } = await startDesk(t);
	log.write({ at: 0, vm: 'clock', level: 'info', text: 'before' });

	const { code, err } = await type(['logs', '-f'], { cwd, heard: () => broker.drop() });

	t.is(code, 3);
	t.regex(err, /unreachable/);
});

test('what is plugged in is shown with who serves it, and what it says of itself moves no cursor', async (t) => {
	const { type: run, devices } = await startDesk(t);
	t.is((await run('devices')).out, 'Nothing is plugged into the box.\n');
	const texts = { manufacturer: 'FTDI', product: 'Meter', serial: 'S\u001b[2J' };
	const sensor = { port: '1-1', vendorId: 0x0403, productId: 0x6001, deviceClass: 0, ...texts };
	devices.devices = [
		{ ...sensor, state: 'served', module: 'thermometer', reason: '' },
		{ ...sensor, port: '1-2', productId: 0xabcd, state: 'unserved', module: '', reason: 'nobody has one' },
	];
	const { out } = await run('devices');
	t.regex(out, /1-1 +0403:6001 +FTDI +Meter +\S*served\S* +thermometer/);
	t.regex(out, /1-2 +0403:abcd .*nobody has one/);
	t.like((await run('devices', '--json')).json(), [
		{ port: '1-1', device: '0403:6001', state: 'served', module: 'thermometer' },
		{ port: '1-2', device: '0403:abcd', state: 'unserved', reason: 'nobody has one' },
	]);
});

test('of a box that looks for no devices that is said, and not that there are none', async (t) => {
	const { broker } = await startTrial(t, { hasExpansion: false });
	const argv = ['devices', '--broker', broker.url, '--agent', agentId];

	const { code, err } = await type(argv, { cwd: await startFolder(t) });

	t.is(code, 1);
	t.regex(err, /does not look for devices.*\(no-expansion\)/);
});

test('a box on its battery says so, and for how long', async (t) => {
	const { type: run, power } = await startDesk(t);
	t.notRegex((await run('status')).out, /battery/);
	power.set({ source: 'battery', percent: 80, minutesLeft: 50 });
	t.regex((await run('status')).out, /on battery \(80 %\), 50 min left/);
	t.like((await run('status', '--json')).json(), { power: { Source: 'Battery', MinutesLeft: '50' } });
});

test('a module is pushed with a configuration of the operator, which is told what is wrong with it', async (t) => {
	const { type: run, write, repository } = await startDesk(t);
	const config = { type: 'clock.Time', bytes: '' };
	const manifest = { name: 'clock', version: '1.0.0', subscribes: { 'clock.set': 'clock.Time' }, config };
	await write('clock.wasm', emptyModule(manifest, schema));
	const custom = async () => (await repository.targets())['modules/clock-1.0.0.wasm']?.custom;
	t.is((await run('push', 'clock.wasm', '--config', '{"hour": 7}')).code, 0);
	t.is((await custom())?.['config'], Uint8Array.of(8, 7).toBase64());
	const push = async (hour: number) =>
		(
			(await run('push', 'clock.wasm', '--json', '--config', `{"hour": ${hour}}`)).json() as {
				action: string;
			}[]
		)[0]?.action;
	t.is(await push(7), 'unchanged');
	t.is(await push(8), 'reinstalled');
	for (const [wrong, message] of [
		['{"hours": 7}', /--config\.hours is no field of Time/],
		['{', /--config is not JSON/],
	] as const) {
		const failed = await run('push', 'clock.wasm', '--config', wrong);
		t.not(failed.code, 0);
		t.regex(failed.err, message);
	}
	t.is((await custom())?.['config'], Uint8Array.of(8, 8).toBase64());
});
