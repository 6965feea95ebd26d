import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import test from 'ava';
import { requirePrograms } from '../link/requirements.ts';
import { type Rig, startRig } from '../link/rig.ts';

const cellular = { id: 'cell0', rateKbps: 300, delayMs: 75, queueBytes: 20_000 };
const wifi = { id: 'wlan0', rateKbps: 20_000, delayMs: 5 };

test.before(() => requirePrograms({ ping: 'iputils-ping', socat: 'socat' }));

/** Round trips in milliseconds of those pings that came back. */
async function ping(rig: Rig, args: readonly string[]): Promise<number[]> {
	const child = rig.spawn('box', 'ping', ['-n', ...args], { stdio: ['ignore', 'pipe', 'ignore'] });
	const output = child.stdout === null ? '' : await text(child.stdout);
	return [...output.matchAll(/time=([\d.]+) ms/g)].map(([, ms]) => Number(ms));
}

/** Sends `bytes` zeros over TCP from the core to the box and gives what arrived and how long it took. */
async function download(rig: Rig, { id, bytes }: { id: string; bytes: number }) {
	const server = rig.spawn(
		'core',
		'socat',
		[
			'-d',
			'-d',
			'-U',
			`TCP-LISTEN:7000,bind=${rig.serviceAddress},reuseaddr`,
			`SYSTEM:head -c ${bytes} /dev/zero`,
		],
		{ stdio: ['ignore', 'ignore', 'pipe'] },
	);
	await new Promise<void>((resolve, reject) => {
		server.stderr?.on('data', (log) => String(log).includes('listening on') && resolve());
		server.once('exit', () => reject(new Error('the server ended before it listened')));
	});
	const startMs = performance.now();
	const address = `TCP:${rig.serviceAddress}:7000,bind=${rig.address('box', id)}`;
	const client = rig.spawn('box', 'socat', ['-u', address, 'STDOUT'], {
		stdio: ['ignore', 'pipe', 'inherit'],
	});
	let received = 0;
	client.stdout?.on('data', (piece) => {
		received += piece.length;
	});
	await once(client, 'close');
	return { received, tookMs: performance.now() - startMs };
}

test('each network answers after its own delay, there and back', async (t) => {
	await using rig = await startRig({ networks: [cellular, wifi] });

	const slow = await ping(rig, ['-c', '5', '-i', '0.2', rig.address('core', 'cell0')]);
	const fast = await ping(rig, ['-c', '5', '-i', '0.2', rig.address('core', 'wlan0')]);

	t.is(slow.length, 5);
	t.is(fast.length, 5);
	t.true(Math.min(...slow) >= 150, `${slow}`);
	t.true(Math.min(...fast) >= 10, `${fast}`);
	t.true(Math.min(...fast) < Math.min(...slow));
});

test('a download over TCP is complete and no faster than its network', async (t) => {
	await using rig = await startRig({ networks: [cellular, wifi] });

	const slow = await download(rig, { id: 'cell0', bytes: 60_000 });
	const fast = await download(rig, { id: 'wlan0', bytes: 2_000_000 });

	t.is(slow.received, 60_000);
	t.is(fast.received, 2_000_000);
	t.true(slow.tookMs >= (60_000 * 8) / 300, `${slow.tookMs} ms`);
	t.true(fast.tookMs >= (2_000_000 * 8) / 20_000, `${fast.tookMs} ms`);
	t.true(slow.tookMs / 60_000 > fast.tookMs / 2_000_000);
});

test('the interface, the firewall and the emulator count the same bytes', async (t) => {
	await using rig = await startRig({ networks: [cellular, wifi] });
	await download(rig, { id: 'wlan0', bytes: 500_000 });
	await ping(rig, ['-c', '3', '-i', '0.2', rig.address('core', 'cell0')]);

	for (const id of ['cell0', 'wlan0']) {
		const { toBox, toCore } = rig.link(id);
		const emulated = {
			bytesIn: toBox.counters.bytesOut,
			packetsIn: toBox.counters.packetsOut,
			bytesOut: toCore.counters.bytesIn,
			packetsOut: toCore.counters.packetsIn,
		};
		t.true(emulated.packetsIn > 0);
		t.deepEqual(await rig.interfaceTraffic('box', id), emulated);
		t.deepEqual(await rig.meterTraffic('box', id), emulated);
	}
});

test('what the box sends from its address on a network leaves over that network', async (t) => {
	await using rig = await startRig({ networks: [cellular, wifi] });

	const overDefault = await ping(rig, ['-c', '1', rig.serviceAddress]);
	t.is((await rig.meterTraffic('core', 'cell0')).packetsIn, 1);
	t.is((await rig.meterTraffic('core', 'wlan0')).packetsIn, 0);

	const overWifi = await ping(rig, ['-c', '1', '-I', rig.address('box', 'wlan0'), rig.serviceAddress]);
	t.is((await rig.meterTraffic('core', 'cell0')).packetsIn, 1);
	t.is((await rig.meterTraffic('core', 'wlan0')).packetsIn, 1);
	t.is(overDefault.length + overWifi.length, 2);
});

test('a network that is down is silent while the other goes on, and answers again when it is up', async (t) => {
	await using rig = await startRig({ networks: [cellular, wifi] });
	const oneTry = (id: string) => ping(rig, ['-c', '1', '-W', '2', rig.address('core', id)]);

	rig.link('wlan0').set({ isUp: false });
	t.is((await oneTry('wlan0')).length, 0);
	t.is((await oneTry('cell0')).length, 1);

	rig.link('wlan0').set({ isUp: true });
	t.is((await oneTry('wlan0')).length, 1);
	t.is(rig.link('wlan0').toCore.counters.packetsCutOff, 1);
});

test('a lost carrier shows at the interface of the box, and comes back with its addresses', async (t) => {
	await using rig = await startRig({ networks: [cellular, wifi] });
	const state = async () =>
		JSON.parse(await rig.run('box', 'ip', ['-j', 'link', 'show', 'dev', 'wlan0']))[0].operstate;
	t.not(await state(), 'DOWN');

	await rig.setCarrier('wlan0', false);
	t.is(await state(), 'DOWN');

	await rig.setCarrier('wlan0', true);
	t.is(await state(), 'UP');
	t.is((await ping(rig, ['-c', '1', '-I', rig.address('box', 'wlan0'), rig.serviceAddress])).length, 1);
});

test('a delay that is changed counts from the next packet on', async (t) => {
	await using rig = await startRig({ networks: [wifi] });

	rig.link('wlan0').set({ delayMs: 120 });
	const trips = await ping(rig, ['-c', '2', '-i', '0.2', rig.address('core', 'wlan0')]);

	t.is(trips.length, 2);
	t.true(Math.min(...trips) >= 240, `${trips}`);
});
