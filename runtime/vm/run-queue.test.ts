import test from 'ava';
import fc from 'fast-check';
import type { Priority } from '../module/manifest.ts';
import { type Runnable, RunQueue } from './run-queue.ts';

interface Worker extends Runnable {
	readonly name: string;
	/** Of each of its slices. */
	readonly costUs: number;
	isReady: boolean;
	hadUs: number;
}

function worker(name: string, priority: Priority, { costUs = 500, deadlineMs = 5 } = {}): Worker {
	const kept = { readyKey: 0, readyOrder: 0, isQueued: false, readyAtUs: 0, usedUs: 0, hadUs: 0 };
	return { name, costUs, isReady: true, spec: { priority, budget: { deadlineMs } }, ...kept };
}

/** A queue, and a thread that runs who is first, slice by slice, in a time of its own. */
function bed() {
	let nowUs = 0;
	const queue = new RunQueue<Worker>({ wake: () => undefined, now: () => nowUs });
	const run = (slices: number): string[] => {
		const order: string[] = [];
		for (let left = slices; left > 0; left--) {
			const next = queue.take();
			if (next === undefined) break;
			order.push(next.name);
			nowUs += next.costUs;
			next.hadUs += next.costUs;
			queue.charge(next, next.costUs);
			queue.add(next);
		}
		return order;
	};
	return { queue, run, pass: (us: number) => (nowUs += us) };
}

test('realtime comes before interactive before background, whoever came first', (t) => {
	const { queue } = bed();
	for (const priority of ['background', 'interactive', 'realtime'] as const)
		queue.add(worker(priority, priority));
	t.deepEqual(
		[queue.take(), queue.take(), queue.take(), queue.take()].map((next) => next?.name),
		['realtime', 'interactive', 'background', undefined],
	);
});

test('of realtime VMs the one with the earliest deadline comes first', (t) => {
	const { queue, pass } = bed();
	queue.add(worker('patient', 'realtime', { deadlineMs: 10 }));
	pass(2000);
	queue.add(worker('urgent', 'realtime', { deadlineMs: 3 }));
	pass(7000);
	queue.add(worker('late', 'realtime', { deadlineMs: 3 }));
	t.deepEqual(
		[queue.take(), queue.take(), queue.take()].map((next) => next?.name),
		['urgent', 'patient', 'late'],
	);
});

test('those that have done the same come in the order they were added', (t) => {
	const { queue, run } = bed();
	for (const name of ['a', 'b', 'c']) queue.add(worker(name, 'interactive'));
	t.deepEqual(run(6), ['a', 'b', 'c', 'a', 'b', 'c']);
});

test('one that has nothing to do any more is passed over', (t) => {
	const { queue } = bed();
	const gone = worker('gone', 'interactive');
	queue.add(gone);
	queue.add(worker('there', 'interactive'));
	gone.isReady = false;
	t.is(queue.take()?.name, 'there');
	t.true(queue.isEmpty);
});

test('within a class each has the same time, however long its slices are', (t) => {
	fc.assert(
		fc.property(fc.array(fc.integer({ min: 1, max: 500 }), { minLength: 2, maxLength: 12 }), (costs) => {
			const { queue, run } = bed();
			const workers = costs.map((costUs, at) => worker(`${at}`, 'interactive', { costUs }));
			for (const each of workers) queue.add(each);
			run(3000);
			const had = workers.map(({ hadUs }) => hadUs);
			return Math.max(...had) - Math.min(...had) <= Math.max(...costs);
		}),
	);
	t.pass();
});

test('beside interactive VMs that never rest, background ones have one part of seventeen', (t) => {
	const { queue, run } = bed();
	const interactive = worker('i', 'interactive');
	const background = worker('b', 'background');
	queue.add(background);
	queue.add(interactive);
	run(17_000);
	const share = background.hadUs / (background.hadUs + interactive.hadUs);
	t.true(Math.abs(share - 1 / 17) < 0.002, `${share}`);
});

test('who has slept comes next, and is not owed the time it slept', (t) => {
	const { queue, run } = bed();
	const sleeper = worker('sleeper', 'interactive');
	queue.add(worker('busy', 'interactive'));
	run(1000);
	queue.add(sleeper);
	t.deepEqual(run(2), ['sleeper', 'busy']);
	const order = run(20);
	t.is(order.filter((name) => name === 'sleeper').length, 10);
});
