// Boxes that start from the worst that a power cut in an update can leave; all states are looked at in `system/update`.
import { copyFile, type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { firstBootState } from '../../../../firmware/image/build-image.ts';
import { makeProbe } from '../../../../modules/probe/testbed.ts';
import { CrashDisk } from '../../board/crash-disk.ts';
import { crashStates } from '../../board/crash-states.ts';
import { WriteLog } from '../../board/write-log.ts';
import { seededRandom } from '../../link/random.ts';
import { CutSlots } from '../cuts/cut-slots.ts';
import { worstStates } from '../cuts/worst-states.ts';
import { openImageRun } from '../image-run.ts';

const tornStates = 500;
const startedStates = 6;
const other = 'Device.DeviceInfo.FirmwareImage.2.';

interface Recorded {
	readonly writes: WriteLog;
	readonly base: FileHandle;
	readonly slots: CutSlots;
}

const run = await openImageRun('power cuts and updates');
const { bench } = run;
const { built } = await makeProbe();
const old = await bench.build(1, [built]);
const next = await bench.build(2, [built]);
const url = await bench.publish(next);
const flashable = await bench.flashable(old, { bootState: firstBootState(1) });
const baseFile = flashable.disk ?? '';
const opened = new AsyncDisposableStack();
let recorded: Recorded;
test.after.always(async () => {
	await opened[Symbol.asyncDispose]();
	await run[Symbol.asyncDispose]();
});

test.serial('a release is installed, started and kept, and every write is recorded', async (t) => {
	t.timeout(600_000);
	const log = join(bench.folder, 'writes');
	await run.test(t.title, { needs: ['power', 'flash', 'watchdog', 'write-log'] }, async (box) => {
		await box.flash(flashable);
		await box.storage.record(log);
		const operator = await bench.start(t, box);
		const updated = operator.operate(`${other}Download()`, { URL: url, AutoActivate: 'true' });
		await box.serial.expect('starting slot b');
		await box.serial.expect('was found healthy');
		await updated;
		await box.storage.stopRecording();
		const writes = opened.use(await WriteLog.open(log));
		const base = opened.use(await open(baseFile));
		const releases = new Map([old, next].map((image) => [image.release, image]));
		recorded = { writes, base, slots: new CutSlots({ board: bench.board, base, releases }) };
		t.pass();
	});
});

test.serial(
	'a box in the worst of these states starts the slot that the rules say, with its modules',
	async (t) => {
		t.timeout(1_800_000);
		const { base, slots, writes } = recorded;
		const states = crashStates({ log: writes, torn: tornStates, random: seededRandom(43) });
		for (const state of await worstStates(states, {
			count: startedStates,
			entries: writes.entries,
		})) {
			const disk = join(bench.folder, 'cut.img');
			await copyFile(baseFile, disk);
			await using copy = await open(disk, 'r+');
			await new CrashDisk({ copy, base }).become(state);
			const [slot] = await slots.startsOf(state);
			await run.test(
				`${t.title}: ${state.entries}`,
				{ needs: ['power', 'flash', 'watchdog'] },
				async (box) => {
					await box.flash({ ...flashable, disk });
					const operator = await bench.start(t, box);
					await box.serial.expect(`starting slot ${slot}`, { unless: /starting slot/ });
					const units = await operator.get(['Device.SoftwareModules.DeploymentUnit.']);
					t.like(Object.values(units)[0], { Name: 'probe', Status: 'Installed' }, state.name);
				},
			);
		}
	},
);
