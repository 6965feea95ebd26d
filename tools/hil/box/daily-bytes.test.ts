// What a service may fetch in a day is used up for the day: no restart of the box gives it back.
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { buildModule } from '../../build/component.ts';
import { Playing } from './playing.ts';
import { TestBox } from './test-box.ts';
import { withManifest } from './variant.ts';

const player = fileURLToPath(new URL('../../../modules/player', import.meta.url));
const bytesPerDay = 30_000;
const usedUp = new RegExp(`the ${bytesPerDay} bytes that its budget allows on \\w+ in a day are used up`);

test('a service that has fetched what it may in a day fetches no more, whether the box is cut off or stopped between', async (t) => {
	await using box = await TestBox.start({ mediaMs: 8000, minimumTimeMs: 600_000 });
	const [built] = await buildModule({ directory: player });
	if (built === undefined) return t.fail('the player was not built');
	const fetches = { hosts: ['*'], maxStreams: 4, maxFetchBytes: 262_144, bytesPerDay };
	const bytes = withManifest(built.bytes, (json) => ({
		...json,
		session: { kind: 'media', ranges: ['wide', 'short', 'wired'] },
		capabilities: { 'media-sink': {}, 'network-stream': fetches },
	}));
	t.deepEqual(await box.install(await box.publish({ ...built, bytes })), { fault: 0, code: '' });
	const played = async (): Promise<number> => {
		const from = box.lines.length;
		const playing = await Playing.open(box);
		await box.line(usedUp, from);
		return (await playing.ended())?.account?.played ?? 0;
	};

	const first = await played();
	t.true(first > 0 && first < box.media.frames, `${first} of ${box.media.frames}`);
	for (const restart of ['cut', 'stopped'] as const) {
		if (restart === 'cut') await box.stage.powerCut();
		else await box.stage.box[Symbol.asyncDispose]();
		await box.stage.powerOn();
		// A cut forgets less than a sixteenth of it.
		t.true((await played()) <= first / 16, restart);
	}
});
