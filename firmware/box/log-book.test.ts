import test from 'ava';
import { ManualClock } from '../../runtime/manual-clock.ts';
import { LogBook } from './log-book.ts';

test('a line is of now, or of when it was said where that is known', (t) => {
	const clock = new ManualClock();
	const book = new LogBook(clock);
	const seen: number[] = [];
	const stop = book.onLine(({ at }) => seen.push(at));
	const line = { vm: 'door', level: 'info', text: 'rung' } as const;
	const before = clock.now();
	clock.advance(800);
	book.write(line);
	book.write({ ...line, at: before });
	stop();
	book.write(line);
	t.deepEqual(seen, [clock.now(), before]);
});
