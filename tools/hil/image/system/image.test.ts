// An image on its board: from the first instruction of the boot loader to the operator's cloud.
import { copyFile, mkdir, open, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { bootStages } from '../../../../firmware/agent/ports.ts';
import { firstBootState } from '../../../../firmware/image/build-image.ts';
import type { BootState } from '../../../../firmware/slots/boot-state.ts';
import { bootChart } from '../../../boot-chart/boot-chart.ts';
import { readBoot } from '../../../boot-chart/read-boot.ts';
import { bootChartFile } from '../../board/report.ts';
import { startsOf } from '../../board/start-phases.ts';
import { openImageBench } from '../image-bench.ts';
import { openImageRun } from '../image-run.ts';

const run = await openImageRun('image');
const bench = await openImageBench({ level: 15 });
const image = await bench.build(1);
test.after.always(async () => {
	await bench[Symbol.asyncDispose]();
	await run[Symbol.asyncDispose]();
});

/** Slot b holds something to be tried twice; what is in it is said by the test. */
const onTrial: BootState = {
	...firstBootState(1),
	order: ['b', 'a'],
	b: { left: 2, isGood: false },
	reason: 'not-started',
};

test.serial('the same sources make the same image, to the byte', async (t) => {
	const again = await bench.build(1);
	for (const part of ['boot', 'root', 'data', 'disk', 'environment', 'deviceTree', 'firmware'] as const)
		t.is(again[part]?.sha256, image[part]?.sha256, part);
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

test.serial('a slot that another key has signed is not started', async (t) => {
	const forged = join(bench.folder, 'forged.fit');
	await copyFile(image.boot.file, forged);
	await flip(forged, (await stat(forged)).size - 1000);
	await run.test(t.title, { needs: ['power', 'flash'] }, async (box) => {
		await box.flash(
			await bench.flashable(image, {
				bootState: onTrial,
				contents: { 'boot-b': forged, 'root-b': image.root.file },
			}),
		);
		await box.power.on();
		for (let tries = 2; tries > 0; tries--) {
			await box.serial.expect('starting slot b');
			await box.serial.expect('resetting ...', { unless: 'Starting kernel' });
		}
		await box.serial.expect('starting slot a');
		await box.serial.expect('firmware in slot b was given back');
		t.pass();
	});
});

test.serial(
	'a root that has changed since it was signed is given up, and the old slot says so',
	async (t) => {
		const changed = join(bench.folder, 'changed.img');
		await copyFile(image.root.file, changed);
		const { size } = await stat(changed);
		for (let at = 0; at < size; at += 65_536) await flip(changed, at + 100);
		await run.test(t.title, { needs: ['power', 'flash'] }, async (box) => {
			await box.flash(
				await bench.flashable(image, {
					bootState: onTrial,
					contents: { 'boot-b': image.boot.file, 'root-b': changed },
				}),
			);
			await box.power.on();
			for (let tries = 2; tries > 0; tries--) await box.serial.expect('starting slot b');
			await box.serial.expect('starting slot a');
			await box.serial.expect('in slot a is settled');
			await box.serial.expect('firmware in slot b was given back');
			t.pass();
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
