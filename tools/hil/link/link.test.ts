import test from 'ava';
import fc from 'fast-check';
import { ManualClock } from '../../../runtime/manual-clock.ts';
import { Link } from './link.ts';
import { seededRandom } from './random.ts';
import type { Shape } from './shape.ts';

interface Arrival {
	readonly number: number;
	readonly size: number;
	readonly at: number;
}

/** A link under a clock that stands still, and what came out of it. Packets carry their number. */
function startLink(shape: Partial<Shape>, seed = 1) {
	const clock = new ManualClock(0);
	const arrivals: Arrival[] = [];
	const link = new Link({
		clock,
		random: seededRandom(seed),
		shape,
		deliver: (packet) =>
			arrivals.push({
				number: new DataView(packet.buffer).getUint32(0),
				size: packet.length,
				at: clock.now(),
			}),
	});
	let number = 0;
	const send = (size: number) => {
		const packet = new Uint8Array(size);
		new DataView(packet.buffer).setUint32(0, number++);
		link.send(packet);
	};
	return { clock, link, arrivals, send };
}

function isConserved(link: Link): boolean {
	const { packetsIn, packetsOut, packetsLost, packetsOverflowed, packetsCutOff } = link.counters;
	return packetsIn === packetsOut + packetsLost + packetsOverflowed + packetsCutOff + link.queued;
}

const anyShape = fc.record({
	rateKbps: fc.double({ min: 8, max: 50_000, noNaN: true }),
	delayMs: fc.integer({ min: 0, max: 300 }),
	jitterMs: fc.integer({ min: 0, max: 100 }),
	lossPercent: fc.integer({ min: 0, max: 100 }),
	queueBytes: fc.integer({ min: 0, max: 50_000 }),
	isUp: fc.boolean(),
});
const anyStep = fc.oneof(
	{ weight: 6, arbitrary: fc.record({ send: fc.integer({ min: 4, max: 1500 }) }) },
	{ weight: 3, arbitrary: fc.record({ advance: fc.double({ min: 0, max: 400, noNaN: true }) }) },
	{ weight: 1, arbitrary: fc.record({ set: anyShape }) },
);

test('whatever is done to a link, packets keep their order and every one is accounted for', (t) => {
	fc.assert(
		fc.property(anyShape, fc.array(anyStep, { maxLength: 80 }), fc.integer(), (shape, steps, seed) => {
			const { clock, link, arrivals, send } = startLink(shape, seed);
			for (const step of steps) {
				if ('send' in step) send(step.send);
				else if ('advance' in step) clock.advance(step.advance);
				else link.set(step.set);
				if (!isConserved(link)) return false;
			}
			clock.advance(1e9);
			return (
				link.queued === 0 &&
				isConserved(link) &&
				link.counters.packetsOut === arrivals.length &&
				link.counters.bytesOut === arrivals.reduce((sum, { size }) => sum + size, 0) &&
				arrivals.every(({ number }, index) => index === 0 || number > (arrivals[index - 1]?.number ?? 0))
			);
		}),
	);
	t.pass();
});

test('no stretch of time carries more than the rate allows, give or take one packet and the jitter', (t) => {
	const steps = fc.array(
		fc.record({ size: fc.integer({ min: 4, max: 1500 }), gapMs: fc.integer({ min: 0, max: 20 }) }),
		{ minLength: 1, maxLength: 60 },
	);
	const shapes = fc.record({
		rateKbps: fc.integer({ min: 50, max: 20_000 }),
		delayMs: fc.integer({ min: 0, max: 200 }),
		jitterMs: fc.constantFrom(0, 15),
	});
	fc.assert(
		fc.property(shapes, steps, (shape, sends) => {
			const { clock, arrivals, send } = startLink({ ...shape, queueBytes: 1e6 });
			for (const { size, gapMs } of sends) {
				send(size);
				clock.advance(gapMs);
			}
			clock.advance(1e6);
			return arrivals.every((first, from) => {
				let bits = 0;
				return arrivals.slice(from + 1).every((last) => {
					bits += last.size * 8;
					// One microsecond of grace for the rounding of sums of doubles.
					const ms = (last.at - first.at + 1) / 1000 + shape.jitterMs;
					return bits <= shape.rateKbps * ms + 1e-6;
				});
			});
		}),
	);
	t.pass();
});

