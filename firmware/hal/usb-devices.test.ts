import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { systemClock } from './clock.ts';
import { usbDevices } from './usb-devices.ts';

async function kernel(t: ExecutionContext) {
	const folder = await mkdtemp(join(tmpdir(), 'mullion-usb-'));
	t.teardown(() => rm(folder, { recursive: true, force: true }));
	const [devices, files] = [join(folder, 'devices'), join(folder, 'dev')];
	await mkdir(files);
	const put = async (path: string, bytes: string | Uint8Array): Promise<void> => {
		await mkdir(join(devices, path, '..'), { recursive: true });
		await writeFile(join(devices, path), bytes);
	};
	return { devices, files, put, usb: usbDevices({ clock: systemClock(), devices, files }) };
}

test('devices are read with their interfaces and serial lines; hubs of the kernel are left out', async (t) => {
	const { devices, put, usb } = await kernel(t);
	await put('usb1/idVendor', '1d6b\n');
	await put('usb1/idProduct', '0002\n');
	await put('1-1/idVendor', '0403\n');
	await put('1-1/idProduct', '6001\n');
	await put('1-1/product', 'A sensor\n');
	await put('1-1:1.0/bInterfaceClass', 'ff\n');
	await mkdir(join(devices, '1-1:1.0', 'ttyUSB0'));
	await put('1-1:1.1/bInterfaceClass', '02\n');
	await mkdir(join(devices, '1-1:1.1', 'tty', 'ttyACM3'), { recursive: true });
	await put('1-10/idVendor', '1a86\n');
	await put('1-10/idProduct', '7523\n');
	t.like(usb.list(), [
		{
			port: '1-1',
			id: '0403:6001',
			product: 'A sensor',
			interfaceClasses: [255, 2],
			lines: ['ttyUSB0', 'ttyACM3'],
		},
		{ port: '1-10', id: '1a86:7523', interfaceClasses: [], lines: [] },
	]);
});

test('what a device says is no more than it may be, whatever bytes it is', async (t) => {
	const { put, usb } = await kernel(t);
	await put('1-1/idVendor', '0403\n');
	await put('1-1/idProduct', '6001\n');
	await put('1-1/product', new Uint8Array(100_000).fill(0xff));
	await put('1-1/serial', 'x\u0000\u001b]0;owned\u0007'.repeat(1000));
	for (let count = 0; count < 300; count++) await put(`1-1:1.${count}/bInterfaceClass`, 'ff\n');
	const [device] = usb.list();
	t.is(device?.interfaceClasses.length, 32);
	t.true((device?.product.length ?? 0) <= 126);
	t.regex(device?.serial ?? '', /^x\\u\{0\}\\u\{1b\}\]0;owned\\u\{7\}x/);
});

test('one without strings, without numbers or half gone ends nothing', async (t) => {
	const { devices, put, usb } = await kernel(t);
	await mkdir(join(devices, '1-1'), { recursive: true });
	await put('1-2/idVendor', '0403\n');
	await put('1-3/idVendor', 'zzzz\n');
	await put('1-3/idProduct', '6001\n');
	await put('1-4/idVendor', '0403\n');
	await put('1-4/idProduct', '6001\n');
	t.deepEqual(
		usb.list().map(({ port, product }) => [port, product]),
		[['1-4', '']],
	);
});

test('where there is no USB there is nothing, and nothing is told', (t) => {
	const usb = usbDevices({ clock: systemClock(), devices: '/nowhere', files: '/nowhere' });
	t.deepEqual(usb.list(), []);
	t.notThrows(() => usb.watch(() => undefined).close());
});

test('a file that comes or goes with a device is told, also on a bus that came after', async (t) => {
	const { files, usb } = await kernel(t);
	let told: () => void = () => undefined;
	const next = (): Promise<void> => new Promise((resolve) => (told = resolve));
	const watching = usb.watch(() => told());
	t.teardown(() => watching.close());
	let heard = next();
	await mkdir(join(files, 'bus/usb'), { recursive: true });
	await heard;
	// It is known by now that there are buses.
	heard = next();
	await mkdir(join(files, 'bus/usb/002'));
	await heard;
	heard = next();
	await writeFile(join(files, 'bus/usb/002/003'), '');
	await heard;
	heard = next();
	await rm(join(files, 'bus/usb/002/003'));
	await heard;
	t.pass();
});
