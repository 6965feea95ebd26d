import test from 'ava';
import fc from 'fast-check';
import { startsOfGood } from './boot-state.ts';
import { bootOnce } from './simulated-boot-loader.ts';
import { factoryState, imagesOf, SlotBox, sourceOf, updateOf } from './testbed.fixture.ts';

test('a release is written into the other slot, tried, found healthy, and is good from then on', async (t) => {
	const box = new SlotBox();
	const old = await box.boot();
	t.like(old, { slot: 'a', report: { state: 'settled', lost: undefined, failed: undefined } });

	await box.install(old.updater, 2);
	t.is(old.updater.state, 'ready');
	t.like(await box.state(), { order: ['a', 'b'], b: { left: 0, isGood: false }, floor: 1 });

	await old.updater.activate();
	t.is(box.restarts, 1);
	t.like(await box.state(), { order: ['b', 'a'], b: { left: 3, isGood: false }, reason: 'not-started' });

	const next = await box.boot();
	t.like(next, { slot: 'b', report: { state: 'trial' } });
	t.like(await box.state(), { tried: 'b', b: { left: 2, isGood: false }, reason: 'started', floor: 1 });

	t.is(await box.trial(next.updater), 'healthy');
	t.like(await box.state(), {
		order: ['b', 'a'],
		b: { left: startsOfGood, isGood: true },
		reason: '',
		floor: 2,
	});
	t.is(next.updater.state, 'settled');
	t.like(await box.boot(), { slot: 'b', report: { state: 'settled', failed: undefined } });
	t.is(box.restarts, 1);
});

test('the other slot is marked before its first byte is written', async (t) => {
	const box = new SlotBox({ state: { ...factoryState, b: { left: startsOfGood, isGood: true } } });
	const { updater } = await box.boot();
	const seen: string[] = [];
	const update = updateOf({ release: 2 });
	const source = sourceOf(imagesOf(2), update);
	const { read } = source;
	source.read = async function* (request) {
		const { b } = await box.state();
		const writes = box.history.events.filter(({ device, kind }) => device.endsWith('-b') && kind === 'write');
		seen.push(`${b.left} ${b.isGood} ${writes.length}`);
		yield* read(request);
	};

	await updater.install(update, source);

	t.is(seen[0], '0 false 0');
});

test('a release that never comes up leads back to the old one, which tells it once', async (t) => {
	const box = new SlotBox();
	const old = await box.boot({ tries: 2 });
	await box.install(old.updater, 2);
	await old.updater.activate();
	for (const boot of ['first', 'second']) t.is((await box.boot({ tries: 2 })).slot, 'b', boot);

	const back = await box.boot({ tries: 2 });

	const failed = { slot: 'b', version: '1.2.0', release: 2, tries: 2, reason: 'started', isReported: false };
	t.like(back, { slot: 'a', report: { state: 'settled', failed } });
	t.like(await box.state(), { order: ['a', 'b'], b: { left: 0, isGood: false }, floor: 1, reason: '' });
	// Until somebody has heard of it.
	t.like(await box.boot(), { slot: 'a', report: { failed } });
	await back.updater.reported();
	t.like(await box.boot(), { slot: 'a', report: { state: 'settled', failed: undefined } });
});

test('of a release whose software never started, that is the reason', async (t) => {
	const box = new SlotBox();
	const { updater } = await box.boot();
	await box.install(updater, 2);
	await updater.activate();
	for (const _ of [1, 2, 3]) t.is(await bootOnce(box.bootState), 'b');

	const { report } = await box.boot();
	t.like(report, { failed: { slot: 'b', tries: 3, reason: 'not-started' } });
});

test('a release that is never healthy restarts until its starts are used up, and what was wrong is told', async (t) => {
	const box = new SlotBox();
	const old = await box.boot();
	await box.install(old.updater, 2);
	await old.updater.activate();
	box.health.problems = ['cloud', 'Module x'];
	for (const left of [2, 1, 0]) {
		const { slot, updater } = await box.boot();
		t.is(slot, 'b');
		t.is(await box.trial(updater), 'unhealthy');
		t.is(updater.state, 'rejected');
		t.like(await box.state(), { b: { left, isGood: false }, reason: 'unhealthy-cloud--odule-x', floor: 1 });
	}
	t.is(box.restarts, 4);

	t.like(await box.boot(), {
		slot: 'a',
		report: { state: 'settled', failed: { tries: 3, reason: 'unhealthy-cloud--odule-x' } },
	});
});

