// The firmware as an image holds it, one file for another processor, run on this machine without a board.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { loadBoard } from '../../../../firmware/image/board.ts';
import { bundleFirmware, startFile } from '../../../../firmware/image/bundle.ts';
import { fetchSources } from '../../../../firmware/image/sources.ts';
import { openBoardRun } from '../../board/board-run.ts';
import { TestBox } from '../../box/test-box.ts';
import { requirePrograms } from '../../link/requirements.ts';

const run = await openBoardRun('arm64 bundle');
test.after.always(() => run[Symbol.asyncDispose]());

const emulator = 'qemu-aarch64-static';

test('the bundle starts under the Node of the box, comes to its cloud, and runs a module', async (t) => {
	await run.look(t.title, async () => {
		await requirePrograms({ [emulator]: 'qemu-user-static' });
		const folder = await mkdtemp(join(tmpdir(), 'mullion-bundle-'));
		t.teardown(() => rm(folder, { recursive: true, force: true }));
		const { debian, node, nodeVersion } = await fetchSources(await loadBoard('qemu-arm64'));
		run.versions({ 'Node of the box': nodeVersion });
		await bundleFirmware({
			file: join(folder, 'firmware.cjs'),
			without: ['@bytecodealliance/jco-transpile'],
		});
		// It would be given the sources to run: the bundle takes their place.
		const script = `shift; exec ${emulator} -L '${debian}' '${node}' '${join(folder, startFile)}' "$@"`;
		await using box = await TestBox.start({ boxCommand: ['sh', '-c', script, emulator], deadlineMs: 30_000 });

		const info = (await box.stage.operator.get(['Device.DeviceInfo.']))['Device.DeviceInfo.'];
		t.like(info, { HardwareVersion: 'arm64', SerialNumber: '000001' });
		t.deepEqual(await box.install(await box.publish(box.probe.built)), { fault: 0, code: '' });
		await box.echo('probe.echo', 30_000);
	});
});
