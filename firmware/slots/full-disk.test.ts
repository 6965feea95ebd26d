// The data partition gets full at any step of an update: it fails and says so, what runs stays, and with room it goes on.
import test from 'ava';
import { MemoryDirectory } from '../../runtime/memory-directory.ts';
import { imagesOf, SlotBox, sourceOf, updateOf } from './testbed.fixture.ts';

test('wherever in an update the data partition is full, the old slot runs, and the update goes on once there is room', async (t) => {
	const update = updateOf({ release: 2 });
	let failures = 0;
	for (let step = 0; ; step++) {
		const box = new SlotBox();
		const directory = new MemoryDirectory();
		box.directory = directory;
		const { updater } = await box.boot();
		directory.disk.failAfter(step, 'disk-full');
		const outcome = await updater.install(update, sourceOf(imagesOf(2), update)).then(
			() => 'installed',
			(error) => error.code,
		);
		if (outcome === 'installed') break;
		failures++;
		t.is(outcome, 'disk-full', `step ${step}`);
		t.is(updater.state, 'settled');
		t.like(await box.state(), { order: ['a', 'b'], a: { isGood: true }, b: { left: 0, isGood: false } });

		await updater.install(update, sourceOf(imagesOf(2), update));
		await updater.activate();
		box.releases.set('b', 2);
		const next = await box.boot();
		t.is(next.slot, 'b', `step ${step}`);
		t.is(await box.trial(next.updater), 'healthy');
	}
	t.true(failures > 5);
});
