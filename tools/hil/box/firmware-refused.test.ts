// What a box answers to firmware that it must not take; it goes on with what it has, and takes the right one after it.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { bootFrom, devicesIn, makeSlotFiles, slotBytes } from '../../../firmware/slots/slot-files.fixture.ts';
import { board, factoryState, imagesOf } from '../../../firmware/slots/testbed.fixture.ts';
import { firmwareLies } from './firmware-lies.ts';
import { TestBox } from './test-box.ts';

const table = 'Device.DeviceInfo.FirmwareImage.';
const running = 5;
const slots = await mkdtemp(join(tmpdir(), 'mullion-slots-'));
await makeSlotFiles(slots, { ...factoryState, floor: running });
const box = await TestBox.start({
	image: async () => ({
		board,
		version: `1.${running}.0`,
		release: running,
		slot: await bootFrom(slots),
		devices: devicesIn(slots),
	}),
});
await box.install(await box.publish(box.probe.built));
const { repository } = box.stage.headend;
const lies = await firmwareLies({ repository, board, slotBytes, running });
test.after.always(async () => {
	await lies[Symbol.asyncDispose]();
	await box[Symbol.asyncDispose]();
	await rm(slots, { recursive: true, force: true });
});

const images = async () => Object.values(await box.stage.operator.get([table]));

/** What runs is untouched and first to boot, and its module answers. */
async function isAsBefore(t: ExecutionContext): Promise<void> {
	t.like((await images())[0], { Name: 'a', Status: 'Active', Version: `1.${running}.0` });
	const { root } = imagesOf(1);
	const written = await readFile(join(slots, 'root-a'));
	t.is(Buffer.compare(written.subarray(0, root.length), root), 0);
	t.is(await bootFrom(slots), 'a');
	t.deepEqual(await box.modules(), [`probe ${box.probe.built.version}`]);
	await box.echo();
}

for (const { name, ending, status, tell } of lies.lies) {
	test.serial(`${name}: ${ending.code}, ${ending.fault}, and the box goes on with what it has`, async (t) => {
		const url = await tell();

		t.deepEqual(await box.command(`${table}2.Download()`, { URL: url, AutoActivate: 'true' }), ending);

		t.like((await images())[1], { Name: 'b', Status: status, Available: 'false' });
		await isAsBefore(t);
		await lies.truth();
	});
}

test.serial('after all that was refused the right release is taken', async (t) => {
	await box.stage.powerCut();
	await box.stage.powerOn();
	const URL = await lies.truth();
	t.deepEqual(await box.command(`${table}2.Download()`, { URL }), { fault: 0, code: '' });
	t.like((await images())[1], { Name: 'b', Status: 'Available', Available: 'true' });
	await isAsBefore(t);
});
