// A box that grows and one that lives on its battery, on a board: devices plugged in, and mains that go and come.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test, { type ExecutionContext } from 'ava';
import { controllerTopic } from '../../../../firmware/agent/mqtt-transport.ts';
import { firstBootState } from '../../../../firmware/image/build-image.ts';
import { makeData } from '../../../../firmware/image/data-file-system.ts';
import { makeProbe } from '../../../../modules/probe/testbed.ts';
import { buildModule } from '../../../build/component.ts';
import type { Controller } from '../../../controller/controller.ts';
import { moduleTarget } from '../../../headend/repository/module-target.ts';
import { hostOfEmulator } from '../../../image/default-box.ts';
import type { Board, PlayedUsbDevice } from '../../board/board.ts';
import { withManifest } from '../../box/variant.ts';
import { agent } from '../image-bench.ts';
import { openImageRun } from '../image-run.ts';

const run = await openImageRun('expansion');
const { bench } = run;
const probe = await makeProbe();
const source = fileURLToPath(new URL('../../../../modules/thermometer', import.meta.url));
const [thermometer] = await buildModule({ directory: source });
if (thermometer === undefined) throw new Error('the thermometer was not built');
await bench.repository.addTarget({ ...moduleTarget(thermometer.manifest), bytes: thermometer.bytes });
/** A probe under another name. */
const named = (name: string, change: object = {}): Uint8Array =>
	withManifest(probe.built.bytes, (manifest) => ({
		...manifest,
		name,
		subscribes: { [`${name}.order`]: 'probe.Order', [`${name}.echo`]: 'probe.Word' },
		...change,
	}));

const image = await bench.build(
	1,
	[named('voice', { power: 'essential' }), named('games', { durability: { mode: 'journal' } })].map(
		(bytes) => ({ bytes }),
	),
);

/** Files that a microcontroller would keep, which is told by the console what to say: `mains 0`, `battery 80 3000`. */
const microcontroller = `
mkdir -p /run/power/ac /run/power/battery
echo Mains >/run/power/ac/type; echo Battery >/run/power/battery/type
echo 1 >/run/power/ac/online; echo 100 >/run/power/battery/capacity
while read -r what first second; do
	case $what in
	mains) echo "$first" >/run/power/ac/online ;;
	battery) echo "$first" >/run/power/battery/capacity; echo "$second" >/run/power/battery/time_to_empty_now ;;
	esac
done </dev/console &
`;
const fed = await bench.variant(image, 1, async (root) => {
	const { devices } = JSON.parse(await root.read('etc/mullion/image.json'));
	await root.describe({ devices: { ...devices, powerSupply: '/run/power' } });
	const init = await root.read('sbin/init');
	await root.write('sbin/init', init.replace('\ncd /data\n', `${microcontroller}\ncd /data\n`), 0o755);
});

test.after.always(() => run[Symbol.asyncDispose]());

let folders = 0;

/** A box with these settings, switched on; with whom its operator talks to it. */
async function start(t: ExecutionContext, box: Board, settings: object): Promise<Controller> {
	const operator = 'self::mullion-headend';
	const config = {
		endpointId: agent,
		state: '/data/state',
		root: '/etc/mullion/root.json',
		broker: `mqtt://${hostOfEmulator}:${bench.broker.port}`,
		controllers: [{ endpointId: operator, topic: controllerTopic(operator) }],
		networks: bench.board.networks,
		...settings,
	};
	const folder = join(bench.folder, `data-${++folders}`);
	await mkdir(folder);
	const data = `${folder}.img`;
	await makeData({ board: bench.board, config, folder, file: data, builtAt: 1 });
	const contents = { data, 'boot-a': fed.boot.file, 'root-a': fed.root.file };
	await box.flash(await bench.flashable(image, { bootState: firstBootState(1), contents }));
	return bench.start(t, box);
}