test('what was wrong before the update is no reason to give it back', async (t) => {
	const box = new SlotBox();
	const old = await box.boot();
	await box.install(old.updater, 2);
	box.health.problems = ['cloud'];
	await old.updater.activate();
	const next = await box.boot();

	t.is(await box.trial(next.updater), 'healthy');
});

test('with no good slot to go back to a box waits, and does not restart', async (t) => {
	const box = new SlotBox({ state: { ...factoryState, a: { left: 3, isGood: false } } });
	const { updater, report } = await box.boot();
	t.like(report, { state: 'trial', lost: undefined });
	box.health.problems = ['cloud'];
	box.health.whenAsked = (check) => {
		if (check > 50) box.health.problems = [];
	};

	t.is(await box.trial(updater), 'healthy');
	t.is(box.restarts, 0);
	t.like(await box.state(), { order: ['a', 'b'], a: { left: startsOfGood, isGood: true }, floor: 1 });
});

test('a boot state that was lost is told until what runs was found healthy', async (t) => {
	const box = new SlotBox();
	box.bootState.content.fill(0xff);
	for (const _ of [1, 2]) {
		const { slot, report } = await box.boot();
		t.is(slot, 'a');
		t.like(report, { state: 'trial', lost: { code: 'boot-state-lost' } });
	}

	t.is(await box.trial((await box.open('a')).updater), 'healthy');

	t.like(await box.state(), { a: { left: startsOfGood, isGood: true }, floor: 1 });
	t.like(await box.boot(), { slot: 'a', report: { state: 'settled', lost: undefined } });
});

test('a good slot that did not come up any more is told, and the one that runs takes its place', async (t) => {
	const box = new SlotBox();
	const old = await box.boot();
	await box.install(old.updater, 2);
	await old.updater.activate();
	await box.trial((await box.boot()).updater);
	for (let boot = 1; boot < startsOfGood; boot++) t.is(await bootOnce(box.bootState), 'b');

	const back = await box.boot();

	t.like(back, {
		slot: 'a',
		report: { state: 'settled', failed: { slot: 'b', reason: 'not-started', tries: startsOfGood - 1 } },
	});
	t.like(await box.state(), {
		order: ['a', 'b'],
		a: { left: startsOfGood, isGood: true },
		b: { left: 1, isGood: true },
	});
	// The floor stays: nothing older than what once was good can be installed.
	await t.throwsAsync(box.install(back.updater, 1), { code: 'downgrade-refused' });
	await box.install(back.updater, 2);
	t.is(back.updater.state, 'ready');
});

test('a good slot has all its starts back each time it came up', async (t) => {
	const box = new SlotBox();
	for (let boot = 0; boot < 20; boot++) {
		t.is((await box.boot()).slot, 'a');
		t.like(await box.state(), { a: { left: startsOfGood, isGood: true } });
	}
});

test('firmware for another board, one below the floor, and one without room are refused, and nothing is touched', async (t) => {
	const box = new SlotBox();
	const { updater } = await box.boot();
	const before = box.history.events.length;
	const install = (update: ReturnType<typeof updateOf>) =>
		updater.install(update, sourceOf(imagesOf(2), update));
	const update = updateOf({ release: 2 });

	await t.throwsAsync(install({ ...update, board: 'other' }), { code: 'wrong-board' });
	await t.throwsAsync(install({ ...update, release: 0 }), { code: 'downgrade-refused' });
	const root = { ...update.parts.root, length: 1_500_001 };
	await t.throwsAsync(install({ ...update, parts: { ...update.parts, root } }), { code: 'image-too-large' });
	t.is(box.history.events.length, before);
	t.is(updater.state, 'settled');
});

test('firmware on trial is not replaced, and one thing is done at a time', async (t) => {
	const box = new SlotBox();
	const old = await box.boot();
	await t.throwsAsync(old.updater.activate(), { code: 'nothing-installed' });
	await t.throwsAsync(old.updater.trial(), { code: 'not-confirmed' });
	const first = box.install(old.updater, 2);
	await t.throwsAsync(box.install(old.updater, 3), { code: 'update-under-way' });
	await t.throwsAsync(old.updater.activate(), { code: 'update-under-way' });
	await first;
	await old.updater.activate();

	const next = await box.boot();
	await t.throwsAsync(box.install(next.updater, 3), { code: 'not-confirmed' });
	await t.throwsAsync(next.updater.activate(), { code: 'not-confirmed' });
});