test('a packet arrives after the time it takes at the rate plus the delay', (t) => {
	const { clock, arrivals, send } = startLink({ rateKbps: 300, delayMs: 75 });

	send(1500);
	send(1500);
	clock.advance(1000);

	// 12,000 bits at 300 kbit/s are 40 ms.
	t.deepEqual(
		arrivals.map(({ at }) => Math.round(at)),
		[115_000, 155_000],
	);
});

test('a full queue loses the newest packet and keeps the ones that wait', (t) => {
	const { clock, link, arrivals, send } = startLink({ rateKbps: 100, queueBytes: 2000 });

	for (let count = 0; count < 4; count++) send(1000);
	clock.advance(1000);

	t.deepEqual(
		arrivals.map(({ number }) => number),
		[0, 1, 2],
	);
	t.is(link.counters.packetsOverflowed, 1);
});

test('a link that goes down loses what is under way at once, and carries again when it is up', (t) => {
	const { clock, link, arrivals, send } = startLink({ delayMs: 50 });
	send(100);

	link.set({ isUp: false });
	send(100);
	clock.advance(1000);
	link.set({ isUp: true });
	send(100);
	clock.advance(1000);

	t.deepEqual(
		arrivals.map(({ number }) => number),
		[2],
	);
	t.is(link.counters.packetsCutOff, 2);
});

test('a change of rate counts from the packet after the one on the wire', (t) => {
	const { clock, link, arrivals, send } = startLink({ rateKbps: 80 });
	send(1000);
	send(1000);

	link.set({ rateKbps: 800 });
	clock.advance(1000);

	t.deepEqual(
		arrivals.map(({ at }) => Math.round(at)),
		[100_000, 110_000],
	);
});

test('loss is as frequent as asked, and the same for the same seed', (t) => {
	const run = (seed: number) => {
		const { link, send } = startLink({ lossPercent: 5 }, seed);
		for (let count = 0; count < 20_000; count++) send(4);
		return link.counters.packetsLost;
	};

	// Five standard deviations of a binomial with n = 20,000 and p = 0.05 are 154.
	t.true(Math.abs(run(7) - 1000) < 154);
	t.is(run(7), run(7));
	t.not(run(7), run(8));
});

test('timers that fire late bend single arrivals and not the rate', (t) => {
	const clock = new ManualClock(0);
	let arrivals = 0;
	const link = new Link({
		clock: {
			now: () => clock.now(),
			after: (delayMs, fire) => clock.after(Math.ceil(delayMs / 100) * 100, fire),
		},
		random: seededRandom(1),
		shape: { rateKbps: 1200, queueBytes: 1e6 },
		deliver: () => arrivals++,
	});
	for (let count = 0; count < 100; count++) link.send(new Uint8Array(1500));

	// 12,000 bits at 1200 kbit/s are 10 ms, ten times finer than this clock's timers.
	clock.advance(500);

	t.is(arrivals, 50);
	t.is(link.queued, 50);
});

for (const change of [
	{ rateKbps: 0 },
	{ rateKbps: Number.NaN },
	{ delayMs: -1 },
	{ jitterMs: Number.POSITIVE_INFINITY },
	{ lossPercent: 101 },
	{ queueBytes: -1 },
]) {
	test(`a link refuses ${JSON.stringify(change)} and keeps its shape`, (t) => {
		const { link } = startLink({ delayMs: 5 });
		const before = link.shape;

		t.throws(() => link.set(change), { code: 'bad-shape' });

		t.deepEqual(link.shape, before);
	});
}
