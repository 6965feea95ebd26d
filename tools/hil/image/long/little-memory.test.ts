// A box with little memory: takes what it can hold, says so of the rest, and stays there for its operator.
import test from 'ava';
import { firstBootState } from '../../../../firmware/image/build-image.ts';
import { makeProbe } from '../../../../modules/probe/testbed.ts';
import { moduleTarget } from '../../../headend/repository/module-target.ts';
import { claim, qemuOffer } from '../../board/claim.ts';
import { askBox } from '../box-bus.ts';
import { openImageBench } from '../image-bench.ts';

const bench = await openImageBench();
const { built } = await makeProbe();
const target = moduleTarget(built.manifest);
const image = await bench.build(1);
await bench.repository.addTarget({ ...target, bytes: built.bytes });
const install = ['Device.SoftwareModules.InstallDU()', { URL: `tuf:${target.path}` }] as const;
test.after.always(() => bench[Symbol.asyncDispose]());

/** A box with so much memory, from reset to its cloud. */
async function start(t: Parameters<typeof bench.start>[0], memoryMiB: number) {
	t.timeout(600_000);
	const box = await claim({ needs: ['power', 'flash'], offers: [qemuOffer({ memoryMiB })] });
	t.teardown(() => box[Symbol.asyncDispose]());
	await box.flash(await bench.flashable(image, { bootState: firstBootState(1) }));
	return bench.start(t, box);
}

test.serial('with 160 MiB a module is installed and serves', async (t) => {
	const operator = await start(t, 160);
	await operator.operate(...install);
	t.is(await askBox(operator, 'probe.echo', new TextEncoder().encode('here')), 'here');
});

test.serial('with 128 MiB a module is refused, and the box is there', async (t) => {
	const operator = await start(t, 128);
	await t.throwsAsync(operator.operate(...install), { code: 'failed', message: /MiB are free, where/ });
	const failed = await operator.operate(...install).catch((error) => error);
	t.is(failed.fault, 7227);
	t.is(failed.reason, 'memory-short');
	t.like((await operator.get(['Device.DeviceInfo.']))['Device.DeviceInfo.'], { Manufacturer: 'Mullion' });
});
