import test from 'ava';
import { ManualClock } from '../manual-clock.ts';
import { type BasebandChange, BasebandTable } from './baseband-table.ts';
import { SimulatedRadio } from './simulated-radio.ts';

const wifi = { id: 'wifi0', kind: 'wifi', isUp: true, signalDbm: -60 };

test('a network is told with its class, and since when it is up', (t) => {
	const { radio, table, changes, clock } = setUp();
	radio.put(wifi);
	t.like(table.get('wifi0'), {
		range: 'short',
		costPerMb: 0,
		upSinceUs: clock.now(),
		signalOkSinceUs: clock.now(),
	});
	t.deepEqual(
		changes.map(({ id, reason }) => [id, reason]),
		[['wifi0', 'added']],
	);
});

test('a break ends both histories, and they start anew with the network', (t) => {
	const { radio, table, clock, changes } = setUp();
	radio.put(wifi);
	clock.advance(40_000);
	radio.set('wifi0', { isUp: false });
	t.is(table.get('wifi0')?.upSinceUs, undefined);
	t.is(table.get('wifi0')?.signalOkSinceUs, undefined);
	clock.advance(1);
	radio.set('wifi0', { isUp: true });
	t.is(table.get('wifi0')?.upSinceUs, clock.now());
	t.deepEqual(
		changes.map(({ reason }) => reason),
		['added', 'down', 'up'],
	);
});

test('a signal that dips below the threshold has to start its history anew', (t) => {
	const { radio, table, clock } = setUp();
	radio.put(wifi);
	const upSince = clock.now();
	clock.advance(10_000);
	radio.set('wifi0', { signalDbm: -71 });
	t.is(table.get('wifi0')?.signalOkSinceUs, undefined);
	radio.set('wifi0', { signalDbm: -70 });
	t.is(table.get('wifi0')?.signalOkSinceUs, clock.now());
	t.is(table.get('wifi0')?.upSinceUs, upSince);
});

test('a stricter threshold starts the history of the signal anew, a looser one keeps it', (t) => {
	const { radio, table, clock } = setUp();
	radio.put(wifi);
	const start = clock.now();
	clock.advance(10_000);
	table.setSignalThresholds({ wifi: { enterDbm: -80, leaveDbm: -85 } });
	t.is(table.get('wifi0')?.signalOkSinceUs, start);
	table.setSignalThresholds({ wifi: { enterDbm: -65, leaveDbm: -70 } });
	t.is(table.get('wifi0')?.signalOkSinceUs, clock.now());
	table.setSignalThresholds({ wifi: { enterDbm: -50, leaveDbm: -60 } });
	t.is(table.get('wifi0')?.signalOkSinceUs, undefined);
});

test('a network that is missing from a report is gone', (t) => {
	const { radio, table, changes } = setUp();
	radio.put(wifi);
	radio.remove('wifi0');
	t.is(table.get('wifi0'), undefined);
	t.is(changes.at(-1)?.reason, 'removed');
});

test('measured speed is told in steps, and forgotten when the network breaks', (t) => {
	const { radio, table, changes } = setUp();
	radio.put({ ...wifi, nominalKbps: 100_000 });
	table.measured('wifi0', { bytes: 1_000_000, ms: 1000 });
	t.is(table.get('wifi0')?.speedKbps, 8000);
	table.measured('wifi0', { bytes: 1_010_000, ms: 1000 });
	t.is(changes.filter(({ reason }) => reason === 'speed').length, 1);
	radio.set('wifi0', { signalDbm: -61 });
	t.is(table.get('wifi0')?.speedKbps, 8000);
	radio.set('wifi0', { isUp: false });
	radio.set('wifi0', { isUp: true });
	t.is(table.get('wifi0')?.speedKbps, undefined);
	t.is(table.get('wifi0')?.nominalKbps, 100_000);
});

test('each kind of change is told with its reason, and no change is told of nothing', (t) => {
	const { radio, changes } = setUp();
	radio.put(wifi);
	radio.set('wifi0', {});
	radio.set('wifi0', { localAddress: '10.0.0.2' });
	radio.set('wifi0', { hosts: { content: '10.0.0.1:8080' } });
	radio.set('wifi0', { signalDbm: -62 });
	radio.set('wifi0', { nominalKbps: 5 });
	radio.set('wifi0', { costPerMb: 1 });
	radio.set('wifi0', { rangeMetres: 2000 });
	t.deepEqual(
		changes.map(({ reason }) => reason),
		['added', 'address', 'address', 'signal', 'speed', 'cost', 'range'],
	);
});

test('a network that is silent stays up, and has to be good anew from when it is heard again', (t) => {
	const { radio, table, clock, changes } = setUp();
	radio.put(wifi);
	const upSinceUs = clock.now();
	clock.advance(40_000);
	const silentSinceUs = clock.now();
	table.silent('wifi0');
	t.like(table.get('wifi0'), { isUp: true, upSinceUs, signalOkSinceUs: silentSinceUs, silentSinceUs });
	clock.advance(1000);
	table.silent('wifi0');
	radio.set('wifi0', { signalDbm: -61 });
	t.is(table.get('wifi0')?.silentSinceUs, silentSinceUs, 'what its hardware says does not count');
	clock.advance(1000);
	table.heard('wifi0');
	table.heard('wifi0');
	t.like(table.get('wifi0'), { upSinceUs, signalOkSinceUs: clock.now(), silentSinceUs: undefined });
	t.deepEqual(
		changes.map(({ reason }) => reason),
		['added', 'silent', 'signal', 'heard'],
	);
});

test('a network that was down and is up again is not silent; one that is down or gone cannot be', (t) => {
	const { radio, table, changes } = setUp();
	radio.put(wifi);
	table.silent('wifi0');
	radio.set('wifi0', { isUp: false });
	table.silent('wifi0');
	table.silent('wifi1');
	radio.set('wifi0', { isUp: true });
	t.is(table.get('wifi0')?.silentSinceUs, undefined);
	t.deepEqual(
		changes.map(({ reason }) => reason),
		['added', 'silent', 'down', 'up'],
	);
});

test('after the watch is closed nothing is followed', (t) => {
	const { radio, table, watch } = setUp();
	watch.close();
	radio.put(wifi);
	t.deepEqual(table.basebands(), []);
});

function setUp() {
	const clock = new ManualClock();
	const radio = new SimulatedRadio();
	const table = new BasebandTable({ clock });
	const changes: BasebandChange[] = [];
	table.onChange((change) => changes.push(change));
	const watch = table.follow(radio);
	return { clock, radio, table, changes, watch };
}
