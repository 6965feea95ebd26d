import test from 'ava';
import { systemClock } from './system-clock.ts';

test('a timer never fires before its time, to the microsecond', async (t) => {
	for (const delayMs of [0, 0.4, 1, 2.7, 10.1]) {
		const dueUs = systemClock.now() + delayMs * 1000;
		await new Promise<void>((resolve) => systemClock.after(delayMs, resolve));
		t.true(systemClock.now() >= dueUs);
	}
});

test('a timer that is cancelled never fires', async (t) => {
	const timer = systemClock.after(1, () => t.fail());

	timer.cancel();
	timer.cancel();

	await new Promise<void>((resolve) => systemClock.after(5, resolve));
	t.pass();
});

test('the clock is that of the machine and does not go back', (t) => {
	const first = systemClock.now();
	const second = systemClock.now();

	t.true(second >= first);
	t.true(Math.abs(first / 1000 - Date.now()) < 60_000);
});
