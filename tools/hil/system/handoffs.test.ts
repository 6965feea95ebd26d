import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import test from 'ava';
import { walkMpegAudio } from '../../media/mpeg-audio.ts';
import { openSession } from '../../start/opening.ts';
import { type HandoffReport, reportOf } from '../../start/report.ts';
import { assertSameSound, assertSeamless } from '../story/heard.ts';
import { makeLongMedia } from '../story/long-media.ts';
import { openTrial } from '../story/trial.ts';

const eachWay = 30;
/** Milliseconds between two handoffs: at once, while a fetch runs, and when everything has settled. */
const pausesMs = [0, 400, 1300, 3000, 150];
const directions = [
	{ from: 'lte0', to: 'wlan0' },
	{ from: 'wlan0', to: 'lte0' },
];

function figures(handoffs: readonly HandoffReport[]): string {
	return ['prepare', 'transfer', 'commit', 'total']
		.map((phase) => {
			const ms = handoffs.map(({ phasesMs }) => phasesMs[phase] ?? 0).toSorted((a, b) => a - b);
			return `${phase} ${ms[ms.length >> 1]} (worst ${ms.at(-1)}) ms`;
		})
		.join(', ');
}

test('of 30 planned handoffs in each direction all are committed, and nobody hears any of them', async (t) => {
	await using media = await makeLongMedia(105);
	await using trial = await openTrial(t, { media: media.path });
	const { stage, tell } = trial;
	const { id, path, watch, installMs } = await openSession(stage, tell);
	await stage.better.up();
	const answers: Readonly<Record<string, string>>[] = [];

	for (let count = 0; count < 2 * eachWay; count++) {
		const { to } = directions[count % 2] ?? { to: '' };
		answers.push(await stage.operator.operate(`${path}.Handoff()`, { Baseband: to }));
		await sleep(pausesMs[count % pausesMs.length]);
	}
	const reason = await watch.end(id);

	t.is(reason, 'ended');
	const framesInFile = walkMpegAudio(await readFile(media.path)).frames.length;
	const report = reportOf({
		media: media.path,
		framesInFile,
		sample: await stage.sample(),
		session: id,
		expectedHandoffs: 2 * eachWay,
		installMs,
	});
	assertSeamless(t, report);
	for (const { from, to } of directions) {
		const asked = answers.filter(({ From, To }) => From === from && To === to);
		t.deepEqual(
			asked.map(({ Committed }) => Committed),
			Array(eachWay).fill('true'),
		);
		const done = report.handoffs.filter((handoff) => handoff.from === from && handoff.to === to);
		t.true(done.every(({ outcome, trigger }) => outcome === 'committed' && trigger === 'remote-command'));
		t.log(`${done.length} times ${from} -> ${to}, median: ${figures(done)}`);
	}
	const fetched = report.networks.reduce((all, { bytesDown }) => all + bytesDown, 0);
	const { size } = await stat(media.path);
	// What comes in the millisecond in which a VM lets go of its fetch is asked for again.
	t.true(fetched >= size && fetched < size * 1.01, `${fetched} bytes came of ${size}`);
	t.is(report.handoffs.length, 2 * eachWay);
	await assertSameSound(t, media.path, join(stage.played, id));
});
