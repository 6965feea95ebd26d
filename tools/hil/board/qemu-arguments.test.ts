import test from 'ava';
import { type QemuDescription, qemuArguments } from './qemu-arguments.ts';
import { emulatorOf } from './qemu-requirements.ts';

const plain: QemuDescription = {
	emulator: await emulatorOf('qemu-arm64'),
	hasUsb: false,
	hasWatchdog: false,
	monitorSocket: '/run/m',
	serialSocket: '/run/s',
	environment: { path: '/run/environment', format: 'qcow2' },
};
const disk = {
	image: { path: '/run/a,b.qcow2', format: 'qcow2' },
	speed: {},
} as const;

/** Values of an option, in their order. */
function valuesOf(description: QemuDescription, option: string): string[] {
	const args = qemuArguments(description);
	return args.flatMap((arg, index) => (arg === option ? [args[index + 1] ?? ''] : []));
}

function blockNodes(description: QemuDescription): Record<string, unknown>[] {
	return valuesOf(description, '-blockdev').map((json) => JSON.parse(json));
}

test('a board is emulated, never virtualised, and waits to be told to go', (t) => {
	t.deepEqual(valuesOf(plain, '-machine'), ['virt,gic-version=2,acpi=off', 'pflash1=environment']);
	t.deepEqual(valuesOf(plain, '-accel'), ['tcg,thread=multi']);
	t.deepEqual(valuesOf(plain, '-cpu'), ['cortex-a53']);
	t.true(qemuArguments(plain).includes('-S'));
	t.false(qemuArguments(plain).some((arg) => arg.includes('kvm')));
});

test('another machine is another program with other devices, and none where its boot loader keeps an environment', async (t) => {
	const emulator = await emulatorOf('qemu-x86_64');
	const { environment: _, ...rest } = plain;
	const description = { ...rest, emulator, firmware: '/run/u-boot.img' };

	t.deepEqual(valuesOf(description, '-machine'), ['pc']);
	t.deepEqual(valuesOf(description, '-bios'), ['/run/u-boot.img']);
	t.deepEqual(valuesOf(description, '-device'), ['virtio-net-pci,netdev=net0']);
});

test('what was not asked for is not there', (t) => {
	t.deepEqual(valuesOf(plain, '-device'), ['virtio-net-device,netdev=net0']);
	for (const option of ['-rtc', '-dtb', '-object', '-action']) t.deepEqual(valuesOf(plain, option), []);
});

test('watchdog, USB and the clock are there when they are asked for', (t) => {
	const description = {
		...plain,
		hasUsb: true,
		hasWatchdog: true,
		clock: new Date('2031-02-03T04:05:06.789Z'),
	};

	t.deepEqual(valuesOf(description, '-device').slice(1), ['qemu-xhci,id=usb', 'i6300esb']);
	t.deepEqual(valuesOf(description, '-action'), ['watchdog=reset']);
	t.deepEqual(valuesOf(description, '-rtc'), ['base=2031-02-03T04:05:06']);
});

test('the disk is a chain of nodes, each on the one before, whatever its path is called', (t) => {
	const nodes = blockNodes({ ...plain, disk }).slice(2);

	t.deepEqual(
		nodes.map((node) => [node['node-name'], node['file'] ?? node['filename']]),
		[
			['disk-image-file', '/run/a,b.qcow2'],
			['disk-image', 'disk-image-file'],
			['disk', 'disk-image'],
		],
	);
});

test('a slow disk is a limit of its throttle group; a senseless one is a bad-range error', (t) => {
	const slow = (writeRate: number) => ({ ...plain, disk: { ...disk, speed: { writeRate } } });

	t.like(JSON.parse(valuesOf(slow(65_536), '-object')[0] ?? ''), {
		id: 'disk-speed',
		limits: { 'bps-read': 0, 'bps-write': 65_536 },
	});
	for (const rate of [-1, 0.5, Number.NaN]) t.throws(() => qemuArguments(slow(rate)), { code: 'bad-range' });
});

test('frames are led through the bench when they are to be shaped, and ports lead to the box either way', (t) => {
	const forwards = [{ hostPort: 8080, boxPort: 80 }];
	const forward = 'hostfwd=tcp:127.0.0.1:8080-:80';

	t.deepEqual(valuesOf({ ...plain, forwards }, '-netdev'), [`user,id=net0,${forward}`]);
	const led = valuesOf({ ...plain, forwards, relay: { box: 7001, world: 7002 } }, '-netdev');
	t.regex(led[0] ?? '', /^dgram,id=net0,.*local\.port=7001.*remote\.port=7001$/);
	t.true(led.includes(`user,id=world,${forward}`));
});
