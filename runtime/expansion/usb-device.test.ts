import test from 'ava';
import fc from 'fast-check';
import { deviceAttributes, interfaceAttributes, usbDevice } from './usb-device.ts';

const sensor = { idVendor: '1a86\n', idProduct: '7523', bDeviceClass: 'ff' };

test('a device is what the kernel says of it', (t) => {
	const device = usbDevice({
		port: '1-1.2',
		attributes: { ...sensor, manufacturer: 'Ångström ', product: 'Thermometer (2)', serial: 'A-1' },
		interfaces: [{ attributes: { bInterfaceClass: '02' }, lines: ['ttyACM0', 'input3'] }],
	});
	t.deepEqual(device, {
		port: '1-1.2',
		id: '1a86:7523',
		vendorId: 0x1a86,
		productId: 0x7523,
		deviceClass: 255,
		interfaceClasses: [2],
		manufacturer: 'Ångström',
		product: 'Thermometer (2)',
		serial: 'A-1',
		lines: ['ttyACM0'],
	});
});

for (const [what, change] of [
	['no vendor', { idVendor: undefined }],
	['a vendor of five digits', { idVendor: '1a860' }],
	['a product that is no number', { idProduct: '../x' }],
] as const)
	test(`what has ${what} is no device`, (t) => {
		t.is(usbDevice({ port: '1-1', attributes: { ...sensor, ...change }, interfaces: [] }), undefined);
	});

for (const port of ['usb1', '1-1:1.0', '..', '1-1/..', ''])
	test(`"${port}" is no place to plug anything in`, (t) => {
		t.is(usbDevice({ port, attributes: sensor, interfaces: [] }), undefined);
	});

test('what would deceive who reads it is shown by its number', (t) => {
	const product = 'safe\u001b[2J\u202egnp.exe\ufffd\u200b';
	const device = usbDevice({ port: '1-1', attributes: { ...sensor, product }, interfaces: [] });
	t.is(device?.product, 'safe\\u{1b}[2J\\u{202e}gnp.exe\\u{fffd}\\u{200b}');
});

test('whatever a device says of itself, it is short, printable and in its ranges', (t) => {
	const text = fc.option(
		fc.oneof(
			fc.string({ unit: 'binary', maxLength: 300 }),
			fc.constantFrom('1a86', '00', 'ff', '\u0000', 'é'.repeat(10_000)),
		),
		{ nil: undefined },
	);
	const attributes = fc.dictionary(fc.constantFrom(...deviceAttributes), text);
	const one = fc.record({
		attributes: fc.dictionary(fc.constantFrom(...interfaceAttributes), text),
		lines: fc.array(fc.oneof(fc.string(), fc.constantFrom('ttyUSB0', 'ttyACM12', '../../etc/shadow'))),
	});
	const interfaces = fc.oneof(
		fc.array(one),
		one.map((each) => Array.from({ length: 5000 }, () => each)),
	);
	fc.assert(
		fc.property(attributes, interfaces, (said, found) => {
			const device = usbDevice({ port: '2-1', attributes: { ...sensor, ...said }, interfaces: found });
			if (device === undefined) return;
			for (const shown of [device.manufacturer, device.product, device.serial]) {
				t.true(shown.length <= 126);
				t.notRegex(shown, /[\p{C}]/u);
			}
			t.true(device.interfaceClasses.length <= 32);
			t.true([device.deviceClass, ...device.interfaceClasses].every((each) => each >= 0 && each <= 255));
			t.true(device.lines.length <= 4 && device.lines.every((line) => /^tty[A-Z]{3}\d+$/.test(line)));
			t.regex(device.id, /^[0-9a-f]{4}:[0-9a-f]{4}$/);
		}),
	);
});
