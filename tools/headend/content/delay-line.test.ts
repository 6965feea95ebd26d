import test from 'ava';
import fc from 'fast-check';
import { ManualClock } from '../../../runtime/manual-clock.ts';
import { DelayLine } from './delay-line.ts';

test('whatever the delay is set to, all leave in order, none before its time', (t) => {
	const anyStep = fc.oneof(
		fc.record({ push: fc.constant(true) }),
		fc.record({ advance: fc.integer({ min: 0, max: 200 }) }),
		fc.record({ delay: fc.integer({ min: 0, max: 300 }) }),
		fc.record({ isRunning: fc.boolean() }),
	);
	fc.assert(
		fc.property(fc.array(anyStep, { maxLength: 60 }), (steps) => {
			const clock = new ManualClock();
			let isInTime = true;
			const left: number[] = [];
			const line = new DelayLine<{ number: number; dueUs: number }>({
				clock,
				delayMs: 10,
				deliver: ({ number, dueUs }) => {
					isInTime &&= clock.now() >= dueUs;
					left.push(number);
					return true;
				},
			});
			let pushed = 0;
			let delayMs = 10;
			for (const step of steps) {
				if ('push' in step) line.push({ number: pushed++, dueUs: clock.now() + delayMs * 1000 });
				else if ('advance' in step) clock.advance(step.advance);
				else if ('isRunning' in step) line.setRunning(step.isRunning);
				else {
					delayMs = step.delay;
					line.setDelay(delayMs);
				}
			}
			line.setRunning(true);
			clock.advance(10_000);
			return isInTime && left.length === pushed && left.every((number, index) => number === index);
		}),
	);
	t.pass();
});

test('a taker that is full stops the line until it is set running again', (t) => {
	const clock = new ManualClock();
	const taken: string[] = [];
	const line = new DelayLine<string>({ clock, delayMs: 5, deliver: (item) => taken.push(item) !== 2 });
	for (const item of ['a', 'b', 'c']) line.push(item);

	clock.advance(1000);
	t.deepEqual(taken, ['a', 'b']);

	line.setRunning(true);
	t.deepEqual(taken, ['a', 'b', 'c']);
});
