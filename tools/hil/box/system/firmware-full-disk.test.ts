// A data partition without room, as the kernel has one: an update fails with that, and is taken once there is room.
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { SlotBox } from '../slot-box.ts';

/** Gives the box a file system of its own, of four megabytes, for what it keeps. */
const onSmallDisk = `for word; do case $word in *box.json) state=\${word%box.json}state ;; esac; done
mkdir -p "$state" && mount -t tmpfs -o size=4m small "$state" && exec "$@"`;

test('a box whose data partition is full takes no update and says why, and takes it once there is room', async (t) => {
	const boxCommand = ['unshare', '--mount', '--propagation', 'private', 'sh', '-c', onSmallDisk, 'sh'];
	await using plan = await SlotBox.start({ 1: {}, 2: {} }, { boxCommand: [...boxCommand, process.execPath] });
	const { box } = plan;
	await box.install(await box.publish(box.probe.built));
	// What only the box has mounted is seen through its process.
	const filler = join(`/proc/${box.stage.box.pid}/root`, box.directory, 'box', 'state', 'filler');
	const full = await writeFile(filler, new Uint8Array(8_000_000)).catch((error) => error.code);
	t.is(full, 'ENOSPC');

	t.deepEqual(await plan.download(2, 'b', 'false'), { fault: 7227, code: 'disk-full' });
	const images = await plan.images();
	t.like(images, [
		{ Name: 'a', Status: 'Active', Version: '1.1.0' },
		{ Name: 'b', Available: 'false' },
	]);
	// A command that cannot be written down is not begun; where the box had freed room for just that, it has failed.
	t.regex(images[1]?.['Status'] ?? '', /^(NoImage|InstallationFailed)$/);
	t.deepEqual(await box.modules(), [`probe ${box.probe.built.version}`]);
	await box.echo();

	await rm(filler);
	t.deepEqual(await plan.download(2, 'b', 'false'), { fault: 0, code: '' });
	t.like((await plan.images())[1], { Name: 'b', Status: 'Available', Version: '1.2.0' });
});
