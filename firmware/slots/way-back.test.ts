// The slot that does not run, chosen by the operator: a release that was good once, and what was chosen taken back.
import test from 'ava';
import { startsOfGood } from './boot-state.ts';
import { imagesOf, SlotBox, sourceOf, updateOf } from './testbed.fixture.ts';

/** Release 2 is good in slot b, and release 1, with which the box was made, is still in slot a. */
async function updated() {
	const box = new SlotBox();
	const old = await box.boot();
	await box.install(old.updater, 2);
	await old.updater.activate();
	const next = await box.boot();
	await box.trial(next.updater);
	return { box, updater: next.updater };
}

test('what was good once can be chosen again, on trial, and what ran is behind it', async (t) => {
	const { box, updater } = await updated();
	t.like(await updater.view(), { isOtherGood: true, other: { version: '1.1.0', release: 1 } });

	await updater.choose();
	t.like(await box.state(), { order: ['a', 'b'], a: { left: 3, isGood: false }, reason: 'not-started' });
	t.is(box.restarts, 1);
	const back = await box.boot();
	t.like(back, { slot: 'a', report: { state: 'trial' } });
	t.is(await box.trial(back.updater), 'healthy');

	t.like(await box.state(), { order: ['a', 'b'], a: { isGood: true }, b: { isGood: true }, floor: 2 });
	t.like(await back.updater.view(), { isOtherGood: true, other: { version: '1.2.0' } });
	// What comes from outside is held against the floor as before.
	await t.throwsAsync(box.install(back.updater, 1), { code: 'downgrade-refused' });
});

test('an old release that does not do any more is given back, and is not good from then on', async (t) => {
	const { box, updater } = await updated();
	await updater.activate();
	for (const _ of [1, 2, 3]) t.is((await box.boot()).slot, 'a');

	const back = await box.boot();
	const failed = { slot: 'a', version: '1.1.0', release: 1, reason: 'started' };
	t.like(back, { slot: 'b', report: { state: 'settled', failed } });
	t.like(await back.updater.view(), { isOtherGood: false });
	await t.throwsAsync(back.updater.choose(), { code: 'nothing-installed' });
});

test('what was chosen is taken back: good once, it stays good', async (t) => {
	const { box, updater } = await updated();
	const before = await box.state();
	await updater.choose();

	await updater.withdraw();

	t.is(updater.state, 'settled');
	t.like(await box.state(), { order: ['b', 'a'], a: { left: startsOfGood, isGood: true }, b: before.b });
	t.is((await box.boot()).slot, 'b');
	await updater.withdraw();
});

test('a release that was never tried and is taken back is ready, and can be chosen again', async (t) => {
	const box = new SlotBox();
	const { updater } = await box.boot();
	await box.install(updater, 2);
	await updater.choose();

	await updater.withdraw();

	t.is(updater.state, 'ready');
	t.like(await box.state(), { order: ['a', 'b'], b: { left: 0, isGood: false }, reason: '' });
	const again = await box.boot();
	t.like(again, { slot: 'a', report: { state: 'ready' } });
	await again.updater.choose();
	t.is((await box.boot()).slot, 'b');
});

test('a slot that is being written is not good any more, whatever it held', async (t) => {
	const { box, updater } = await updated();
	box.slots.a.root.failAfter('write', 0);
	const update = updateOf({ release: 3 });
	await t.throwsAsync(updater.install(update, sourceOf(imagesOf(3), update)), { code: 'write-failed' });

	t.like(await updater.view(), { isOtherGood: false });
	await t.throwsAsync(updater.choose(), { code: 'nothing-installed' });
	t.is((await box.boot()).slot, 'b');
});

test('what is on trial chooses nothing and takes nothing back', async (t) => {
	const box = new SlotBox();
	const { updater } = await box.boot();
	await box.install(updater, 2);
	await updater.activate();
	const next = await box.boot();

	await t.throwsAsync(next.updater.choose(), { code: 'not-confirmed' });
	await t.throwsAsync(next.updater.withdraw(), { code: 'not-confirmed' });
});

test('with its records lost, the boot state alone says that the other slot is good', async (t) => {
	const { box, updater } = await updated();
	for (const name of await box.directory.list()) await box.directory.remove(name);
	t.like(await updater.view(), { isOtherGood: true, other: undefined });

	await updater.choose();

	t.is((await box.boot()).slot, 'a');
});
