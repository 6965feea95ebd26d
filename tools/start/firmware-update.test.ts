/** A box as a process of its own, updated by its operator over a real broker. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { releaseTargets } from '../../firmware/slots/release-targets.ts';
import { bootFrom, devicesIn, makeSlotFiles, slotBytes } from '../../firmware/slots/slot-files.fixture.ts';
import { board, imagesOf } from '../../firmware/slots/testbed.fixture.ts';
import { type } from '../cli/trial-desk.ts';
import { seededRandom } from '../hil/link/random.ts';
import { agentId, Stage } from './stage.ts';

const table = 'Device.DeviceInfo.FirmwareImage.';

/** @param needed checks in a row that must find nothing */
async function setStage(t: ExecutionContext, { needed }: { needed: number }) {
	const directory = await mkdtemp(join(tmpdir(), 'mullion-firmware-'));
	t.teardown(() => rm(directory, { recursive: true, force: true }));
	const slots = join(directory, 'slots');
	await makeSlotFiles(slots);
	await mkdir(join(directory, 'media'));
	await writeFile(join(directory, 'media', 'silence'), '');
	const releases = new Map([
		['a', 1],
		['b', 2],
	]);
	const lines: string[] = [];
	const stage = await Stage.set({
		directory,
		media: join(directory, 'media', 'silence'),
		onLine: (line) => lines.push(line),
		image: async () => {
			const slot = await bootFrom(slots);
			const release = releases.get(slot) ?? 0;
			return {
				board,
				version: `1.${release}.0`,
				release,
				slot,
				devices: devicesIn(slots),
				trial: { everyMs: 100, needed },
			};
		},
	});
	t.teardown(() => stage[Symbol.asyncDispose]());
	for (const release of [2, 3]) {
		const options = { board, version: `1.${release}.0`, release, slotBytes, images: imagesOf(release) };
		for (const target of releaseTargets(options)) await stage.headend.repository.addTarget(target);
	}
	await stage.powerOn();
	/** Does it, and resolves when the box has asked for a restart and had it. */
	const restarted = async (act: () => Promise<unknown>): Promise<void> => {
		// In an image the end of the firmware is a restart of the box.
		const { exited } = stage.box;
		const ended = act().then(() => Promise.reject(new Error('it ended without a restart')));
		await Promise.race([exited, ended]);
		ended.catch(() => undefined);
		await stage.powerOn();
	};
	const restart = async (): Promise<void> => {
		await stage.powerCut();
		await stage.powerOn();
	};
	/** Types a command, as an operator who knows this headend. */
	const typed = (...argv: string[]) => {
		const { broker, repositoryDirectory } = stage.headend;
		const headend = ['--broker', broker, '--agent', agentId, '--repository', repositoryDirectory];
		return type([...argv, ...headend, '--json'], { cwd: directory });
	};
	const rows = async () => Object.values(await stage.operator.get([table]));
	const floor = async () => (await readFile(join(slots, 'bootstate'))).toString('latin1').match(/floor=\w+/g);
	return { stage, slots, lines, restart, restarted, rows, floor, typed };
}

const url = `tuf:firmware/${board}/1.2.0`;

test('an operator has a box download a release, restart into it, and learns that it is good', async (t) => {
	const { stage, restarted, rows, floor } = await setStage(t, { needed: 2 });
	t.like(await rows(), [
		{ Name: 'a', Version: '1.1.0', Status: 'Active' },
		{ Name: 'b', Version: '', Status: 'NoImage' },
	]);

	const download = stage.operator.operate(`${table}2.Download()`, { URL: url, AutoActivate: 'true' });
	await restarted(() => download);
	t.deepEqual(await download, {});

	t.like(await rows(), [{ Name: 'a' }, { Name: 'b', Version: '1.2.0', Status: 'Active' }]);
	t.true((await floor())?.includes('floor=2'));
	t.like((await stage.operator.get(['Device.DeviceInfo.']))['Device.DeviceInfo.'], {
		ActiveFirmwareImage: 'Device.DeviceInfo.FirmwareImage.2',
		BootFirmwareImage: 'Device.DeviceInfo.FirmwareImage.2',
	});
});

