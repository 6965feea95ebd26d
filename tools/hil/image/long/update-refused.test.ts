// Firmware that a box must not take: it says what is wrong, and goes on with its slot, its modules and their data.
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { firstBootState, releaseOf } from '../../../../firmware/image/build-image.ts';
import { signingKey } from '../../../../firmware/image/signing-key.ts';
import { makeProbe } from '../../../../modules/probe/testbed.ts';
import type { Controller } from '../../../controller/controller.ts';
import { ControllerError } from '../../../controller/controller-error.ts';
import { firmwareLies } from '../../box/firmware-lies.ts';
import { askBox, publishInBox } from '../box-bus.ts';
import { openImageRun } from '../image-run.ts';
import { makeVariant } from '../variant.ts';

const table = 'Device.DeviceInfo.FirmwareImage.';
const running = 5;
const run = await openImageRun('update refused');
const { bench } = run;
const { built, order } = await makeProbe();
const image = await bench.build(running, [built]);
const { repository, board } = bench;
const { slotBytes } = releaseOf({ board, version: '', release: running });
const lies = await firmwareLies({ repository, board: board.name, slotBytes, running });
test.after.always(async () => {
	await lies[Symbol.asyncDispose]();
	await run[Symbol.asyncDispose]();
});

/** How the download of a release ended. */
async function ending(operator: Controller, URL: string): Promise<object> {
	try {
		await operator.operate(`${table}2.Download()`, { URL, AutoActivate: 'true' });
		return { fault: 0, code: '' };
	} catch (error) {
		if (!(error instanceof ControllerError)) throw error;
		return { fault: error.fault, code: error.reason };
	}
}

/** The module of the factory answers, with what it has kept. */
async function isAsBefore(t: ExecutionContext, operator: Controller): Promise<void> {
	const objects = await operator.get([table, 'Device.SoftwareModules.DeploymentUnit.']);
	t.like(objects[`${table}1.`], { Name: 'a', Status: 'Active', Version: `1.0.${running}` });
	t.like(objects['Device.SoftwareModules.DeploymentUnit.1.'], { Name: 'probe', Status: 'Installed' });
	const answer = await askBox(operator, 'probe.order', order({ what: 'get', text: 'season' }));
	t.true(answer.includes('something'), answer);
}

test.serial(
	'a box refuses what is not for it, not whole, not signed or too late, each with what is wrong',
	async (t) => {
		t.timeout(900_000);
		await run.test(t.title, { needs: ['power', 'flash'] }, async (box) => {
			await box.flash(await bench.flashable(image, { bootState: firstBootState(running) }));
			const operator = await bench.start(t, box);
			await askBox(operator, 'probe.echo', new Uint8Array());
			await publishInBox(operator, 'probe.order', order({ what: 'put', text: 'season', count: 1 }));
			for (const { name, ending: expected, status, tell } of lies.lies) {
				t.deepEqual(await ending(operator, await tell()), expected, name);
				t.like((await operator.get([table]))[`${table}2.`], { Status: status, Available: 'false' }, name);
				await isAsBefore(t, operator);
				await lies.truth();
			}

			// Signed by the repository, but by no key that the boot loader knows.
			const keys = join(bench.folder, 'other-keys');
			await signingKey(keys);
			const out = join(bench.folder, 'other-key');
			const versions = { release: 99, version: '99.0.0', builtAt: 1_790_000_099 };
			const slot = await makeVariant({ ...versions, board, image, keys, out, change: async () => undefined });
			const URL = await bench.publish(slot);
			const updated = ending(operator, URL);
			for (let starts = 3; starts > 0; starts--) {
				await box.serial.expect('starting slot b');
				await box.serial.expect('resetting ...', { unless: 'Starting kernel' });
			}
			await box.serial.expect('starting slot a');
			t.deepEqual(await updated, { fault: 7022, code: 'activation-failed' });
			t.like((await operator.get([table]))[`${table}2.`], {
				Status: 'ActivationFailed',
				Available: 'false',
				BootFailureLog: '99.0.0 in slot b was given back after 3 starts: not-started',
			});
			await isAsBefore(t, operator);
		});
	},
);
