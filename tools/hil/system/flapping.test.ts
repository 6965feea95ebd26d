import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import test from 'ava';
import { walkMpegAudio } from '../../media/mpeg-audio.ts';
import { openSession } from '../../start/opening.ts';
import { reportOf } from '../../start/report.ts';
import { sessionObject } from '../../start/session-watch.ts';
import { assertSameSound, assertSeamless } from '../story/heard.ts';
import { makeLongMedia } from '../story/long-media.ts';
import { openTrial } from '../story/trial.ts';

const flapMs = 5000;
/** Two minutes of coming and going. */
const flaps = 24;
const minimumTimeMs = 30_000;

test('a network that comes and goes every 5 s for two minutes moves nothing; once it stays 30 s, the session goes there, once', async (t) => {
	await using media = await makeLongMedia((flaps * flapMs + minimumTimeMs) / 1000 + 8);
	await using trial = await openTrial(t, { media: media.path, minimumTimeMs });
	const { stage, tell } = trial;
	const { id, watch, installMs } = await openSession(stage, tell);
	const moved = Promise.withResolvers<number>();
	await stage.operator.subscribe(`${sessionObject}HandoffComplete!`, () => moved.resolve(performance.now()));

	for (let flap = 0; flap < flaps; flap++) {
		await (flap % 2 === 0 ? stage.better.up() : stage.better.down());
		await sleep(flapMs);
	}
	const { handoffs, vms } = await stage.sample();
	const cameToStayAt = performance.now();
	await stage.better.up();
	const reason = await Promise.race([moved.promise, watch.end(id)]);
	await watch.end(id);

	t.deepEqual(handoffs, []);
	t.deepEqual(
		vms.map(({ module }) => module),
		['player-thrifty'],
		'nothing was even fetched for it',
	);
	t.true(typeof reason === 'number' && reason - cameToStayAt >= minimumTimeMs, `${reason}`);
	const sample = await stage.sample();
	const framesInFile = walkMpegAudio(await readFile(media.path)).frames.length;
	const report = reportOf({
		media: media.path,
		framesInFile,
		sample,
		session: id,
		expectedHandoffs: 1,
		installMs,
	});
	assertSeamless(t, report);
	t.like(report.handoffs, [{ from: 'lte0', to: 'wlan0', outcome: 'committed' }]);
	t.is(report.handoffs.length, 1);
	await assertSameSound(t, media.path, join(stage.played, id));
});
