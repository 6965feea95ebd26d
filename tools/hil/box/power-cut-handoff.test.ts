// The power goes at any moment of a handoff: the session goes on by itself, and all of it is heard, once.
import { setTimeout as pause } from 'node:timers/promises';
import test from 'ava';
import type { SessionSample } from '../../../firmware/box/telemetry.ts';
import { ControllerError } from '../../controller/controller-error.ts';
import { seededRandom } from '../link/random.ts';
import { installPlayers, Playing } from './playing.ts';
import { TestBox } from './test-box.ts';

const table = 'Device.X_MULLION_Session.Session.';
const cuts = 10;
// Only what is asked for moves the session.
const box = await TestBox.start({ mediaMs: 9000, minimumTimeMs: 600_000, deadlineMs: 1000 });
const { stage, media } = box;
await stage.better.up();
await installPlayers(box);

test.after.always(() => box[Symbol.asyncDispose]());

/** Undefined when the box lost its power before it told. */
async function handOver(to: string): Promise<string | undefined> {
	try {
		const { Committed = '' } = await stage.operator.operate(`${table}*.Handoff()`, { Baseband: to });
		return Committed;
	} catch (error) {
		if (!(error instanceof ControllerError)) throw error;
		return error.code === 'no-answer' ? undefined : (error.reason ?? error.code);
	}
}

/** Resolves when a VM has the session again and it is being heard, or it is over. */
async function goesOn(playing: Playing): Promise<SessionSample | undefined> {
	for (;;) {
		const now = await playing.look();
		if (now?.state === 'closed') return undefined;
		if (now?.state === 'active' && (now.account?.sent ?? 0) > (now.account?.played ?? 0)) return now;
		await pause(50);
	}
}

const otherThan = (baseband: string): string => (baseband === 'lte0' ? 'wlan0' : 'lte0');

test.serial(
	'whenever the power goes in a handoff, the session goes on, and every frame is heard once',
	async (t) => {
		const random = seededRandom(21);
		const playing = await Playing.open(box, { baseband: 'lte0' });
		await goesOn(playing);
		const startedAt = performance.now();
		t.is(await handOver('wlan0'), 'true');
		const wholeMs = performance.now() - startedAt;
		const recoveries: number[] = [];
		const outcomes: string[] = [];
		for (let cut = 0; cut < cuts; cut++) {
			const before = await goesOn(playing);
			if (before === undefined) break;
			const to = otherThan(before.baseband);
			const handoff = handOver(to);
			await pause(random() * wholeMs * 1.2);
			await stage.powerCut();
			const cutAt = performance.now();
			await stage.powerOn();
			await goesOn(playing);
			recoveries.push(performance.now() - cutAt);
			const outcome = await handoff;
			// What was accepted ends with the truth, before the power went or after.
			if (outcome !== undefined)
				t.is((await playing.look())?.baseband, outcome === 'true' ? to : before.baseband, outcome);
			outcomes.push(outcome ?? 'not accepted');
		}
		t.is(recoveries.length, cuts, 'the file is too short for so many power cuts');
		await playing.ended();

		t.deepEqual(await playing.heard(), media.heard);
		t.deepEqual(
			(await stage.sample()).sessions.filter(({ state }) => state !== 'closed'),
			[],
		);
		recoveries.sort((a, b) => a - b);
		const ms = (share: number): string => (recoveries[Math.floor(share * (cuts - 1))] ?? 0).toFixed(0);
		t.log(`heard again after ${ms(0.5)} ms, at most ${ms(1)} ms; ${outcomes.join(', ')}`);
	},
);
