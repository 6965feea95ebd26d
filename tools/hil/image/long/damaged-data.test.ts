// A data partition whose file system is damaged: the box mends it before it uses it, and tells its operator.
import { copyFile, open } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { firstBootState } from '../../../../firmware/image/build-image.ts';
import { tool } from '../../../../firmware/image/tool.ts';
import { makeProbe } from '../../../../modules/probe/testbed.ts';
import { askBox } from '../box-bus.ts';
import { openImageRun } from '../image-run.ts';

const run = await openImageRun('damaged data');
const { bench } = run;
const { built } = await makeProbe();
const image = await bench.build(1, [built]);
test.after.always(() => run[Symbol.asyncDispose]());

const damages: Readonly<Record<string, (file: string) => Promise<void>>> = {
	'whose first blocks are gone': async (file) => {
		await using data = await open(file, 'r+');
		await data.write(new Uint8Array(8192), 0, 8192, 0);
	},
	'that says itself that something is wrong with it': async (file) => {
		// As the kernel leaves it that has come upon an error: a count that is wrong, and the mark of it.
		await tool('debugfs', ['-w', '-R', 'set_super_value free_inodes_count 7', file]);
		await tool('debugfs', ['-w', '-R', 'set_super_value state 2', file]);
	},
};

for (const [name, damage] of Object.entries(damages))
	test.serial(`a box with a data partition ${name} mends it, tells, and has its modules`, async (t) => {
		t.timeout(600_000);
		await run.test(t.title, { needs: ['power', 'flash'] }, async (box) => {
			const data = join(bench.folder, 'damaged.img');
			await copyFile(image.data.file, data);
			await damage(data);
			const contents = { data };
			await box.flash(await bench.flashable(image, { bootState: firstBootState(1), contents }));
			const operator = await bench.start(t, box);
			await box.serial.expect('mullion: the data partition was mended', { unless: 'cannot be used' });
			const { Lines } = await operator.operate('Device.X_MULLION_Log.Read()', {}, { isSync: true });
			t.regex(Lines ?? '', /the data partition was mended: /);
			t.is(await askBox(operator, 'probe.echo', new TextEncoder().encode('still there')), 'still there');
			// What was mended is whole: the next start has nothing to tell.
			await box.power.cut();
			await bench.start(t, box);
			const again = await operator.operate('Device.X_MULLION_Log.Read()', {}, { isSync: true });
			t.notRegex(again['Lines'] ?? '', /was mended/);
		});
	});
