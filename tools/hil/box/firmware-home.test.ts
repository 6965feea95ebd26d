// Firmware and those who are at home: who is asked, who may say what, and when nobody is disturbed.
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { Choice, Matter } from '../../../proto/host/bus/firmware.ts';
import type { Told } from '../../controller/controller.ts';
import { buildHomeScreen, HomeScreen } from './home-screen.ts';
import { installPlayers, Playing } from './playing.ts';
import { imageTable, SlotBox } from './slot-box.ts';

const done = { fault: 0, code: '' };
const plan = await SlotBox.start({ 1: {}, 2: {}, 3: {} }, { home: { roles: ['owner'] }, mediaMs: 8000 });
const { box } = plan;
const screen = new HomeScreen(box);
await box.install(await box.publish(await buildHomeScreen()));
test.after.always(() => plan[Symbol.asyncDispose]());

const window = (mode: string, more: Readonly<Record<string, string>> = {}) => ({
	'TimeWindow.1.Start': '0',
	'TimeWindow.1.End': '3600',
	'TimeWindow.1.Mode': mode,
	...Object.fromEntries(Object.entries(more).map(([name, value]) => [`TimeWindow.1.${name}`, value])),
});

test.serial('a child is refused, an owner agrees, and then the box restarts into the release', async (t) => {
	t.deepEqual(await plan.download(2, 'b', 'false'), done);
	const message = { UserMessage: 'New channels: the box restarts', MaxRetries: '0' };
	let activation: Promise<unknown> = Promise.resolve();
	await plan.restarted(async () => {
		activation = box.command(`${imageTable}2.Activate()`, window('ConfirmationNeeded', message));
		const { id, text, version } = await screen.shows(Matter.MATTER_QUESTION);
		t.deepEqual([text, version], ['New channels: the box restarts', '1.2.0']);
		await screen.press(Choice.CHOICE_AGREE, { id, role: 'child' });
		t.like(await screen.shows(Matter.MATTER_REFUSED), {
			id,
			text: 'this profile may not decide on firmware',
		});
		t.like((await plan.images())[0], { Name: 'a', Status: 'Active' });
		await screen.press(Choice.CHOICE_AGREE, { id });
	});
	t.deepEqual(await activation, done);
	t.like(await plan.images(), [
		{ Status: 'Available', Version: '1.1.0' },
		{ Status: 'Active', Version: '1.2.0' },
	]);
	t.like(await screen.shows(Matter.MATTER_DONE), { version: '1.2.0' });
});

test.serial('what was downloaded is in its slot, and nothing of it is kept among the settings', async (t) => {
	const state = join(box.directory, 'box', 'state');
	const files = await readdir(state, { recursive: true, withFileTypes: true });
	const own = files.filter((file) => file.isFile() && !/modules|code/.test(file.parentPath));
	const sizes = await Promise.all(
		own.map(async ({ parentPath, name }) => (await stat(join(parentPath, name))).size),
	);
	t.true(Math.max(...sizes) < 65_536, 'a file of the size of an image');
	t.true(sizes.reduce((all, size) => all + size, 0) < 262_144);
});

test.serial('what is refused at home fails, and what runs goes on', async (t) => {
	const activation = box.command(`${imageTable}1.Activate()`, window('ConfirmationNeeded'));
	const { id } = await screen.shows(Matter.MATTER_QUESTION);
	await screen.press(Choice.CHOICE_REFUSE, { id });
	t.deepEqual(await activation, { fault: 7022, code: 'command-failure' });
	await screen.press(Choice.CHOICE_AGREE, { id });
	t.like(await screen.shows(Matter.MATTER_REFUSED, id), { id, text: 'the question is over' });
	t.like((await plan.images())[1], { Name: 'b', Status: 'Active' });
});

test.serial('an owner has an update brought by the press of a button, a child does not', async (t) => {
	await screen.press(Choice.CHOICE_UPDATE, { id: 'button', role: 'child' });
	t.like(await screen.shows(Matter.MATTER_REFUSED, 'button'), { id: 'button' });
	plan.willBoot('a', 3);
	await plan.restarted(() => screen.press(Choice.CHOICE_UPDATE, { id: 'button' }));
	t.like(await screen.shows(Matter.MATTER_DONE), { version: '1.3.0' });
	t.like(await plan.images(), [{ Status: 'Active', Version: '1.3.0' }, { Version: '1.2.0' }]);

	await screen.press(Choice.CHOICE_UPDATE, { id: 'again' });
	t.like(await screen.shows(Matter.MATTER_FAILED, 'again'), {
		id: 'again',
		text: 'nothing-newer: release 3 is the newest for qemu-arm64',
	});
});

test.serial('while something plays nothing restarts; the end of it lets the box go', async (t) => {
	await installPlayers(box);
	const session = await Playing.open(box);
	await session.heardFrames(10);
	const activation = box.command(`${imageTable}2.Activate()`, window('WhenIdle', { End: '2' }));
	t.deepEqual(await activation, { fault: 7022, code: 'command-failure' });
	t.like((await plan.images())[0], { Name: 'a', Status: 'Active' });
	// It stays on the list of sessions for a while.
	t.is((await session.ended())?.state, 'closed');

	let idle: Promise<unknown> = Promise.resolve();
	await plan.restarted(async () => {
		idle = box.command(`${imageTable}2.Activate()`, window('WhenIdle'));
	});
	t.deepEqual(await idle, done);
	t.like((await plan.images())[1], { Name: 'b', Status: 'Active', Version: '1.2.0' });
});

test.serial('a module of the open domain does not speak for those at home', async (t) => {
	await box.uninstall('home-screen');
	const answer = await box.install(await box.publish(await buildHomeScreen('open')));
	t.deepEqual(answer, done);
	await screen.press(Choice.CHOICE_UPDATE, { id: 'forged' });
	await box.echo().catch(() => undefined);
	t.false(box.lines.some((line) => line.includes('Kim') && line.includes('forged')));
	t.like((await plan.images())[1], { Name: 'b', Status: 'Active' });
});

test.serial(
	'the operator is told when a transfer has ended, and chooses what the next boot starts',
	async (t) => {
		const { operator } = box.stage;
		const told = Promise.withResolvers<Told>();
		await operator.subscribe('Device.LocalAgent.TransferComplete!', told.resolve);
		t.deepEqual(await plan.download(3, 'a', 'false'), done);
		t.like((await told.promise).args, {
			TransferType: 'Download',
			Affected: `${imageTable}1`,
			TransferURL: 'tuf:firmware/qemu-arm64/1.3.0',
			FaultCode: '0',
		});

		const setNext = (row: number) =>
			operator.set('Device.DeviceInfo.', { BootFirmwareImage: `${imageTable}${row}` });
		const next = async () =>
			(await operator.get(['Device.DeviceInfo.']))['Device.DeviceInfo.']?.['BootFirmwareImage'];
		await setNext(1);
		t.is(await next(), `${imageTable}1`);
		await setNext(2);
		t.is(await next(), `${imageTable}2`);
		await t.throwsAsync(setNext(7), { code: 'refused' });
		await setNext(1);
		let reboot: Promise<unknown> = Promise.resolve();
		await plan.restarted(async () => {
			reboot = box.command('Device.Reboot()');
		});
		t.deepEqual(await reboot, done);
		t.like(await plan.images(), [{ Name: 'a', Status: 'Active', Version: '1.3.0' }, { Status: 'Available' }]);
	},
);
