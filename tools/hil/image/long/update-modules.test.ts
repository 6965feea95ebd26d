// Modules across the slots of a real image: given back, kept, and chosen back by the operator.
import test from 'ava';
import { firstBootState } from '../../../../firmware/image/build-image.ts';
import { stageModules } from '../../../../firmware/image/factory-modules.ts';
import { makeProbe } from '../../../../modules/probe/testbed.ts';
import { moduleTarget } from '../../../headend/repository/module-target.ts';
import { withManifest } from '../../box/variant.ts';
import { askBox, publishInBox } from '../box-bus.ts';
import { openImageRun } from '../image-run.ts';

const table = 'Device.DeviceInfo.FirmwareImage.';
const run = await openImageRun('update modules');
const { bench } = run;
const { built, order } = await makeProbe();
const version = (version: string, name = 'probe') =>
	withManifest(built.bytes, (manifest) => ({
		...manifest,
		name,
		version,
		...(name !== 'probe' && { publishes: {}, subscribes: { [`${name}.echo`]: 'probe.Word' } }),
	}));
const image = await bench.build(1, [{ bytes: version('1.0.0') }]);
const next = await bench.variant(image, 2, async (root) => {
	const modules = await stageModules(root, [
		{ bytes: version('2.0.0') },
		{ bytes: version('1.0.0', 'other') },
	]);
	// On a busy machine a start takes its time.
	await root.describe({ modules, trial: { windowMs: 60_000, everyMs: 1000 } });
});
const url = await bench.publish(next);
test.after.always(() => run[Symbol.asyncDispose]());

test.serial(
	'what firmware carries comes and goes with its slot, and what the operator did stays',
	async (t) => {
		t.timeout(900_000);
		await run.test(t.title, { needs: ['power', 'flash', 'link', 'reset'] }, async (box) => {
			await box.flash(await bench.flashable(image, { bootState: firstBootState(1) }));
			const operator = await bench.start(t, box);
			const modules = async () => {
				const rows = Object.values(await operator.get(['Device.SoftwareModules.DeploymentUnit.']));
				return rows.map(({ DUID, Version }) => `${DUID} ${Version}`).sort();
			};
			const has = async (key: string) =>
				(await askBox(operator, 'probe.order', order({ what: 'get', text: key }))).includes('something');
			const put = async (key: string): Promise<void> => {
				await publishInBox(operator, 'probe.order', order({ what: 'put', text: key, count: 1 }));
				// A question may come into the same turn, before there is an effect of it.
				while (!(await has(key)));
			};
			const pushed = { ...moduleTarget(built.manifest), path: 'modules/pushed-1.0.0.wasm' };
			await bench.repository.addTarget({ ...pushed, bytes: version('1.0.0', 'pushed') });
			await operator.operate('Device.SoftwareModules.InstallDU()', { URL: `tuf:${pushed.path}` });
			await put('of-one');
			const old = ['probe 1.0.0', 'pushed 1.0.0'];
			t.deepEqual(await modules(), old);

			// It cannot reach its cloud, as if the new firmware were to blame.
			const lost = operator.operate(`${table}2.Download()`, { URL: url, AutoActivate: 'true' });
			const failed = t.throwsAsync(lost, { code: 'failed', message: /3 starts: unhealthy-cloud$/ });
			await box.serial.expect('starting slot b');
			await box.link.down();
			await box.serial.expect('probe 1.0.0 -> 2.0.0 with the firmware');
			for (let starts = 3; starts > 0; starts--) await box.serial.expect('was found unhealthy');
			await box.serial.expect('starting slot a');
			await box.serial.expect('probe 2.0.0 -> 1.0.0 with the firmware');
			await box.link.up();
			await failed;
			t.deepEqual(await modules(), old);
			t.true(await has('of-one'));

			await operator.operate(`${table}2.Download()`, { URL: url, AutoActivate: 'true' });
			t.deepEqual(await modules(), ['other 1.0.0', 'probe 2.0.0', 'pushed 1.0.0']);
			t.true(await has('of-one'));
			await put('of-two');

			await operator.set('Device.DeviceInfo.', { BootFirmwareImage: `${table}1` });
			const isBack = new Promise<void>((resolve) => operator.onConnected(resolve));
			await box.reset();
			await isBack;
			t.like((await operator.get([table]))[`${table}1.`], { Status: 'Active', Version: '1.0.1' });
			t.deepEqual(await modules(), old);
			t.true(await has('of-one'));
			t.false(await has('of-two'));
		});
	},
);
