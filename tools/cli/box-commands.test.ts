import test from 'ava';
import { connectAsync } from 'mqtt';
import { agentTopic } from '../../firmware/agent/mqtt-transport.ts';
import { agentId, startBox, startTrial } from '../controller/trial-box.ts';
import { clock } from './clock-module.fixture.ts';
import { emptyModule, startDesk, startFolder, type } from './trial-desk.ts';

test('a module of the repository that this version cannot read keeps no message of the others from being sent', async (t) => {
	const { type: run, write, repository } = await startDesk(t);
	await write('clock.wasm', clock('1.0.0'));
	await run('push', 'clock.wasm');
	const strange = emptyModule({ name: 'strange', version: '9.0.0', hologram: true });
	await repository.addTarget({ path: 'modules/strange-9.0.0.wasm', bytes: strange });

	t.is((await run('send', 'clock.set', '{"hour": 7}')).code, 0);
});

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
			wireBytesIn: 1_300_000,
			wireBytesOut: 34_567,
		},
		{
			id: 'eth0',
			kind: 'ethernet',
			range: 'short',
			isUp: true,
			signalDbm: 0,
			speedKbps: 0,
			costPerMb: 0,
			bytesIn: 2000,
			bytesOut: 0,
		},
	];
	await sessions.open({ kind: 'media', url: 'http://radio/', baseband: 'wlan0' });
	await write('clock.wasm', clock('1.0.0'));
	await run('push', 'clock.wasm');

	const { out } = await run('status');

	t.regex(out, /clock +1\.0\.0 +running/);
	t.regex(out, /COST\/MB +DATA IN +OUT +WIRE IN +OUT/);
	t.regex(out, /wlan0 +wifi +up +-52 dBm +20000 kbit\/s +0 +1\.2 MB +0 B +1\.3 MB +34\.6 kB/);
	t.regex(
		out,
		/eth0 +ethernet +up +0 +2\.0 kB +0 B *\n/,
		'a wire has neither signal nor speed, and nobody counts here',
	);
	t.regex(out, /session-1 +media +owned +player +wlan0/);
	t.like((await run('status', '--json')).json(), {
		networks: [{ Name: 'wlan0' }, { Name: 'eth0' }],
		sessions: [{ Session: 'session-1' }],
	});
});

test('a VM is moved to a cell that is there, and to a new one where that is said', async (t) => {
	const { type: run, write, modules } = await startDesk(t);
	await write('clock.wasm', clock('1.0.0'));
	await run('push', 'clock.wasm');

	const unknown = await run('move', 'clock', 'open-apart', '--json');
	t.is(unknown.code, 1);
	t.like(unknown.json(), { error: { code: 'unknown-environment', fault: 7223 } });
	t.like((await run('move', 'clock', 'open-apart', '--new', '--json')).json(), {
		vm: 'clock',
		from: 'open',
		to: 'open-apart',
	});
	t.is((await run('move', 'clock', 'open-apart')).out, 'clock is in open-apart already\n');
	t.is((await run('move', 'clock', 'open')).out, 'clock moved from open-apart to open\n');
	t.deepEqual(modules.calls.slice(1), [
		'move clock open-apart',
		'move clock open-apart',
		'move clock open-apart',
		'move clock open',
	]);
	t.like((await run('move', 'nobody', 'open', '--json')).json(), { error: { code: 'unknown-vm' } });
	t.is((await run('move', 'clock')).code, 2);
});

test('what is to be played is opened as a session', async (t) => {
	const { type: run, sessions } = await startDesk(t);

	const { json } = await run('play', 'recording:recorder/film', '--on', 'wlan0', '--json');

	t.deepEqual(json(), { session: 'session-1', url: 'recording:recorder/film' });
	t.like(sessions.list()[0], { kind: 'media', url: 'recording:recorder/film', baseband: 'wlan0' });
	t.is((await run('play')).code, 2);
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
	for (const text of ['one', 'two']) log.write({ at, vm: '', level: 'info', text });
	log.write({ at, vm: 'clock', level: 'info', text: 'tock' });
	t.is((await run('logs', 'box', '-n', '1')).out, '22:13:20.123 info  box two\n');
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