async function ask(operator: Controller, topic: string, payload = ''): Promise<Uint8Array> {
	const { Payload = '' } = await operator.operate(
		'Device.X_MULLION_Bus.Request()',
		{ Topic: topic, Payload: payload, DeadlineMs: '10000' },
		{ isSync: true },
	);
	return Uint8Array.fromBase64(Payload);
}

test.serial(
	'a thermometer is plugged in: its module comes over the air, raises an alarm, and is parked without it',
	async (t) => {
		t.timeout(600_000);
		await run.test(t.title, { needs: ['power', 'flash', 'usb', 'link'] }, async (box) => {
			const operator = await start(t, box, { expansion: { allow: ['*'] } });
			const adapter = await box.usb.plugSerial();
			await box.serial.expect('0403:6001 "QEMU USB SERIAL" was plugged in');
			await box.serial.expect('thermometer: an alarm is raised at 60.0 degrees');
			adapter.say('21.5\n');
			const lamp = adapter.heard();
			adapter.say('61.5\n');
			await box.serial.expect('thermometer: 61.5 degrees');
			t.is(await lamp, 'lamp on');
			const before = await ask(operator, 'home.temperature');

			await box.usb.unplug(adapter.name);
			await box.serial.expect('suspended: its device is not plugged in: 0403:6001');
			const again = await box.usb.plugSerial();
			await box.serial.expect(/thermometer: suspended -> running/);
			t.deepEqual(await ask(operator, 'home.temperature'), before, 'it goes on with what it knew');
			again.say('20\n70\n');
			await box.serial.expect('thermometer: 70.0 degrees');

			// What comes while the cloud is away is asked for when it is back.
			await box.link.down();
			const file = join(bench.folder, 'stick.img');
			await writeFile(file, new Uint8Array(1_048_576));
			await box.usb.plug({ file });
			await box.serial.expect('46f4:0001 "QEMU USB HARDDRIVE" was plugged in');
			await box.link.up();
			await box.serial.expect('device-unserved: the repository signs no module for 46f4:0001');
			t.pass();
		});
	},
);

/** What it says of itself, as USB has it; the rest of it is what each of them makes of that. */
function descriptors({
	id: [vendorId, productId],
	texts,
	interfaces = 1,
	configuration = {},
}: {
	readonly id: readonly [number, number];
	/** By number, as they go over the wire. */
	readonly texts: readonly Uint8Array[];
	readonly interfaces?: number;
	readonly configuration?: { readonly length?: number; readonly interfaces?: number };
}): PlayedUsbDevice {
	const word = (value: number): number[] => [value & 0xff, value >> 8];
	const ids = [...word(vendorId), ...word(productId), ...word(0x100)];
	const own = [
		18,
		1,
		...word(0x200),
		0,
		0,
		0,
		64,
		...ids,
		...[1, 2, 3].map((at) => (at < texts.length ? at : 0)),
		1,
	];
	const each = Array.from({ length: interfaces }, (_, at) => [9, 4, at, 0, 0, 0xff, 0, 0, 0]).flat();
	const { length = 9 + each.length, interfaces: claimed = interfaces } = configuration;
	const whole = [9, 2, ...word(length), claimed, 1, 0, 0x80, 50, ...each];
	return {
		vendorId,
		productId,
		interfaces: Math.min(interfaces, 32),
		descriptor: (type, index) => {
			if (type === 1) return Uint8Array.from(own);
			if (type === 2) return Uint8Array.from(whole);
			return type === 3 ? texts[index] : undefined;
		},
	};
}

function text(content: string, length?: number): Uint8Array {
	const bytes = Buffer.from(content, 'utf16le').subarray(0, 252);
	return Uint8Array.from([length ?? bytes.length + 2, 3, ...bytes]);
}

const languages = Uint8Array.of(4, 3, 0x09, 0x04);

