// Releases that do not work: the box leaves each by itself, says why, and has all that it had before.
import test, { type ExecutionContext } from 'ava';
import { type BuiltImage, firstBootState } from '../../../../firmware/image/build-image.ts';
import { makeProbe } from '../../../../modules/probe/testbed.ts';
import type { Board } from '../../board/board.ts';
import { withManifest } from '../../box/variant.ts';
import { isBack, livedData, onTrial } from '../given-back.ts';
import { openImageRun } from '../image-run.ts';
import type { Root, VariantOptions } from '../variant.ts';

const run = await openImageRun('rollback');
const { bench } = run;
const probe = await makeProbe();
const old = await bench.build(1, [probe.built]);
let lived: string;
let releases = 1;
const other = 'Device.DeviceInfo.FirmwareImage.2.';
const firmware = 'usr/lib/mullion/firmware.cjs';
const shortTrial = { windowMs: 30_000, everyMs: 1000 };
test.before(async () => {
	lived = await livedData({ bench, image: old, probe });
});
test.after.always(() => run[Symbol.asyncDispose]());

/** Puts a broken release into slot b, to be started so often, and switches the box on. */
async function tryOut(
	t: ExecutionContext,
	box: Board,
	{
		change,
		starts,
		of = old,
	}: Pick<VariantOptions, 'change'> & { readonly starts: number; readonly of?: BuiltImage },
): Promise<void> {
	const broken = await bench.variant(of, ++releases, change);
	const contents = { 'boot-b': broken.boot.file, 'root-b': broken.root.file, data: lived };
	await box.flash(await bench.flashable(old, { bootState: onTrial(starts), contents }));
	t.timeout(600_000);
	await box.power.on();
}

test.serial('a release without an init is given back', async (t) => {
	await run.test(t.title, { needs: ['power', 'flash'] }, async (box) => {
		await tryOut(t, box, { starts: 2, change: (root) => root.remove('sbin/init') });
		for (let starts = 2; starts > 0; starts--) {
			await box.serial.expect('starting slot b');
			await box.serial.expect("can't execute '/sbin/init'");
		}
		await isBack(t, { bench, box, probe, reason: 'not-started' });
	});
});

test.serial('a release whose init ends is given back after the panic of its kernel', async (t) => {
	await run.test(t.title, { needs: ['power', 'flash'] }, async (box) => {
		await tryOut(t, box, { starts: 1, change: (root) => root.write('sbin/init', '#!/bin/sh\n', 0o755) });
		await box.serial.expect('starting slot b');
		await box.serial.expect('Attempted to kill init!');
		await isBack(t, { bench, box, probe, reason: 'not-started' });
	});
});

test.serial('a release whose platform does not come up is given back', async (t) => {
	await run.test(t.title, { needs: ['power', 'flash'] }, async (box) => {
		const bug = "throw new Error('no such file');\n";
		await tryOut(t, box, { starts: 2, change: (root) => root.write(firmware, bug) });
		for (let starts = 2; starts > 0; starts--) {
			await box.serial.expect('starting slot b');
			await box.serial.expect('mullion: the platform ended with 1');
		}
		await isBack(t, { bench, box, probe, reason: 'not-started' });
	});
});

test.serial('a release that hangs is ended by the watchdog, and given back', async (t) => {
	await run.test(t.title, { needs: ['power', 'flash', 'watchdog'] }, async (box) => {
		const fired = box.next('watchdog');
		await tryOut(t, box, { starts: 1, change: (root) => root.write(firmware, 'for (;;);\n') });
		await box.serial.expect('starting slot b');
		await fired;
		await isBack(t, { bench, box, probe, reason: 'not-started' });
	});
});

test.serial('a release without a driver for its network is given back', async (t) => {
	await run.test(t.title, { needs: ['power', 'flash'] }, async (box) => {
		const change = async (root: Root): Promise<void> => {
			await root.describe({ trial: shortTrial });
			const drivers = await root.read('etc/mullion/drivers');
			await root.write('etc/mullion/drivers', drivers.replace(/.*\/virtio_net\.ko\n/, ''));
		};
		await tryOut(t, box, { starts: 1, change });
		await box.serial.expect('starting slot b');
		await box.serial.expect('was found unhealthy');
		await isBack(t, { bench, box, probe, reason: 'unhealthy-cloud' });
	});
});

test.serial(
	'a release whose module does not run is given back, and the module before runs again with what it had kept',
	async (t) => {
		const failing = withManifest(probe.built.bytes, (manifest) => ({
			...manifest,
			version: '0.2.0',
			config: { type: 'probe.Order', bytes: probe.order({ what: 'trap' }).toBase64() },
		}));
		const of = await bench.build(++releases, [{ bytes: failing }]);
		await run.test(t.title, { needs: ['power', 'flash'] }, async (box) => {
			await tryOut(t, box, { of, starts: 1, change: (root) => root.describe({ trial: shortTrial }) });
			await box.serial.expect('starting slot b');
			await box.serial.expect('probe 0.1.0 -> 0.2.0 with the firmware');
			await box.serial.expect('was found unhealthy');
			await isBack(t, { bench, box, probe, reason: 'unhealthy-module-probe' });
		});
	},
);

test.serial(
	'an update that cannot reach its cloud is given back, and the command by which it came fails with the reason',
	async (t) => {
		t.timeout(600_000);
		await run.test(t.title, { needs: ['power', 'flash'] }, async (box) => {
			const lost = await bench.variant(old, ++releases, async (root) => {
				await root.describe({ trial: shortTrial });
				const init = await root.read('sbin/init');
				await root.write(
					'sbin/init',
					init.replace('\ncd ', '\nip route add blackhole 10.0.2.2/32\ncd '),
					0o755,
				);
			});
			const url = await bench.publish(lost);
			await box.flash(
				await bench.flashable(old, { bootState: firstBootState(1), contents: { data: lived } }),
			);
			const operator = await bench.operator(30_000);
			t.teardown(() => operator.close());
			const isThere = new Promise<void>((resolve) => operator.onConnected(resolve));
			await box.power.on();
			await isThere;
			const updated = operator.operate(`${other}Download()`, { URL: url, AutoActivate: 'true' });
			const failed = t.throwsAsync(updated, {
				code: 'failed',
				message: `1.0.${releases} in slot b was given back after 3 starts: unhealthy-cloud`,
			});
			for (let starts = 3; starts > 0; starts--) {
				await box.serial.expect('starting slot b');
				await box.serial.expect('was found unhealthy');
			}
			await isBack(t, { bench, box, probe, reason: 'unhealthy-cloud' });
			await failed;
		});
	},
);
