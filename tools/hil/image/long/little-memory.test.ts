// A box with little memory: takes what it can hold, says so of the rest, and stays there for its operator.
import test, { type ExecutionContext } from 'ava';
import { firstBootState } from '../../../../firmware/image/build-image.ts';
import { makeProbe } from '../../../../modules/probe/testbed.ts';
import type { Controller } from '../../../controller/controller.ts';
import { moduleTarget } from '../../../headend/repository/module-target.ts';
import { type ClaimOptions, qemuOffer } from '../../board/claim.ts';
import { askBox } from '../box-bus.ts';
import { openImageRun } from '../image-run.ts';

const run = await openImageRun('little memory');
const { bench } = run;
const { built } = await makeProbe();
const target = moduleTarget(built.manifest);
const image = await bench.build(1);
await bench.repository.addTarget({ ...target, bytes: built.bytes });
const install = ['Device.SoftwareModules.InstallDU()', { URL: `tuf:${target.path}` }] as const;
test.after.always(() => run[Symbol.asyncDispose]());

/** A box with so much memory, started, whose operator talks to it. */
async function withMemory(
	t: ExecutionContext,
	memoryMiB: number,
	work: (operator: Controller) => Promise<void>,
): Promise<void> {
	t.timeout(600_000);
	const wanted: ClaimOptions = { needs: ['power', 'flash'], offers: [qemuOffer({ memoryMiB })] };
	await run.test(t.title, wanted, async (box) => {
		await box.flash(await bench.flashable(image, { bootState: firstBootState(1) }));
		await work(await bench.start(t, box));
	});
}

test.serial('with 160 MiB a module is installed and serves', async (t) => {
	await withMemory(t, 160, async (operator) => {
		await operator.operate(...install);
		t.is(await askBox(operator, 'probe.echo', new TextEncoder().encode('here')), 'here');
	});
});

test.serial('with 128 MiB a module is refused, and the box is there', async (t) => {
	await withMemory(t, 128, async (operator) => {
		await t.throwsAsync(operator.operate(...install), { code: 'failed', message: /MiB are free, where/ });
		const failed = await operator.operate(...install).catch((error) => error);
		t.is(failed.fault, 7227);
		t.is(failed.reason, 'memory-short');
		t.like((await operator.get(['Device.DeviceInfo.']))['Device.DeviceInfo.'], { Manufacturer: 'Mullion' });
	});
});
