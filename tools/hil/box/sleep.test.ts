// A service that has nothing to do sleeps, on a whole box, and nobody who needs it can tell.
import test from 'ava';
import { TestBox } from './test-box.ts';

const box = await TestBox.start({ sleepAfterMs: 100 });
test.after.always(() => box[Symbol.asyncDispose]());

/** What an instance with its memory takes at least, in bytes. */
const leastAwake = 65_536;

/** Asks until it is so: what a box tells of its VMs by itself is not how deep they sleep. */
async function fallsAsleep(): Promise<void> {
	for (;;) {
		const vm = await box.vm('probe');
		if (vm?.state === 'hibernated' && vm.memoryBytes < leastAwake) return;
	}
}

test.serial('a service falls asleep, answers what it is asked, and falls asleep again', async (t) => {
	const { probe } = box;
	t.deepEqual(await box.install(await box.publish(probe.built)), { fault: 0, code: '' });
	for (let left = 3; left > 0; left--) {
		await fallsAsleep();
		await box.echo();
	}
	t.is((await box.vm('probe'))?.restarts, 0);
});

test.serial('what it knew is there when it wakes, and its sleep is no news', async (t) => {
	const from = box.lines.length;
	for (let left = 2; left > 0; left--) {
		await fallsAsleep();
		await box.order({ what: 'count' });
	}
	await fallsAsleep();
	await box.order({ what: 'log', text: 'awake', count: 1 });
	await box.line(/probe: awake/, from);
	t.deepEqual(
		box.lines.slice(from).filter((line) => /hibernated/.test(line)),
		[],
	);
});
