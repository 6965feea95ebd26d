import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import test from 'ava';
import { systemClock } from './clock.ts';

const questions = 200;
/** Of what a clock shows, and of two looks at two clocks. */
const exactUs = 20;

/** Answers everything with its time. */
const teller = `
	const { parentPort, workerData } = require('node:worker_threads');
	import(workerData).then(({ systemClock }) => {
		const clock = systemClock();
		parentPort.on('message', () => parentPort.postMessage(clock.now()));
	});
`;

test('what is told on another thread lies between what was read here before and after', async (t) => {
	const clock = systemClock();
	for (let threads = 3; threads > 0; threads--) {
		const worker = new Worker(teller, { eval: true, workerData: new URL('clock.ts', import.meta.url).href });
		t.teardown(() => worker.terminate());
		let [least, most] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
		for (let left = questions; left > 0; left--) {
			const before = clock.now();
			worker.postMessage(undefined);
			const [told] = await once(worker, 'message');
			least = Math.max(least, told - clock.now());
			most = Math.min(most, told - before);
		}
		t.true(least <= exactUs && most >= -exactUs, `it is ahead by ${least} to ${most} us`);
	}
});

test('a timer fires no sooner than it was asked for, however long ago the loop has looked at the time', async (t) => {
	const clock = systemClock();
	for (let left = 200; left > 0; left--) {
		const busyUntil = clock.now() + left * 5;
		while (clock.now() < busyUntil);
		const asked = (left % 5) * 0.7;
		const dueUs = clock.now() + asked * 1000;
		const { promise, resolve } = Promise.withResolvers<number>();
		clock.after(asked, () => resolve(clock.now()));
		const firedUs = await promise;
		t.true(firedUs >= dueUs, `${asked} ms: ${dueUs - firedUs} us early`);
	}
});

test('a timer that was cancelled never fires, whether it was due at once or later', async (t) => {
	const clock = systemClock();
	for (const ms of [0, 0.5, 2]) clock.after(ms, () => t.fail(`${ms} ms`)).cancel();
	await new Promise<void>((resolve) => clock.after(5, resolve));
	t.pass();
});

test('a timer for more than 24 days does not fire at once', async (t) => {
	const clock = systemClock();
	const timer = clock.after(2 ** 31, () => t.fail());
	await new Promise<void>((resolve) => clock.after(5, resolve));
	timer.cancel();
	t.pass();
});

test('it shows the time of day, and never goes back', (t) => {
	const clock = systemClock();
	const before = Date.now();
	let last = clock.now();
	const after = Date.now();
	t.true(last >= (before - 2) * 1000 && last <= (after + 2) * 1000, `${last} of ${before} to ${after}`);
	for (let left = 100_000; left > 0; left--) {
		const now = clock.now();
		if (now < last) t.fail(`${now} after ${last}`);
		last = now;
	}
});
