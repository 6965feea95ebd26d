// Somebody else's bench drives an image: labgrid, by its own driver for QEMU and a strategy for boxes of ours.
import { access } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { firstBootState } from '../../../../firmware/image/build-image.ts';
import { tool } from '../../../../firmware/image/tool.ts';
import { openImageRun } from '../image-run.ts';

const drive = fileURLToPath(new URL('../../labgrid/drive.py', import.meta.url));
/** Debian's own Python: another one on the path does not find Debian's packages. */
const python = '/usr/bin/python3';
const labgrid = '/usr/lib/python3/dist-packages/labgrid';
const run = await openImageRun('labgrid');
const { bench } = run;
test.after.always(() => run[Symbol.asyncDispose]());

test('a box starts under labgrid, and again when it pulls its reset line', async (t) => {
	t.timeout(900_000);
	await run.look(t.title, async (record) => {
		await access(labgrid).catch((cause) => {
			throw new Error('not installed: apt-get install python3-labgrid', { cause });
		});
		const { disk, environment, deviceTree } = await bench.flashable(await bench.build(1), {
			bootState: firstBootState(1),
		});
		const named = {
			LG_MACHINE: bench.board.emulator?.machine,
			LG_DISK: disk,
			LG_ENVIRONMENT: environment,
			LG_DEVICE_TREE: deviceTree,
		};
		const env = Object.fromEntries(Object.entries(named).map(([name, value]) => [name, value ?? '']));

		const said = await tool(python, [drive], { env });

		const { started, reset } = JSON.parse(said.trim().split('\n').at(-1) ?? '');
		const firmware = 'firmware 1.0.1, release 1, in slot a is settled';
		t.is(started.firmware, firmware);
		t.is(reset.firmware, firmware);
		record.figure('started in', `${started.seconds} s`);
		record.figure('started again after its reset in', `${reset.seconds} s`);
		t.log(record.figures);
	});
});
