// What a service may fetch in a day is used up for the day: no restart of the box gives it back.
import test from 'ava';
import { installPlayerWith, Playing } from './playing.ts';
import { TestBox } from './test-box.ts';

const bytesPerDay = 30_000;
const usedUp = new RegExp(`the ${bytesPerDay} bytes that its budget allows on \\w+ in a day are used up`);

test('a service that has fetched what it may in a day fetches no more, whether the box is cut off or stopped between', async (t) => {
	await using box = await TestBox.start({ mediaMs: 8000, minimumTimeMs: 600_000 });
	t.deepEqual(await installPlayerWith(box, { hosts: ['*'], bytesPerDay }), { fault: 0, code: '' });
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