test('a release that goes down again and again is given back, and its activation ends with why', async (t) => {
	// It is never up for so long.
	const { stage, restart, restarted, rows, lines, floor } = await setStage(t, { needed: 1_000_000 });
	await stage.operator.operate(`${table}2.Download()`, { URL: url });
	t.like((await rows())[1], { Status: 'Available', Available: 'true', Version: '1.2.0' });

	const activation = stage.operator.operate(`${table}2.Activate()`, {});
	const failed = t.throwsAsync(activation, {
		code: 'failed',
		message: /3 starts: started/,
	});
	await restarted(() => activation);
	for (const _ of [2, 3]) {
		t.like((await rows())[1], { Status: 'Active', Version: '1.2.0' });
		await restart();
	}
	await restart();
	await failed;

	t.like(await rows(), [
		{ Status: 'Active', Version: '1.1.0' },
		{ Status: 'ActivationFailed', BootFailureLog: '1.2.0 in slot b was given back after 3 starts: started' },
	]);
	t.is(lines.filter((line) => line.includes('was given back')).length, 1);
	t.true((await floor())?.includes('floor=1'));
});

test('mullion upgrade has a release installed, and ends once it is good', async (t) => {
	const { restarted, typed } = await setStage(t, { needed: 50 });

	const upgraded = typed('upgrade', '1.2.0');
	await restarted(() => upgraded);
	const { firmware } = (await typed('status')).json() as { firmware: object[] };
	t.like(firmware, [
		{ name: 'a', version: '1.1.0', status: 'Available' },
		{ name: 'b', version: '1.2.0', status: 'Active', isOnTrial: true },
	]);

	const { code, json } = await upgraded;
	t.is(code, 0);
	t.deepEqual(json(), { slot: 'b', version: '1.2.0', url, action: 'upgraded' });
	t.like((await typed('upgrade', url)).json(), { action: 'unchanged' });
	t.like((await typed('status')).json(), { firmware: [{ name: 'a' }, { isOnTrial: false }] });
});

test('mullion upgrade fails with why the box has given a release back', async (t) => {
	const { restart, restarted, typed } = await setStage(t, { needed: 1_000_000 });

	const upgraded = typed('upgrade', '1.2.0');
	await restarted(() => upgraded);
	for (const _ of [2, 3, 4]) await restart();

	const { code, json } = await upgraded;
	t.is(code, 1);
	t.like(json(), {
		error: {
			code: 'activation-failed',
			message: '1.2.0 in slot b was given back after 3 starts: started',
		},
	});
	t.like((await typed('status')).json(), {
		firmware: [{ isOnTrial: false }, { status: 'ActivationFailed' }],
	});
});

test('wherever the power is cut in a download, it goes on by itself, and what runs is what ran', async (t) => {
	const { stage, slots, restart, rows } = await setStage(t, { needed: 2 });
	const random = seededRandom(1);
	for (let round = 0; round < 8; round++) {
		const release = 2 + (round % 2);
		const args = { URL: `tuf:firmware/${board}/1.${release}.0` };
		const download = stage.operator.operate(`${table}2.Download()`, args);
		download.catch(() => undefined);
		await pause(random() * 400);
		await restart();
		// A command that the box had not answered when its power went was not accepted, or goes on by itself.
		await download.catch(async (error) => {
			t.is(error.code, 'no-answer');
			await stage.operator.operate(`${table}2.Download()`, args).catch(async ({ reason }) => {
				t.is(reason, 'update-under-way');
				while ((await rows())[1]?.['Status'] === 'Downloading');
			});
		});

		t.like(await rows(), [{ Status: 'Active' }, { Status: 'Available', Version: `1.${release}.0` }]);
		const { root } = imagesOf(release);
		t.is(Buffer.compare((await readFile(join(slots, 'root-b'))).subarray(0, root.length), root), 0);
		const running = (await readFile(join(slots, 'root-a'))).subarray(0, imagesOf(1).root.length);
		t.is(Buffer.compare(running, imagesOf(1).root), 0);
	}
});