test('a device that fails leaves the box as it was, and the next try goes on', async (t) => {
	const box = new SlotBox();
	const { updater } = await box.boot();
	// The first is of what was before.
	box.slots.b.root.failAfter('sync', 1);

	await t.throwsAsync(box.install(updater, 2), { code: 'write-failed', message: /root-b.*EIO/ });
	t.is(updater.state, 'settled');
	t.like(await box.state(), { order: ['a', 'b'], b: { left: 0, isGood: false } });
	await t.throwsAsync(updater.activate(), { code: 'nothing-installed' });

	const update = updateOf({ release: 2 });
	const source = sourceOf(imagesOf(2), update);
	await updater.install(update, source);
	// The boot image was there.
	t.is(source.asked.length, 1);
});

test('an update that is ready outlives a restart, and is read back before it is activated', async (t) => {
	const box = new SlotBox();
	await box.install((await box.boot()).updater, 2);

	const again = await box.boot();
	t.is(again.report.state, 'ready');
	const byte = box.slots.b.root.content;
	byte[1000] = 255 - (byte[1000] ?? 0);
	await t.throwsAsync(again.updater.activate(), { code: 'nothing-installed' });
	t.like(await box.state(), { order: ['a', 'b'], b: { left: 0, isGood: false } });
	t.is((await box.boot()).report.state, 'settled');
	byte[1000] = 255 - (byte[1000] ?? 0);

	const once = await box.boot();
	await box.install(once.updater, 2);
	await once.updater.activate();
	t.is((await box.boot()).slot, 'b');
});

test('an update that was activated but not yet tried can be replaced by another', async (t) => {
	const box = new SlotBox();
	const { updater } = await box.boot();
	await box.install(updater, 2);
	await updater.activate();
	t.is((await box.open('a')).report.state, 'activated');

	await box.install(updater, 3);
	t.like(await box.state(), { order: ['a', 'b'], b: { left: 0, isGood: false }, reason: '' });
	await updater.activate();
	const next = await box.boot();
	await box.trial(next.updater);
	t.like(await box.state(), { order: ['b', 'a'], floor: 3 });
});

test('without what the box remembers of its slots, the boot state alone leads through', async (t) => {
	const box = new SlotBox();
	const old = await box.boot();
	await box.install(old.updater, 2);
	await old.updater.activate();
	for (const name of await box.directory.list()) await box.directory.remove(name);
	for (const _ of [1, 2, 3]) t.is((await box.boot()).slot, 'b');

	t.like(await box.boot(), {
		slot: 'a',
		report: { failed: { slot: 'b', reason: 'started', version: undefined } },
	});
});

test('whatever happens to it, a box starts a slot that holds a whole release', async (t) => {
	const steps = fc.array(
		fc.constantFrom('install', 'activate', 'healthy', 'unhealthy', 'power', 'hang', 'fail', 'lose-records'),
		{ minLength: 5, maxLength: 25 },
	);
	await fc.assert(
		fc.asyncProperty(steps, async (events) => {
			const box = new SlotBox();
			let release = 1;
			let running = await box.boot();
			for (const event of events) {
				const { updater } = running;
				const isTrial = updater.state === 'trial';
				if (event === 'install' || event === 'fail') {
					if (event === 'fail') box.slots[running.slot === 'a' ? 'b' : 'a'].root.failAfter('write', 0);
					await box.install(updater, ++release).catch(() => undefined);
				}
				if (event === 'activate') await updater.activate().catch(() => undefined);
				box.health.problems = event === 'unhealthy' ? ['cells'] : [];
				if (isTrial && (event === 'healthy' || event === 'unhealthy')) await box.trial(updater);
				if (event === 'lose-records')
					for (const name of await box.directory.list()) await box.directory.remove(name);
				if (
					event === 'power' ||
					event === 'hang' ||
					updater.state === 'activated' ||
					updater.state === 'rejected'
				)
					running = await box.boot();
				const { boot, root } = box.slots[running.slot];
				const whole = Array.from({ length: release }, (_, at) => imagesOf(at + 1)).some(
					(images) =>
						Buffer.compare(boot.content.subarray(0, images.boot.length), images.boot) === 0 &&
						Buffer.compare(root.content.subarray(0, images.root.length), images.root) === 0,
				);
				t.true(whole, events.join(' '));
			}
		}),
		{ numRuns: 25 },
	);
});
