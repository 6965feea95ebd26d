// A running box is brought back to one moment again and again: what was done to it since has not happened.
import test from 'ava';
import { firstBootState } from '../../../../firmware/image/build-image.ts';
import { makeProbe } from '../../../../modules/probe/testbed.ts';
import { askFor, echo, keptByBox } from '../cuts/box-talk.ts';
import { changeGuest, guestName, publishGuest } from '../cuts/guest.ts';
import { pairModules } from '../cuts/journal-pair.ts';
import { openImageRun } from '../image-run.ts';
import { RunningBox } from '../running-box.ts';

const run = await openImageRun('running box');
const { bench } = run;
const probe = await makeProbe();
const modules = [probe.built.bytes, ...pairModules(probe.built.bytes)].map((bytes) => ({ bytes }));
const image = await bench.flashable(await bench.build(1, modules), { bootState: firstBootState(1) });
await publishGuest(bench.repository, probe);
const box = await RunningBox.start({ bench, image, needs: ['storage-faults'] });
test.after.always(async () => {
	await box[Symbol.asyncDispose]();
	await run[Symbol.asyncDispose]();
});

test.serial('what was installed since is not there, and can be installed again', async (t) => {
	await run.testOn(t.title, box.board, async (record) => {
		const restoreMs: number[] = [];
		for (let times = 3; times > 0; times--) {
			const begun = performance.now();
			const operator = await box.restore();
			restoreMs.push(Math.round(performance.now() - begun));
			t.is((await keptByBox({ operator, probe })).modules.length, modules.length);
			await changeGuest(operator, '1.0.0');
			t.true((await keptByBox({ operator, probe })).modules.includes(`${guestName} 1.0.0`));
		}
		record.figure('started in', `${Math.round(box.startMs)} ms`);
		record.figure('brought back in', `${restoreMs.join(', ')} ms`);
		t.log(record.figures);
	});
});

test.serial('what its services were told since they have not heard, in memory nor on the disk', async (t) => {
	await run.testOn(t.title, box.board, async () => {
		const counts: number[] = [];
		for (let times = 2; times > 0; times--) {
			const operator = await box.restore();
			for (let questions = 3; questions > 0; questions--)
				counts.push(await askFor({ operator, probe }, 'left'));
		}
		t.deepEqual(counts, [1, 2, 3, 1, 2, 3]);
	});
});

test.serial('a module that the disk does not take is refused, and what was there goes on', async (t) => {
	await run.testOn(t.title, box.board, async () => {
		const operator = await box.restore();
		await box.board.storage.fail([{ on: 'write', range: { partition: 'data' } }]);
		try {
			await t.throwsAsync(changeGuest(operator, '1.0.0'), { message: /the disk answered E(IO|ROFS)/ });
			await echo(operator);
		} finally {
			await box.board.storage.fail([]);
		}
	});
});

test.serial('a box that was switched off is brought back too', async (t) => {
	await run.testOn(t.title, box.board, async () => {
		await box.board.power.cut();
		const operator = await box.restore();
		await changeGuest(operator, '1.0.0');
		t.true((await keptByBox({ operator, probe })).modules.includes(`${guestName} 1.0.0`));
	});
});
