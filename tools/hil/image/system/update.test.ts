// Firmware over the air: from the operator's repository into the other slot of a box that runs, whenever the power goes.
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { firstBootState } from '../../../../firmware/image/build-image.ts';
import { type } from '../../../cli/trial-desk.ts';
import { type CrashState, crashStates } from '../../board/crash-states.ts';
import { WriteLog } from '../../board/write-log.ts';
import { seededRandom } from '../../link/random.ts';
import { CutSlots } from '../cuts/cut-slots.ts';
import { agent } from '../image-bench.ts';
import { openImageRun } from '../image-run.ts';

const tornStates = 500;
/** Of a disk that says it has flushed and has not. */
const lyingStates = 100;
const other = 'Device.DeviceInfo.FirmwareImage.2.';
const run = await openImageRun('firmware update');
const { bench } = run;
const old = await bench.build(1);
const next = await bench.build(2);
const oldUrl = await bench.publish(old);
const url = await bench.publish(next);
const flashable = await bench.flashable(old, { bootState: firstBootState(1) });
const writes = join(bench.folder, 'writes');
test.after.always(() => run[Symbol.asyncDispose]());

test.serial(
	'a release is started from the other slot, kept once found healthy, and none before it is taken',
	async (t) => {
		t.timeout(600_000);
		await run.test(t.title, { needs: ['power', 'flash', 'watchdog', 'write-log'] }, async (box) => {
			await box.flash(flashable);
			await box.storage.record(writes);
			const operator = await bench.start(t, box);
			const typed = (...argv: string[]) => {
				const headend = ['--broker', bench.broker.url, '--agent', agent];
				return type([...argv, ...headend, '--json'], { cwd: bench.folder });
			};
			const updated = typed('upgrade', url);
			await box.serial.expect('starting slot b');
			await box.serial.expect('release 2, in slot b is trial');
			await box.serial.expect('was found healthy');
			t.like((await updated).json(), { slot: 'b', version: '1.0.2', action: 'upgraded' });
			t.like((await typed('status')).json(), {
				firmware: [
					{ name: 'a', version: '1.0.1' },
					{ name: 'b', version: '1.0.2', status: 'Active', isOnTrial: false },
				],
			});
			await box.storage.stopRecording();
			t.like((await operator.get([other]))[other], { Name: 'b', Status: 'Active', Version: '1.0.2' });

			await t.throwsAsync(
				operator.operate('Device.DeviceInfo.FirmwareImage.1.Download()', {
					URL: oldUrl,
					AutoActivate: 'true',
				}),
				{ code: 'failed', message: '1.0.1 is release 1, and this box takes none before 2' },
			);
			await box.power.cut();
			const again = await bench.start(t, box);
			t.like((await again.get([other]))[other], { Status: 'Active', Version: '1.0.2' });
		});
	},
);

/** What is wrong with the states of the disk that the power may have left, and which releases they start. */
async function faultsOf(torn: number, { isLying }: { readonly isLying: boolean }) {
	await using log = await WriteLog.open(writes);
	await using base = await open(flashable.disk ?? '');
	const releases = new Map([old, next].map((image) => [image.release, image]));
	const slots = new CutSlots({ board: bench.board, base, releases });
	const faults: string[] = [];
	const states: AsyncIterable<CrashState> = crashStates({ log, torn, random: seededRandom(43), isLying });
	let count = 0;
	for await (const state of states) {
		count++;
		const fault = await slots.faultIn(state);
		if (fault !== undefined) faults.push(`${state.name}: ${fault}`);
	}
	return { count, faults, started: [...slots.started].toSorted() };
}

test.serial(
	'after each write of the update, and with any since the last flush lost or torn, a whole release is started',
	async (t) => {
		await run.look(t.title, async (record) => {
			const { count, faults, started } = await faultsOf(tornStates, { isLying: false });
			record.figure('states', `${count}, ${tornStates} of them torn`);
			record.figure('that start anything but a whole release', `${faults.length}`);
			t.log(record.figures);
			t.deepEqual(faults, []);
			t.deepEqual(started, [1, 2]);
		});
	},
);

test.serial('what a disk loses that only says it has flushed is found out by the same look', async (t) => {
	await run.look(t.title, async (record) => {
		const { faults } = await faultsOf(lyingStates, { isLying: true });
		record.figure('states that were found out', `${faults.length} of ${lyingStates}`);
		t.log(record.figures);
		t.true(faults.length > 0);
	});
});
