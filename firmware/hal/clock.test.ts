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
