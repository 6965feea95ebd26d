// An image on its board: from the first instruction of the boot loader to the operator's cloud.
import { copyFile, mkdir, open, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { bootStages } from '../../../../firmware/agent/ports.ts';
import { firstBootState } from '../../../../firmware/image/build-image.ts';
import { fieldLevel } from '../../../../firmware/image/root-file-system.ts';
import { makeProbe } from '../../../../modules/probe/testbed.ts';
import { bootChart } from '../../../boot-chart/boot-chart.ts';
import { readBoot } from '../../../boot-chart/read-boot.ts';
import { bootChartFile } from '../../board/report.ts';
import { startsOf } from '../../board/start-phases.ts';
import { isBack, livedData, onTrial } from '../given-back.ts';
import { openImageRun } from '../image-run.ts';

const run = await openImageRun('image', { level: fieldLevel });
const { bench } = run;
const probe = await makeProbe();
const image = await bench.build(1, [probe.built]);
let lived: string;
test.before(async () => {
	lived = await livedData({ bench, image, probe });
});
test.after.always(() => run[Symbol.asyncDispose]());

test.serial('the same sources make the same image, to the byte', async (t) => {
	await run.look(t.title, async () => {
		const again = await bench.build(1, [probe.built]);
		for (const part of ['boot', 'root', 'data', 'disk', 'environment', 'deviceTree', 'firmware'] as const)
			t.is(again[part]?.sha256, image[part]?.sha256, part);
	});
});

test.serial(
	'a box that was flashed comes to its cloud, and its watchdog has no reason to bite',
	async (t) => {
		await run.test(t.title, { needs: ['power', 'flash', 'watchdog'] }, async (box) => {
			await box.flash(await bench.flashable(image, { bootState: firstBootState(1) }));
			const operator = await bench.operator(20_000);
			t.teardown(() => operator.close());
			const isThere = new Promise<void>((resolve) => operator.onConnected(resolve));
			await box.power.on();
			await box.serial.expect(/sha256,rsa2048:slot\+ OK/);
			await box.serial.expect('firmware 1.0.1, release 1, in slot a is settled');
			await isThere;
			const info = (await operator.get(['Device.DeviceInfo.']))['Device.DeviceInfo.'];
			t.like(info, { HardwareVersion: image.board, SoftwareVersion: image.version });
			const phases = await readBoot(operator);
			const stages = new Set(phases.map(({ stage }) => stage));
			for (const stage of bootStages.filter((each) => each !== 'vm')) t.true(stages.has(stage), stage);
			t.deepEqual(
				box.serial.lines.filter(({ text }) => text.includes('compiled for another processor')),
				[],
				'the engine takes what was compiled at the build',
			);
			const loaderMs = startsOf(box.serial.lines)[0]?.phases.kernel;
			await mkdir(run.folder, { recursive: true });
			await writeFile(
				join(run.folder, bootChartFile),
				bootChart(phases, { title: 'From the reset to the cloud', loaderMs }),
			);
		});
	},
);

test.serial(
	'a slot of which a bit has changed since it was signed is not started, and given back',
	async (t) => {
		const changed = join(bench.folder, 'changed.fit');
		await copyFile(image.boot.file, changed);
		await flip(changed, (await stat(changed)).size - 1000);
		await run.test(t.title, { needs: ['power', 'flash'] }, async (box) => {
			const contents = { 'boot-b': changed, 'root-b': image.root.file, data: lived };
			await box.flash(await bench.flashable(image, { bootState: onTrial(2), contents }));
			await box.power.on();
			for (let tries = 2; tries > 0; tries--) {
				await box.serial.expect('starting slot b');
				await box.serial.expect('resetting ...', { unless: 'Starting kernel' });
			}
			await isBack(t, { bench, box, probe, reason: 'not-started' });
		});
	},
);

test.serial(
	'a root of which bits have changed since it was signed is not run to its platform, and given back',
	async (t) => {
		const changed = join(bench.folder, 'changed.img');
		await copyFile(image.root.file, changed);
		const { size } = await stat(changed);
		for (let at = 0; at < size; at += 65_536) await flip(changed, at + 100);
		await run.test(t.title, { needs: ['power', 'flash'] }, async (box) => {
			const contents = { 'boot-b': image.boot.file, 'root-b': changed, data: lived };
			await box.flash(await bench.flashable(image, { bootState: onTrial(2), contents }));
			await box.power.on();
			for (let tries = 2; tries > 0; tries--)
				await box.serial.expect('starting slot b', { unless: 'in slot b is' });
			await isBack(t, { bench, box, probe, reason: 'not-started' });
		});
	},
);

async function flip(file: string, at: number): Promise<void> {
	await using handle = await open(file, 'r+');
	const byte = new Uint8Array(1);
	await handle.read(byte, 0, 1, at);
	byte[0] = (byte[0] ?? 0) ^ 1;
	await handle.write(byte, 0, 1, at);
}
