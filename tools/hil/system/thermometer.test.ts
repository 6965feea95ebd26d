// A thermometer on a serial line: plugged in, served by its module from the repository, and an alarm raised.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { decodeAny } from '../../../proto/host/codec.ts';
import { decodeComponent } from '../../../runtime/component/decode.ts';
import { buildModule } from '../../build/component.ts';
import { TestBox } from '../box/test-box.ts';
import { UsbFolder } from '../box/usb-folder.ts';

const [built] = await buildModule({
	directory: fileURLToPath(new URL('../../../modules/thermometer', import.meta.url)),
});
if (built === undefined) throw new Error('the thermometer was not built');
const described = decodeComponent(built.bytes).custom.get('mullion:schema');
const schema = JSON.parse(new TextDecoder().decode(described));
const folder = await mkdtemp(join(tmpdir(), 'mullion-usb-'));
const usb = await UsbFolder.make(folder);
const { devices, files } = usb;
const box = await TestBox.start({ expansion: { allow: ['*'], vendors: ['mullion'], devices, files } });
await box.publish(built);
test.after.always(async () => {
	await box[Symbol.asyncDispose]();
	await usb[Symbol.asyncDispose]();
	await rm(folder, { recursive: true, force: true });
});

const thermometer = { idVendor: '0403', idProduct: '6001', product: 'Thermometer', line: 'ttyUSB0' };

async function temperature(): Promise<object> {
	const { Payload = '' } = await box.stage.operator.operate(
		'Device.X_MULLION_Bus.Request()',
		{ Topic: 'home.temperature', Payload: '', DeadlineMs: '5000' },
		{ isSync: true },
	);
	return decodeAny(schema, 'thermometer.Temperature', Uint8Array.fromBase64(Payload));
}

test.serial('nobody has to set anything up: it is plugged in, and heat raises an alarm', async (t) => {
	const device = await usb.plug('1-1', thermometer);
	await box.line(/thermometer: an alarm is raised at 60\.0 degrees/);
	device.say('21.5\n22');
	const lamp = device.heard();
	device.say('.25\r\nnonsense\n61.5\n62\n');
	await box.line(/thermometer: 61\.5 degrees at 1-1/);
	t.is(await lamp, 'lamp on');
	t.like(await temperature(), { last: 62, highest: 62, readings: 4, alarms: 1 });
});

test.serial('a device that says what no thermometer would ends nothing', async (t) => {
	await usb.unplug('1-1');
	await box.line(/thermometer: .* -> suspended/);
	const from = box.lines.length;
	const device = await usb.plug('1-1', { ...thermometer, product: '\u0000'.repeat(500) });
	await box.line(/thermometer: suspended -> running/, from);
	device.say('\u0000\u00ff'.repeat(60_000));
	device.say(`\n${'9'.repeat(5000)}\nNaN\n\n-40\n`);
	device.say('20\n70\n');
	await box.line(/thermometer: 70\.0 degrees at 1-1/, from);
	t.like(await temperature(), { last: 70, readings: 7, alarms: 2 });
	t.like(await box.vm('thermometer'), { state: 'running', restarts: 0 });
});
