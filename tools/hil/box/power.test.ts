// The power of a whole box: the mains go, what is essential goes on, the battery runs low, the mains come back.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { PowerFolder } from './power-folder.ts';
import { TestBox } from './test-box.ts';
import { withManifest } from './variant.ts';

const folder = await mkdtemp(join(tmpdir(), 'mullion-power-'));
const power = await PowerFolder.make(folder);
const box = await TestBox.start({ power: { supplies: folder, essential: ['voice'], backMs: 1000 } });
test.after.always(async () => {
	await box[Symbol.asyncDispose]();
	await rm(folder, { recursive: true, force: true });
});

const own = (name: string, change: object = {}): Uint8Array =>
	withManifest(box.probe.built.bytes, (manifest) => ({
		...manifest,
		name,
		subscribes: { [`${name}.order`]: 'probe.Order', [`${name}.echo`]: 'probe.Word', ...listens(name) },
		...change,
	}));
/** One of them hears of the power, as any service may. */
const listens = (name: string): object =>
	name === 'voice' ? { 'power.state': 'mullion.power.PowerState' } : {};

test.serial('mains lost: what is not essential is suspended, what is essential answers', async (t) => {
	for (const [name, change] of [
		['voice', { power: 'essential' }],
		['games', { durability: { mode: 'journal' } }],
		// It asks, and nobody has granted it.
		['bold', { power: 'essential' }],
	] as const)
		t.deepEqual(await box.install(await box.sign(own(name, change), `modules/${name}.wasm`)), {
			fault: 0,
			code: '',
		});
	const changes: Readonly<Record<string, string>>[] = [];
	const listening = await box.stage.operator.subscribe('Device.X_MULLION_Power.Changed!', ({ args }) =>
		changes.push(args),
	);
	await power.setBattery({ percent: 80, secondsLeft: 3000 });
	const from = box.lines.length;
	await power.setMains(false);
	t.regex(await box.line(/the mains are lost/, from), /80 % of the battery, 50 minutes left/);
	await box.line(/games: running -> suspended/, from);
	await box.line(/bold: running -> suspended/, from);
	await box.echo('voice.echo');
	t.like(await box.vm('games'), {
		state: 'suspended',
		reason: 'the mains are lost, and it is not essential',
	});
	t.like(await box.vm('voice'), { state: 'running' });
	t.like((await box.stage.operator.get(['Device.X_MULLION_Power.']))['Device.X_MULLION_Power.'], {
		Source: 'Battery',
		BatteryPercent: '80',
		MinutesLeft: '50',
	});
	t.like(changes.at(-1), { Source: 'Battery', MinutesLeft: '50' });
	await listening.remove();
});

test.serial('what is said to a suspended service waits, and who asks it is not held', async (t) => {
	for (let left = 3; left > 0; left--)
		await box.order({ what: 'log', text: 'late', count: 1 }, 'games.order');
	await t.throwsAsync(box.echo('games.echo', 200));
	await box.echo('voice.echo');
	t.false(box.lines.some((line) => line.includes('games: late')));
});

test.serial('mains back: all go on with what they were told, and the box has lost nothing', async (t) => {
	const from = box.lines.length;
	await power.setMains(true);
	await box.line(/the mains are back/, from);
	await box.line(/games: suspended -> running/, from);
	await box.echo('games.echo');
	t.is(box.lines.filter((line) => line.includes('games: late')).length, 3);
	t.like(await box.vm('games'), { state: 'running', restarts: 0, load: { dropped: 0 } });
});

test.serial(
	'a battery that is nearly empty ends the box in order, and it comes back with everything',
	async (t) => {
		const before = box.lines.length;
		await power.setMains(false);
		await box.line(/the mains are lost/, before);
		await box.line(/games: running -> suspended/, before);
		await box.order({ what: 'log', text: 'kept', count: 1 }, 'games.order');
		const { exited } = box.stage.box;
		await power.setBattery({ percent: 70, secondsLeft: 100 });
		t.deepEqual(await exited, [75, null], 'it asks to be switched off');
		await power.setBattery({ percent: 71 });
		const from = box.lines.length;
		await box.stage.powerOn();
		// It starts on its battery.
		await box.line(/the mains are lost/, from);
		t.like(await box.vm('games'), { state: 'suspended' });
		await box.echo('voice.echo');
		await power.setMains(true);
		await box.line(/games: starting -> running/, from);
		await box.line(/games: kept/, from);
		await box.echo('games.echo');
	},
);
