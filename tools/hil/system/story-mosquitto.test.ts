import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { startMosquitto } from '../../headend/mosquitto.ts';
import { tellStory } from '../../start/story.ts';
import { assertSameSound, assertSeamless } from '../story/heard.ts';
import { openTrial } from '../story/trial.ts';

const sample = fileURLToPath(new URL('../../media/sample.mp3', import.meta.url));

test('over Mosquitto the story is told as over our own broker: to a better network and back, and nobody hears it', async (t) => {
	await using mosquitto = await startMosquitto();
	await using trial = await openTrial(t, { media: sample, broker: mosquitto.url });
	const { stage, tell } = trial;

	const report = await tellStory({ stage, media: sample, tell, show: () => undefined });

	assertSeamless(t, report);
	t.deepEqual(
		report.handoffs.map(({ from, to, outcome }) => ({ from, to, outcome })),
		[
			{ from: 'lte0', to: 'wlan0', outcome: 'committed' },
			{ from: 'wlan0', to: 'lte0', outcome: 'committed' },
		],
	);
	const fetched = report.networks.map(({ bytesDown }) => bytesDown);
	t.true(
		fetched.every((bytes) => bytes > 0),
		`${fetched}`,
	);
	t.is(
		fetched.reduce((all, bytes) => all + bytes),
		(await stat(sample)).size,
		'every byte of the file came once',
	);
	const [session] = (await stage.sample()).sessions;
	await assertSameSound(t, sample, join(stage.played, session?.id ?? ''));
	t.is(stage.headend.embedded, undefined);
});
