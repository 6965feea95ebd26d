import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import test from 'ava';
import type { HandoffRecord } from '../../../runtime/handoff/handoff-record.ts';
import { startMosquitto } from '../../headend/mosquitto.ts';
import { walkMpegAudio } from '../../media/mpeg-audio.ts';
import { openSession } from '../../start/opening.ts';
import { reportOf } from '../../start/report.ts';
import { CoreProcess } from '../story/core-process.ts';
import { assertSameSound, assertSeamless } from '../story/heard.ts';
import { makeLongMedia } from '../story/long-media.ts';
import { cellular, startStoryRig, storyNetworks, wifi } from '../story/story-rig.ts';
import { diaryOf, openTrial } from '../story/trial.ts';

const lookMs = 500;

test('Wi-Fi that falls silent while its radio says that it is up is left in time, and gone back to once it is heard', async (t) => {
	const tell = diaryOf(t);
	await using media = await makeLongMedia(80);
	await using rig = await startStoryRig();
	await using mosquitto = await startMosquitto({
		host: rig.serviceAddress,
		port: 1883,
		spawn: (...args) => rig.spawn('core', ...args),
	});
	await using core = await CoreProcess.start({
		rig,
		tell,
		media: media.path,
		broker: mosquitto.url,
		deadlineMs: 10_000,
		networks: storyNetworks(rig),
		switchPath: (id, isUp) => rig.setCarrier(id, isUp),
	});
	/** Resolves when the session is on this network. */
	const on = async (baseband: string): Promise<void> => {
		while ((await core.sample()).sessions[0]?.baseband !== baseband) await sleep(lookMs);
	};
	/** Resolves when it has come back from an attempt at going to Wi-Fi, behind so many handoffs. */
	const triedInVain = async (behind: number): Promise<void> => {
		const isInVain = ({ to, outcome }: HandoffRecord) => to === wifi && outcome === 'back';
		while (!(await core.sample()).handoffs.slice(behind).some(isInVain)) await sleep(lookMs);
	};

	const id = await core.open();
	await core.better(true);
	await on(wifi);
	rig.link(wifi).set({ isUp: false });
	const silentAt = performance.now();
	await on(cellular);
	const leftMs = performance.now() - silentAt;
	const { sessions, networks, handoffs } = await core.sample();
	await triedInVain(handoffs.length);
	rig.link(wifi).set({ isUp: true });
	await on(wifi);
	t.is(await core.end(), 'ended');

	const sample = await core.sample();
	const framesInFile = walkMpegAudio(await readFile(media.path)).frames.length;
	const report = reportOf({
		media: media.path,
		framesInFile,
		sample,
		session: id,
		expectedHandoffs: 3,
		installMs: {},
	});
	assertSeamless(t, report);
	const committed = report.handoffs.filter(({ outcome }) => outcome === 'committed');
	t.like(committed, [
		{ from: cellular, to: wifi },
		{ from: wifi, to: cellular, trigger: 'network-lost' },
		{ from: cellular, to: wifi },
	]);
	t.true(networks.every(({ isUp }) => isUp));
	await assertSameSound(t, media.path, join(core.played, id));
	const inVain = report.handoffs.length - committed.length;
	const bufferedMs = sessions[0]?.player?.bufferedMs;
	t.true(inVain > 0);
	t.log(`left after ${leftMs.toFixed(0)} ms with ${bufferedMs} ms in store; tried ${inVain} times in vain`);
});

test('where there is no other network the listener waits, and then hears all of the rest', async (t) => {
	await using media = await makeLongMedia(25);
	await using trial = await openTrial(t, { media: media.path });
	const { stage, tell } = trial;
	const silentMs = 12_000;
	const { id, watch, installMs } = await openSession(stage, tell);
	const path = stage.headend.content.network('lte0');
	const account = async () => (await stage.sample()).sessions[0]?.account;
	while (((await account())?.played ?? 0) < 100) await sleep(lookMs);

	await path.set({ isUp: false, outage: 'silent' });
	await sleep(silentMs);
	await path.set({ isUp: true });
	t.is(await watch.end(id), 'ended');

	const framesInFile = walkMpegAudio(await readFile(media.path)).frames.length;
	const sample = await stage.sample();
	const report = reportOf({
		media: media.path,
		framesInFile,
		sample,
		session: id,
		expectedHandoffs: 0,
		installMs,
	});
	t.like(report, {
		framesLost: 0,
		framesDoubled: 0,
		framesLate: 0,
		framesPlayed: framesInFile,
		handoffs: [],
	});
	t.true(report.longestGapMs > 0);
	t.is(sample.sessions[0]?.player?.rebuffers, 1);
	await assertSameSound(t, media.path, join(stage.played, id));
	t.log(`${silentMs} ms without a byte were ${report.longestGapMs.toFixed(0)} ms without a sound`);
});
