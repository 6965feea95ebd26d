// When the timers of VMs fire, on a thread whose own timers are late.
import test, { type ExecutionContext } from 'ava';
import type { Timer } from '../clock.ts';
import { ManualClock } from '../manual-clock.ts';
import { bed } from './cell.fixture.ts';

/** How often the thread sees to its VMs. */
const lookMs = 0.125;

/** As those of a thread: a wait is whole milliseconds, and ends a little late. */
class LateClock extends ManualClock {
	override after(delayMs: number, fire: () => void): Timer {
		return super.after(Math.ceil(delayMs) + 0.13, fire);
	}
}

/** Of a machine that has slept: time has gone on, and timers have not. */
class SleepingClock extends ManualClock {
	#sleptUs = 0;

	override now(): number {
		return super.now() + this.#sleptUs;
	}

	/** What is due at once comes when the thread has seen to its VMs. */
	override after(delayMs: number, fire: () => void): Timer {
		return super.after(Math.max(delayMs, lookMs), fire);
	}

	sleep(ms: number): void {
		this.#sleptUs += ms * 1000;
	}
}

/** A cell with a VM that ticks, and what it has said by now. */
async function ticking(t: ExecutionContext, clock: ManualClock, everyMs: number) {
	const cell = await bed(t, clock);
	await cell.start(1);
	await cell.order({ what: 'every', text: 'tick', count: everyMs });
	return {
		/** Ticks of so many milliseconds, looked at often enough for each to have a turn of its own. */
		ticksIn: async (ms: number): Promise<number> => {
			const before = (await cell.words()).length;
			for (let left = ms; left > 0; left -= lookMs) {
				clock.advance(Math.min(left, lookMs));
				await cell.reports();
			}
			return (await cell.words()).length - before;
		},
		turns: async (): Promise<number> => {
			await cell.reports();
			await cell.do({ tag: 'count' });
			return (await cell.reports()).findLast((report) => report.tag === 'counts')?.vms[0]?.turns ?? 0;
		},
	};
}

test('a timer of a millisecond ticks a thousand times a second, however late each tick is by itself', async (t) => {
	const { ticksIn, turns } = await ticking(t, new LateClock(), 1);
	for (const most of [1000, 1001]) {
		const ticks = await ticksIn(1000);
		t.true(ticks >= most - 2 && ticks <= most, `${ticks}`);
	}
	t.true((await turns()) > 1996, 'each has its own turn');
});

test('a timer keeps its beat: what comes late moves nothing behind it', async (t) => {
	const clock = new SleepingClock();
	const { ticksIn } = await ticking(t, clock, 20);
	await ticksIn(5);
	clock.sleep(13);
	t.is(await ticksIn(14.75), 0);
	t.is(await ticksIn(0.25), 1, '13 ms late');
	t.is(await ticksIn(6.75), 0);
	t.is(await ticksIn(0.25), 1, 'on the beat');
	t.is(await ticksIn(200), 10);
});

test('a tick that is due when the one before it comes late follows at once', async (t) => {
	const clock = new SleepingClock();
	const { ticksIn } = await ticking(t, clock, 20);
	clock.sleep(25);
	t.is(await ticksIn(20.25), 2, 'due at 20 and 40, and come at 45');
	t.is(await ticksIn(14.5), 0);
	t.is(await ticksIn(0.25), 1, 'on the beat');
});

test('after ten seconds of sleep there is one tick, and then the beat goes on', async (t) => {
	const clock = new SleepingClock();
	const { ticksIn } = await ticking(t, clock, 20);
	await ticksIn(5);
	clock.sleep(10_007);
	t.is(await ticksIn(15), 1, 'at 10027');
	t.is(await ticksIn(12.75), 0);
	t.is(await ticksIn(0.25), 1, 'at 10040');
	t.is(await ticksIn(200), 10);
});

test('a VM that does not get to its ticks has one of them waiting, not all', async (t) => {
	const clock = new ManualClock();
	const { ticksIn, turns } = await ticking(t, clock, 1);
	const before = await turns();
	clock.advance(500);
	t.is(await turns(), before + 1);
	t.is(await ticksIn(10), 10);
});
