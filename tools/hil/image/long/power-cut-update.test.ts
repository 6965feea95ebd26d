// The power goes at any write of a whole update, with what the disk had not flushed: a whole release is started.
import { copyFile, type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { firstBootState } from '../../../../firmware/image/build-image.ts';
import { makeProbe } from '../../../../modules/probe/testbed.ts';
import { openBoardRun } from '../../board/board-run.ts';
import { CrashDisk } from '../../board/crash-disk.ts';
import { type CrashState, crashStates } from '../../board/crash-states.ts';
import { WriteLog } from '../../board/write-log.ts';
import { seededRandom } from '../../link/random.ts';
import { CutSlots } from '../cuts/cut-slots.ts';
import { worstStates } from '../cuts/worst-states.ts';
import { openImageBench } from '../image-bench.ts';

const tornStates = 500;
/** Of a disk that says it has flushed and has not. */
const lyingStates = 100;
const startedStates = 6;
const other = 'Device.DeviceInfo.FirmwareImage.2.';

interface Recorded {
	readonly writes: WriteLog;
	readonly base: FileHandle;
	readonly slots: CutSlots;
}

const run = await openBoardRun('power cuts and updates');
const bench = await openImageBench();
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
	await bench[Symbol.asyncDispose]();
	await run[Symbol.asyncDispose]();
});

const states = (torn: number, { isLying = false } = {}): AsyncGenerator<CrashState> =>
	crashStates({ log: recorded.writes, torn, random: seededRandom(43), isLying });

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
	'after each write, and with any since the last flush lost or torn, a whole release is started',
	async (t) => {
		t.timeout(1_200_000);
		const { slots } = recorded;
		const faults: string[] = [];
		let count = 0;
		for await (const state of states(tornStates)) {
			count++;
			const fault = await slots.faultIn(state);
			if (fault !== undefined) faults.push(`${state.name}: ${fault}`);
		}
		t.deepEqual(faults, []);
		t.deepEqual([...slots.started].toSorted(), [1, 2]);
		t.log(`${count} states, ${tornStates} of them torn`);
	},
);

test.serial('what a disk loses that only says it has flushed is found out by the same look', async (t) => {
	t.timeout(1_200_000);
	const { slots } = recorded;
	let faults = 0;
	for await (const state of states(lyingStates, { isLying: true }))
		if (state.losses > 0 && (await slots.faultIn(state)) !== undefined) faults++;
	t.true(faults > 0);
	t.log(`${faults} of ${lyingStates} states`);
});

test.serial(
	'a box in the worst of these states starts the slot that the rules say, with its modules',
	async (t) => {
		t.timeout(1_800_000);
		const { base, slots, writes } = recorded;
		for (const state of await worstStates(states(tornStates), {
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
