import test, { type ExecutionContext } from 'ava';
import { makeProbe } from '../../modules/probe/testbed.ts';
import { SerialData } from '../../proto/host/bus/expansion.ts';
import { Hub } from '../bus/hub.ts';
import { withManifest } from '../component/prepare.ts';
import { SimulatedLines } from '../expansion/simulated-lines.ts';
import { SimulatedUsb } from '../expansion/simulated-usb.ts';
import { ManualClock } from '../manual-clock.ts';
import { MemoryDirectory } from '../memory-directory.ts';
import { type Manifest, parseManifest } from '../module/manifest.ts';
import { inlineCells } from '../vm/inline-cell.ts';
import { Supervisor } from '../vm/supervisor.ts';
import { clock as clockCapability } from './clock.ts';
import { keyValue } from './key-value.ts';
import { Capabilities } from './link-vm.ts';
import { log } from './log.ts';
import { serial } from './serial.ts';

const probe = await makeProbe();
const usb = ['0403:6001'];
const fields = { version: '1.0.0', vendor: 'test', usb, budget: { memoryPages: 64, turnMs: 200 } };

function box(t: ExecutionContext) {
	const clock = new ManualClock();
	const hub = new Hub();
	const plugged = new SimulatedUsb();
	const lines = new SimulatedLines();
	const said: string[] = [];
	const capability = serial({
		clock,
		hub,
		lines,
		devices: () => plugged.list(),
		encode: (data) => SerialData.encode(data),
		decode: (payload) => SerialData.decode(payload),
	});
	const capabilities = new Capabilities([log, clockCapability, keyValue(new MemoryDirectory()), capability]);
	const supervisor = new Supervisor({
		clock,
		cells: inlineCells(clock),
		hub,
		capabilities,
		on: { log: (vm, { text }) => said.push(`${vm.name}: ${text}`) },
	});
	t.teardown(() => supervisor.close());
	plugged.watch(() => capability.devicesChanged());
	return {
		clock,
		hub,
		plugged,
		lines,
		said,
		supervisor,
		capability,
		capabilities,
		start: async (name: string, change: object) => {
			const asks = { capabilities: { 'key-value': {}, serial: {} } };
			const manifest = parseManifest({ name, ...fields, ...asks, ...change });
			supervisor.start({ name, component: withManifest(probe.component, manifest), baseband: '' });
			return supervisor.settled(name);
		},
	};
}

test('only a VM that serves the device has its line', async (t) => {
	const { plugged, lines, start, supervisor } = box(t);
	plugged.plug('1-1', '0403:6001', { lines: ['ttyUSB0'] });
	plugged.plug('1-2', '1a86:7523', { lines: ['ttyUSB1'] });
	await start('mine', {});
	t.deepEqual(lines.openLines, ['ttyUSB0']);
	await start('other', { capabilities: { 'key-value': {} } });
	plugged.plug('1-3', '0403:6001', { lines: ['ttyUSB2'] });
	t.deepEqual(lines.openLines, ['ttyUSB0', 'ttyUSB2']);
	plugged.unplug('1-1');
	t.deepEqual(lines.openLines, ['ttyUSB2']);
	await supervisor.stop('mine');
	t.deepEqual(lines.openLines, []);
});

test('what a device says is taken one at a time, and given up when nobody takes it', async (t) => {
	const { plugged, lines, start, clock } = box(t);
	plugged.plug('1-1', '0403:6001', { lines: ['ttyUSB0'] });
	await start('mine', {});
	let isTaken = false;
	// To a probe it is no order that it knows: it does not answer.
	const beganUs = clock.now();
	const taken = lines.say('ttyUSB0', '21.5\n').then(() => {
		isTaken = true;
	});
	for (let second = 0; !isTaken && second < 60; second++) {
		for (let left = 20; left > 0; left--) await new Promise(setImmediate);
		clock.advance(1000);
	}
	await taken;
	// Five seconds each time for the answer, and a second of rest.
	const seconds = (clock.now() - beganUs) / 1e6;
	t.true(seconds >= 18 && seconds < 30, `${seconds}`);
});

test('what a VM says goes to its device, and what it may not say to nobody', async (t) => {
	const { plugged, lines, hub, start, said, supervisor } = box(t);
	plugged.plug('1-1', '0403:6001', { lines: ['ttyUSB0'] });
	plugged.plug('1-2', '0403:6001', { lines: ['ttyUSB1'] });
	await start('mine', {});
	const data = new TextEncoder().encode('on');
	const id = supervisor.view('mine')?.id ?? 0;
	const cell = { domain: 'open', bell: new SharedArrayBuffer(8), send: () => undefined } as const;
	const say = (vm: number, payload: Uint8Array): void =>
		hub.accept(cell, { tag: 'published', vm, topic: 'serial.output', payload });
	say(id, SerialData.encode({ port: '', data }));
	say(id, SerialData.encode({ port: '1-2', data }));
	say(id, SerialData.encode({ port: '9-9', data }));
	say(id, Uint8Array.of(0xff));
	say(id + 1, SerialData.encode({ port: '', data }));
	t.deepEqual(
		[...lines.written],
		[
			['ttyUSB0', 'on'],
			['ttyUSB1', 'on'],
		],
	);
	t.deepEqual(said, [
		'mine: 2 bytes for its device were lost',
		'mine: what it said to its device is no SerialData',
	]);
});

test('a manifest that names no device may not ask for lines', (t) => {
	const { capabilities } = box(t);
	const asks = (change: object): Manifest =>
		parseManifest({ name: 'a', ...fields, capabilities: { serial: {} }, ...change });
	t.deepEqual(capabilities.quotas(asks({}))['serial'], { baud: 9600 });
	t.throws(() => capabilities.quotas(asks({ usb: [] })), { code: 'bad-manifest' });
	t.throws(() => capabilities.quotas(asks({ capabilities: { serial: { baud: 0 } } })), {
		code: 'bad-manifest',
	});
});
