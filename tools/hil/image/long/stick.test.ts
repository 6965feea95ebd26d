// USB sticks in a box that has never heard from its cloud: a module that starts from one, and what else may be on it.
import { mkdir, open, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { firstBootState } from '../../../../firmware/image/build-image.ts';
import { makeData } from '../../../../firmware/image/data-file-system.ts';
import { tool } from '../../../../firmware/image/tool.ts';
import { makeProbe } from '../../../../modules/probe/testbed.ts';
import { moduleTarget } from '../../../headend/repository/module-target.ts';
import type { Board } from '../../board/board.ts';
import { putOnExfat } from '../../board/exfat-files.ts';
import { withManifest } from '../../box/variant.ts';
import { requirePrograms } from '../../link/requirements.ts';
import { agent } from '../image-bench.ts';
import { openImageRun } from '../image-run.ts';

await requirePrograms({ mcopy: 'mtools', 'mkfs.exfat': 'exfatprogs', sfdisk: 'fdisk' });
const run = await openImageRun('stick');
const { bench } = run;
const image = await bench.build(1);
const probe = await makeProbe();
/** Says one thing when it begins, and never again as long as it is kept. */
const bytes = withManifest(probe.built.bytes, (manifest) => ({
	...manifest,
	name: 'chimes',
	version: '1.0.0',
	durability: { mode: 'journal' },
	subscribes: { 'chimes.order': 'probe.Order' },
	config: {
		type: 'probe.Order',
		bytes: probe.order({ what: 'log', text: 'rung from a stick', count: 1 }).toBase64(),
	},
}));
const target = moduleTarget({ name: 'chimes', version: '1.0.0', vendor: 'mullion' });
await bench.repository.addTarget({ ...target, bytes });
test.after.always(() => run[Symbol.asyncDispose]());

const dayMs = 86_400_000;
const megabyte = 1_048_576;
const partBytes = 15 * megabyte;
let files = 0;

/** What sticks are sold with: by the type of their one partition, and what puts files there. */
const fileSystems = {
	FAT: {
		type: 'c',
		fill: async (file: string, copy: string): Promise<void> => {
			await tool('mformat', ['-i', file, '-T', `${partBytes / 512}`, '-h', '64', '-s', '32', '::']);
			await tool('mcopy', ['-i', file, '-s', join(copy, 'metadata'), join(copy, 'targets'), '::']);
		},
	},
	exFAT: {
		type: '7',
		fill: async (file: string, copy: string): Promise<void> => {
			// Clusters as large as those of sticks of 64 GB.
			await tool('mkfs.exfat', ['-c', '128K', file]);
			await putOnExfat(file, copy);
			await tool('fsck.exfat', ['-n', file]);
		},
	},
} as const;
type FileSystem = keyof typeof fileSystems;
const names = Object.keys(fileSystems) as FileSystem[];

/** A stick as it is sold, with one partition, and a copy of the repository on it. */
async function stick(fileSystem: FileSystem): Promise<string> {
	const file = join(bench.folder, `stick-${++files}.img`);
	const copy = join(bench.folder, `copy-${files}`);
	const part = `${file}.part`;
	const { type, fill } = fileSystems[fileSystem];
	await bench.repository.copyTo(copy, { paths: [target.path], lifetimeMs: 3650 * dayMs });
	await writeFile(part, '');
	await truncate(part, partBytes);
	await fill(part, copy);
	await using disk = await open(file, 'w');
	await disk.truncate(megabyte + partBytes);
	await disk.write(await readFile(part), 0, undefined, megabyte);
	await tool('sh', ['-c', `echo "start=2048, type=${type}" | sfdisk -q "$0"`, file]);
	await rm(part);
	await rm(copy, { recursive: true });
	return file;
}

/** A box that may take anything from sticks, and whose cloud is out of reach from its first start on. */
async function startAlone(box: Board): Promise<void> {
	const folder = join(bench.folder, `data-${++files}`);
	await mkdir(folder);
	const data = `${folder}.img`;
	const config = { ...bench.configOf(agent), volumes: { allow: ['*'] } };
	await makeData({ board: bench.board, config, folder, file: data, builtAt: 1 });
	await box.flash(await bench.flashable(image, { bootState: firstBootState(1), contents: { data } }));
	await box.link.down();
	await box.power.on();
}

for (const fileSystem of names)
	test.serial(
		`a module starts from a stick with ${fileSystem}, is parked without it, and goes on with it`,
		async (t) => {
			t.timeout(600_000);
			await run.test(t.title, { needs: ['power', 'flash', 'usb', 'link'] }, async (box) => {
				await startAlone(box);
				const file = await stick(fileSystem);
				let name = await box.usb.plug({ file });
				await box.serial.expect('volume "sda1" was plugged in');
				await box.serial.expect('chimes: rung from a stick');
				await box.serial.expect('chimes 1.0.0 came on volume "sda1"');
				await box.usb.unplug(name);
				await box.serial.expect(/chimes: \w+ -> suspended: the volume that it came on is not plugged in/);
				await box.serial.expect('volume "sda1" was plugged out');

				// At once in and out again: it may be read meanwhile.
				await box.usb.unplug(await box.usb.plug({ file }));
				name = await box.usb.plug({ file });
				await box.serial.expect(/chimes: suspended -> (starting|running|hibernated)/);

				await box.power.cut();
				await box.power.on();
				await box.serial.expect('chimes: installed -> suspended');
				await box.serial.expect(/chimes: starting -> running/);
				await box.usb.unplug(name);
				await box.serial.expect(/chimes: \w+ -> suspended/);
				t.pass();
			});
		},
	);

test.serial('sticks without a file system, or with a broken one, end nothing', async (t) => {
	t.timeout(600_000);
	await run.test(t.title, { needs: ['power', 'flash', 'usb', 'link'] }, async (box) => {
		await startAlone(box);
		const empty = join(bench.folder, 'empty.img');
		await (await open(empty, 'w')).close();
		await truncate(empty, megabyte);
		await box.usb.unplug(await plugged(box, empty, /volume-unreadable: sda: /));

		// The table says that there is a file system, and within it all is damaged behind the first sector.
		for (const fileSystem of names) {
			const broken = await stick(fileSystem);
			await using disk = await open(broken, 'r+');
			await disk.write(new Uint8Array(6 * megabyte).fill(0xa5), 0, undefined, megabyte + 512);
			await box.usb.unplug(await plugged(box, broken, /volume-unreadable|volume "sda1" was plugged in/));
		}

		const good = await stick('exFAT');
		await plugged(box, good, 'chimes 1.0.0 came on volume');
		t.pass();
	});
});

async function plugged(box: Board, file: string, said: string | RegExp): Promise<string> {
	const name = await box.usb.plug({ file });
	await box.serial.expect(said);
	return name;
}
