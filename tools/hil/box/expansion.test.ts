// What is plugged into a whole box: told of, served by a module from the repository, parked without its device.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { moduleTarget } from '../../headend/repository/module-target.ts';
import { TestBox } from './test-box.ts';
import { UsbFolder } from './usb-folder.ts';
import { withManifest } from './variant.ts';

const folder = await mkdtemp(join(tmpdir(), 'mullion-usb-'));
const usb = await UsbFolder.make(folder);
const { devices, files } = usb;
const box = await TestBox.start({ expansion: { allow: ['0403:*'], devices, files } });
test.after.always(async () => {
	await box[Symbol.asyncDispose]();
	await rm(folder, { recursive: true, force: true });
});

const sensor = { idVendor: '0403', idProduct: '6001', manufacturer: 'FTDI', product: 'Sensor', serial: 'S1' };
const served = ['0403:6001'];
const table = 'Device.USB.USBHosts.Host.1.Device.';

/** A probe as the vendor of a device would ship it: for the device, configured to set a timer. */
const module = withManifest(box.probe.built.bytes, (manifest) => ({
	...manifest,
	name: 'sensor',
	usb: served,
	durability: { mode: 'journal' },
	subscribes: {
		'sensor.order': 'probe.Order',
		'sensor.echo': 'probe.Word',
		'expansion.device': 'mullion.expansion.DeviceChange',
	},
	config: {
		type: 'probe.Order',
		bytes: box.probe.order({ what: 'log', text: 'as it was configured', count: 1 }).toBase64(),
	},
}));
const manifest = { name: 'sensor', version: '0.1.0', vendor: 'mullion', usb: served };

test.serial('a device that nothing serves is told of, with all that it says of itself', async (t) => {
	const from = box.lines.length;
	await usb.plug('1-1', { ...sensor, product: 'Evil\u001b[2J' });
	await box.line(/0403:6001 "Evil\\u\{1b\}\[2J" was plugged in at 1-1/, from);
	await box.line(/device-unserved: the repository signs no module for 0403:6001/, from);
	const [row] = Object.values(await box.stage.operator.get([table])).filter(({ VendorID }) => VendorID);
	t.like(row, {
		VendorID: `${0x0403}`,
		ProductID: `${0x6001}`,
		Manufacturer: 'FTDI',
		ProductClass: 'Evil\\u{1b}[2J',
		SerialNumber: 'S1',
		X_MULLION_Port: '1-1',
		X_MULLION_State: 'unserved',
	});
	await usb.unplug('1-1');
	await box.line(/was plugged out at 1-1/, from);
	t.deepEqual(await box.modules(), []);
});

test.serial('the module for a device comes from the repository, configured, and is started', async (t) => {
	await box.publish({ bytes: module, manifest });
	const from = box.lines.length;
	await usb.plug('1-1', sensor);
	await box.line(/sensor: as it was configured/, from);
	await box.line(/0403:6001 is served by sensor/, from);
	t.like(await box.vm('sensor'), { state: 'running' });
	await box.echo('sensor.echo');
	await box.order({ what: 'put', text: 'key', count: 1 }, 'sensor.order');
});

test.serial('pulled out it is parked, over a power cut too, and goes on with what it knew', async (t) => {
	let from = box.lines.length;
	await usb.unplug('1-1');
	await box.line(/sensor: (running|hibernated) -> suspended: its device is not plugged in: 0403:6001/, from);
	await box.stage.powerCut();
	from = box.lines.length;
	await box.stage.powerOn();
	await box.line(/sensor: installed -> suspended/, from);
	t.like(await box.vm('sensor'), { state: 'suspended' });
	await usb.plug('1-4.2', sensor);
	await box.line(/sensor: starting -> running/, from);
	await box.order({ what: 'get', text: 'key' }, 'sensor.order');
	await box.echo('sensor.echo');
	t.false(
		box.lines.slice(from).some((line) => line.includes('as it was configured')),
		'it did not start anew',
	);
	t.is((await box.vm('sensor'))?.restarts, 0);
	await usb.unplug('1-4.2');
	await box.line(/was plugged out at 1-4.2/, from);
});

test.serial('what no rule allows is not installed, signed or not', async (t) => {
	const stranger = { name: 'stranger', version: '0.1.0', vendor: 'acme', usb: ['1a86:7523'] };
	await box.publish({ bytes: module, manifest: stranger });
	const from = box.lines.length;
	await usb.plug('1-3', { idVendor: '1a86', idProduct: '7523' });
	await box.line(/device-denied: .*1a86:7523/, from);
	t.deepEqual(await box.modules(), ['sensor 0.1.0']);
});

test.serial('a module whose own manifest does not name the device leaves no trace', async (t) => {
	const liar = { name: 'liar', version: '0.1.0', vendor: 'acme', usb: ['0403:abcd'] };
	const bytes = withManifest(module, (own) => ({ ...own, name: 'liar' }));
	await box.publish({ bytes, manifest: liar });
	const from = box.lines.length;
	await usb.plug('1-2', { idVendor: '0403', idProduct: 'abcd' });
	await box.line(/device-mismatch/, from);
	t.deepEqual(await box.modules(), ['sensor 0.1.0']);
});

test.serial(
	'a module starts as its operator has it, not as it was built, after a power cut too',
	async (t) => {
		const bytes = withManifest(module, (own) => ({ ...own, name: 'set', subscribes: {}, usb: [] }));
		const config = box.probe.order({ what: 'log', text: 'as the operator has it', count: 1 });
		const target = moduleTarget({ name: 'set', version: '0.1.0', vendor: 'mullion' }, config);
		await box.stage.headend.repository.addTarget({ ...target, bytes });
		let from = box.lines.length;
		t.deepEqual(await box.install(`tuf:${target.path}`), { fault: 0, code: '' });
		await box.line(/set: as the operator has it/, from);
		t.deepEqual(await box.uninstall('set'), { fault: 0, code: '' });

		const plain = withManifest(bytes, (own) => ({ ...own, durability: { mode: 'none' } }));
		await box.stage.headend.repository.addTarget({ ...target, bytes: plain });
		await box.install(`tuf:${target.path}`);
		await box.stage.powerCut();
		from = box.lines.length;
		await box.stage.powerOn();
		await box.line(/set: as the operator has it/, from);
	},
);

test.serial('a configuration for a module that takes none, or that is none, is refused', async (t) => {
	const takesNone = withManifest(module, ({ config: _, ...own }) => ({ ...own, name: 'plain', usb: [] }));
	for (const [bytes, config] of [
		[takesNone, 'AAAA'],
		[withManifest(module, (own) => ({ ...own, name: 'plain', usb: [] })), '***'],
	] as const) {
		const path = 'modules/plain-0.1.0.wasm';
		await box.stage.headend.repository.addTarget({ path, bytes, custom: { name: 'plain', config } });
		t.is((await box.install(`tuf:${path}`)).code, 'bad-start-config');
	}
	t.false((await box.modules()).some((name) => name.startsWith('plain')));
});
