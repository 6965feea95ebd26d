import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test, { type ExecutionContext } from 'ava';
import { buildModule } from '../../build/component.ts';
import { startMosquitto } from '../../headend/mosquitto.ts';
import { type NetworkReport, networkReports } from '../../start/report.ts';
import type { Traffic } from '../link/meter.ts';
import { CoreProcess } from '../story/core-process.ts';
import { assertSameSound, assertSeamless } from '../story/heard.ts';
import { meterPorts } from '../story/port-meter.ts';
import { cellular, startStoryRig, storyNetworks, wifi } from '../story/story-rig.ts';
import { diaryOf } from '../story/trial.ts';

const sample = fileURLToPath(new URL('../../media/sample.mp3', import.meta.url));
const player = fileURLToPath(new URL('../../../modules/player', import.meta.url));
const mqttPort = 1883;

/** What the box says of a network is what this meter says, within 1 %, each way; it was read twice around it. */
function assertSameBytes(
	t: ExecutionContext,
	box: NetworkReport | undefined,
	[from, to]: readonly [Traffic, Traffic],
): void {
	const text = JSON.stringify({ box, from, to });
	t.true(from.bytesIn > 0 && from.bytesOut > 0, text);
	const isWithin = (bytes = 0, least: number, most: number) => bytes >= least * 0.99 && bytes <= most * 1.01;
	t.true(isWithin(box?.wireBytesDown, from.bytesIn, to.bytesIn), text);
	t.true(isWithin(box?.wireBytesUp, from.bytesOut, to.bytesOut), text);
}

test('over two networks of two namespaces nobody hears the handoffs, and the box counts what the kernel counts', async (t) => {
	const tell = diaryOf(t);
	const modules = await buildModule({ directory: player });
	await using rig = await startStoryRig();
	await using mosquitto = await startMosquitto({
		host: rig.serviceAddress,
		port: mqttPort,
		spawn: (...args) => rig.spawn('core', ...args),
	});
	let switchWifi = (isUp: boolean): Promise<void> => rig.setCarrier(wifi, isUp);
	await using core = await CoreProcess.start({
		rig,
		tell,
		media: sample,
		broker: mosquitto.url,
		deadlineMs: 10_000,
		networks: storyNetworks(rig),
		switchPath: (id, isUp) => (id === wifi ? switchWifi(isUp) : rig.setCarrier(id, isUp)),
	});
	const { [cellular]: cellularMedia = 0, [wifi]: wifiMedia = 0 } = core.ports;
	const readPorts = await meterPorts({
		rig,
		networks: [cellular, wifi],
		ports: { cellularMedia, wifiMedia, mqtt: mqttPort },
	});
	const look = async () => ({ ports: await readPorts(), wifi: await rig.meterTraffic('box', wifi) });
	type Look = Awaited<ReturnType<typeof look>>;
	const looks: Look[] = [];
	const modulesOf = async () => (await core.sample()).vms.map(({ module }) => module);
	let modulesBefore: readonly string[] = [];
	// The box notices after this. What it says then the firewall counts, but there is no carrier to take it.
	switchWifi = async (isUp) => {
		if (isUp) modulesBefore = await modulesOf();
		looks.push(await look());
		await rig.setCarrier(wifi, isUp);
		looks.push(await look());
	};

	const report = await core.tellStory({ media: sample, lookMs: 1000, better: { from: 0.15, to: 0.4 } });
	const own = await rig.interfaceTraffic('box', cellular);
	const firewall = await rig.meterTraffic('box', cellular);
	const state = await core.sample();
	const ports = await readPorts();
	const [came, , going, went] = looks as [Look, Look, Look, Look];
	t.is(looks.length, 4);

	assertSeamless(t, report);
	t.deepEqual(
		report.handoffs.map(({ from, to, outcome }) => ({ from, to, outcome })),
		[
			{ from: cellular, to: wifi, outcome: 'committed' },
			{ from: wifi, to: cellular, outcome: 'committed' },
		],
	);
	await assertSameSound(t, sample, join(core.played, state.sessions[0]?.id ?? ''));

	const [overCellular, overWifi] = networkReports(state);
	assertSameBytes(t, overCellular, [own, own]);
	assertSameBytes(t, overCellular, [firewall, firewall]);
	const shown = state.networks.find(({ id }) => id === cellular);
	t.is(shown?.wireBytesIn, overCellular?.wireBytesDown, 'the operator reads the same');
	t.is(shown?.wireBytesOut, overCellular?.wireBytesUp);
	const ownWifi = await rig.interfaceTraffic('box', wifi);
	assertSameBytes(t, overWifi, [ownWifi, ownWifi]);
	assertSameBytes(t, overWifi, [going.wifi, went.wifi]);

	// Each server's port is met on its own network only, and the operator's broker on the first.
	const strays = [ports[wifi]?.['mqtt'], ports[wifi]?.['cellularMedia'], ports[cellular]?.['wifiMedia']];
	t.deepEqual(strays, Array(3).fill({ bytesIn: 0, bytesOut: 0 }));
	for (const [network, media] of [
		[overCellular, ports[cellular]?.['cellularMedia']],
		[overWifi, ports[wifi]?.['wifiMedia']],
	] as const) {
		const [payload, packets] = [network?.bytesDown ?? 0, media?.bytesIn ?? 0];
		t.true(payload > 0 && packets > payload && packets < payload * 1.3, `${payload} in ${packets}`);
	}
	t.is((overCellular?.bytesDown ?? 0) + (overWifi?.bytesDown ?? 0), (await stat(sample)).size);
	t.true(
		inOf(ports, 'cellularMedia') > inOf(went.ports, 'cellularMedia'),
		'it went on over the first network',
	);

	const rich = modules.find(({ name }) => name === 'player-rich');
	t.deepEqual([...new Set(modulesBefore)], ['player-thrifty']);
	t.true((await modulesOf()).includes('player-rich'));
	const fetched = inOf(went.ports, 'mqtt') - inOf(came.ports, 'mqtt');
	t.true(
		fetched > (rich?.bytes.length ?? Number.POSITIVE_INFINITY),
		`${fetched} bytes came over ${cellular}`,
	);
	t.log(`${cellular} ${JSON.stringify(overCellular)}, ${wifi} ${JSON.stringify(overWifi)}`);
});

function inOf(ports: Awaited<ReturnType<Awaited<ReturnType<typeof meterPorts>>>>, name: string): number {
	return ports[cellular]?.[name]?.bytesIn ?? 0;
}
