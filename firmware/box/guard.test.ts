import { setImmediate as turn } from 'node:timers/promises';
import test from 'ava';
import { ManualClock } from '../../runtime/manual-clock.ts';
import { SimulatedWatchdog } from '../hal/simulated-watchdog.ts';
import { guard } from './guard.ts';

const seconds = 30;

/** A guarded platform whose cells answer for as long as the test says so. */
function started() {
	const clock = new ManualClock();
	const watchdog = new SimulatedWatchdog({ clock, seconds });
	const cells = { answer: async (): Promise<void> => undefined };
	const guarded = guard({ watchdog, seconds, clock, supervisor: { count: () => cells.answer() } });
	/** By seconds, and what was asked for at each of them is answered before the next. */
	const pass = async (long: number): Promise<void> => {
		for (let passed = 0; passed < long; passed++) {
			await turn();
			clock.advance(1000);
		}
		await turn();
	};
	return { watchdog, cells, guarded, pass };
}

test('a watchdog is fed at once: whoever armed it may have done so long ago', (t) => {
	const { watchdog } = started();
	t.is(watchdog.leftMs, seconds * 1000);
	t.is(watchdog.feeds, 1);
});

test('while the cells answer, a watchdog never has less left than two thirds of its seconds', async (t) => {
	const { watchdog, pass } = started();
	await pass(0);
	for (let passed = 0; passed < 10 * seconds; passed++) {
		t.true(watchdog.leftMs >= (seconds * 2000) / 3, `after ${passed} s`);
		await pass(1);
	}
	t.false(watchdog.hasBitten);
});

test('a watchdog is fed once in a third of its seconds', async (t) => {
	const { watchdog, pass } = started();
	await pass(0);
	const before = watchdog.feeds;
	await pass(seconds / 3 - 1);
	t.is(watchdog.feeds, before);
	await pass(1);
	t.is(watchdog.feeds, before + 1);
});

test('a watchdog bites when a cell does not answer', async (t) => {
	const { watchdog, cells, pass } = started();
	await pass(seconds);
	cells.answer = () => new Promise(() => undefined);
	await pass(seconds / 3 + seconds);
	t.true(watchdog.hasBitten);
});

test('a cell that answers late, but in time, has the watchdog fed again', async (t) => {
	const { watchdog, cells, pass } = started();
	const late = Promise.withResolvers<void>();
	cells.answer = () => late.promise;
	await pass(seconds / 3 + seconds / 2);
	cells.answer = async () => undefined;
	late.resolve();
	await pass(2 * seconds);
	t.false(watchdog.hasBitten);
});

test('a watchdog whose guard was closed is not fed, and goes on counting', async (t) => {
	const { watchdog, guarded, pass } = started();
	await pass(seconds);
	guarded.close();
	t.true(watchdog.isClosed);
	const { feeds } = watchdog;
	await pass(seconds);
	t.is(watchdog.feeds, feeds);
	t.true(watchdog.hasBitten);
});

test('an answer that comes after the close feeds nothing', async (t) => {
	const { watchdog, cells, guarded, pass } = started();
	const late = Promise.withResolvers<void>();
	await pass(0);
	cells.answer = () => late.promise;
	await pass(seconds / 3);
	guarded.close();
	const { feeds } = watchdog;
	late.resolve();
	await pass(seconds);
	t.is(watchdog.feeds, feeds);
});