test.serial(
	'devices that lie about themselves are told of as far as they can be read, and end nothing',
	async (t) => {
		t.timeout(600_000);
		await run.test(t.title, { needs: ['power', 'flash', 'usb'] }, async (box) => {
			const operator = await start(t, box, { expansion: { allow: ['*'] } });
			const cunning = '\u001b[2J\u202egnp.exe\u0000\ud800';
			const evil = [languages, text(cunning), text('x'.repeat(126)), text('\u0007'.repeat(126))];
			const table = 'Device.USB.USBHosts.Host.1.Device.';
			for (const [id, device] of Object.entries({
				'dead:0001': descriptors({ id: [0xdead, 1], texts: evil }),
				'dead:0002': descriptors({ id: [0xdead, 2], texts: [] }),
				'dead:0003': descriptors({
					id: [0xdead, 3],
					texts: [languages, text('a', 255), text('', 2), text('b', 0)],
				}),
				'dead:0004': descriptors({
					id: [0xdead, 4],
					texts: evil,
					interfaces: 32,
					configuration: { interfaces: 255 },
				}),
			})) {
				const name = await box.usb.plugPlayed(device);
				await box.serial.expect(new RegExp(`^info box: ${id}[ -~]* was plugged in at`));
				await box.usb.unplug(name);
				await box.serial.expect(new RegExp(`^info box: ${id}[ -~]* was plugged out at`));
			}
			// One that the kernel itself will have nothing of.
			await box.usb.plugPlayed(
				descriptors({ id: [0xdead, 5], texts: evil, configuration: { length: 0xffff } }),
			);
			await box.serial.expect('unable to enumerate USB device');
			// It says that it is a thermometer, and has nothing that one has.
			await box.usb.plugPlayed(descriptors({ id: [0x0403, 0x6001], texts: evil }));
			await box.serial.expect('0403:6001 is served by thermometer');
			const rows = Object.values(await operator.get([table])).filter(
				({ VendorID }) => VendorID !== undefined,
			);
			t.is(rows.length, 1);
			t.like(rows[0], { X_MULLION_State: 'served', X_MULLION_Module: 'thermometer' });
			for (const value of Object.values(rows[0] ?? {})) t.regex(value, /^[ -~]{0,126}$/);
		});
	},
);

test.serial(
	'the mains go: what is essential answers, the rest sleeps, and all is there again after it',
	async (t) => {
		t.timeout(600_000);
		await run.test(t.title, { needs: ['power', 'flash', 'buttons'] }, async (box, record) => {
			const operator = await start(t, box, { power: { essential: ['voice'], backMs: 3000 } });
			await ask(operator, 'voice.echo', 'AAAA');
			await ask(operator, 'games.echo', 'AAAA');
			await box.buttons.press('power');
			await box.serial.expect('the button "power" was pressed');
			box.serial.write('battery 80 3000\n');
			box.serial.write('mains 0\n');
			await box.serial.expect(
				'the mains are lost: what is not essential is suspended (80 % of the battery, 50 minutes left)',
			);
			await box.serial.expect(/games: \w+ -> suspended/);
			const askedAt = performance.now();
			t.deepEqual(await ask(operator, 'voice.echo', 'AAAA'), new Uint8Array(3));
			record.figure(
				'the essential service answered its operator in',
				`${Math.round(performance.now() - askedAt)} ms`,
			);
			t.log(record.figures);
			for (const text of ['first', 'second'])
				await operator.operate(
					'Device.X_MULLION_Bus.Publish()',
					{ Topic: 'games.order', Payload: probe.order({ what: 'log', text, count: 1 }).toBase64() },
					{ isSync: true },
				);
			box.serial.write('mains 1\n');
			await box.serial.expect('the mains are back');
			await box.serial.expect('games: first');
			await box.serial.expect('games: second');
			t.deepEqual(await ask(operator, 'games.echo', 'AAAA'), new Uint8Array(3));

			box.serial.write('battery 4 200\n');
			const off = box.next('shutdown');
			box.serial.write('mains 0\n');
			await box.serial.expect('the battery is nearly empty: the box stops');
			await box.serial.expect('the platform ended with 75');
			await off;
			const back = await bench.start(t, box);
			t.deepEqual(await ask(back, 'games.echo', 'AAAA'), new Uint8Array(3));
		});
	},
);
