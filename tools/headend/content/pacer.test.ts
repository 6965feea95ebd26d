import test from 'ava';
import fc from 'fast-check';
import { ManualClock } from '../../../runtime/manual-clock.ts';
import { Pacer, pieceBytes } from './pacer.ts';

/** A sender that always has a next chunk, and how much of it has passed. */
function startGreedy(pacer: Pacer, chunkBytes: number) {
	const sender = { passed: 0 };
	const lane = pacer.lane();
	const send = () =>
		lane.send(
			new Uint8Array(chunkBytes),
			(piece) => {
				sender.passed += piece.length;
			},
			send,
		);
	send();
	return sender;
}

test('senders that always want to send get the same, to a piece', (t) => {
	const anyChunks = fc.array(fc.integer({ min: pieceBytes, max: 20 * pieceBytes }), {
		minLength: 2,
		maxLength: 5,
	});
	fc.assert(
		fc.property(anyChunks, fc.integer({ min: 50, max: 5000 }), (chunks, rateKbps) => {
			// Whole pieces only, so that a turn is always worth the same.
			const clock = new ManualClock();
			const pacer = new Pacer({ clock, rateKbps });
			pacer.setRunning(false);
			const senders = chunks.map((bytes) => startGreedy(pacer, bytes - (bytes % pieceBytes)));
			pacer.setRunning(true);
			clock.advance(3000);
			const shares = senders.map(({ passed }) => passed);
			return Math.max(...shares) - Math.min(...shares) <= pieceBytes;
		}),
		{ numRuns: 30 },
	);
	t.pass();
});

test('all together get the rate they share', (t) => {
	const clock = new ManualClock();
	const pacer = new Pacer({ clock, rateKbps: 800 });
	const senders = [startGreedy(pacer, 5000), startGreedy(pacer, 300), startGreedy(pacer, 64_000)];
	const passed = () => senders.reduce((sum, sender) => sum + sender.passed, 0);
	const before = passed();

	clock.advance(10_000);

	// 800 kbit/s for 10 s are 1,000,000 bytes.
	t.true(Math.abs(passed() - before - 1_000_000) <= 2 * pieceBytes);
});

test('a change of rate counts at once, for those that wait too', (t) => {
	const clock = new ManualClock();
	const pacer = new Pacer({ clock, rateKbps: 1 });
	const sender = startGreedy(pacer, 100_000);
	const before = sender.passed;

	pacer.setRate(8000);
	clock.advance(1000);

	t.true(Math.abs(sender.passed - before - 1_000_000) <= 2 * pieceBytes);
});

test('while it is stopped nothing passes, and afterwards no more than the burst is made up for', (t) => {
	const clock = new ManualClock();
	const pacer = new Pacer({ clock, rateKbps: 80 });
	const sender = startGreedy(pacer, 100_000);

	pacer.setRunning(false);
	const before = sender.passed;
	clock.advance(60_000);
	t.is(sender.passed, before);

	pacer.setRunning(true);
	t.true(sender.passed - before <= 2 * pieceBytes);
	clock.advance(1000);
	t.true(sender.passed > before + 9000);
});

test('a lane that is closed passes nothing more and holds up nobody', (t) => {
	const clock = new ManualClock();
	const pacer = new Pacer({ clock, rateKbps: 80 });
	const lane = pacer.lane();
	let passed = 0;
	lane.send(
		new Uint8Array(1e6),
		() => passed++,
		() => t.fail(),
	);
	const other = startGreedy(pacer, 1000);

	lane.close();
	const before = passed;
	clock.advance(1000);

	t.is(passed, before);
	t.true(other.passed > 0);
});
