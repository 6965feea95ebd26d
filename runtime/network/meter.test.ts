import test from 'ava';
import fc from 'fast-check';
import { SimulatedCounters } from './interface-counters.ts';
import { Meter } from './meter.ts';

test('payload is counted by VM and by network', (t) => {
	const meter = new Meter();
	meter.count({ vm: 1, baseband: 'lte0', bytesDown: 100 });
	meter.count({ vm: 1, baseband: 'lte0', bytesUp: 5 });
	meter.count({ vm: 1, baseband: 'wifi0', bytesDown: 7 });
	meter.count({ vm: 2, baseband: 'lte0', bytesDown: 1 });
	t.deepEqual(
		meter.rows().map(({ vm, baseband, payload }) => [vm, baseband, payload.bytesUp, payload.bytesDown]),
		[
			[1, 'lte0', 5, 100],
			[2, 'lte0', 0, 1],
			[1, 'wifi0', 0, 7],
		],
	);
	t.deepEqual(meter.total('lte0').payload, { bytesUp: 5, bytesDown: 101 });
});

test('what an interface carried before it was first seen is billed to nobody', async (t) => {
	const counters = new SimulatedCounters();
	const meter = new Meter({ counters });
	counters.set('lte0', { bytesUp: 1000, bytesDown: 9000 });
	meter.count({ vm: 1, baseband: 'lte0', bytesDown: 50 });
	await meter.settle();
	t.deepEqual(meter.total('lte0').wire, { bytesUp: 0, bytesDown: 0 });
});

test('two VMs on one interface pay for its wire bytes by their payload', async (t) => {
	const { meter, counters } = await settledMeter();
	meter.count({ vm: 1, baseband: 'lte0', bytesDown: 3000 });
	meter.count({ vm: 2, baseband: 'lte0', bytesDown: 1000 });
	counters.set('lte0', { bytesUp: 100, bytesDown: 4400 });
	await meter.settle();
	t.deepEqual(
		meter.rows().map(({ vm, wire }) => [vm, wire]),
		[
			[1, { bytesUp: 75, bytesDown: 3300 }],
			[2, { bytesUp: 25, bytesDown: 1100 }],
		],
	);
});

test('counters that started over add what they show since, and nothing is billed twice', async (t) => {
	const { meter, counters } = await settledMeter();
	meter.count({ vm: 1, baseband: 'lte0', bytesDown: 100 });
	counters.set('lte0', { bytesUp: 10, bytesDown: 120 });
	await meter.settle();
	meter.count({ vm: 1, baseband: 'lte0', bytesDown: 50 });
	counters.set('lte0', { bytesUp: 4, bytesDown: 60 });
	await meter.settle();
	t.deepEqual(meter.total('lte0').wire, { bytesUp: 14, bytesDown: 180 });
});

test('bytes on the wire with no payload wait, in sight, for the next VM that has some', async (t) => {
	const { meter, counters } = await settledMeter();
	counters.set('lte0', { bytesUp: 60, bytesDown: 40 });
	await meter.settle();
	t.deepEqual(
		meter.rows().map(({ vm, wire }) => [vm, wire]),
		[[undefined, { bytesUp: 60, bytesDown: 40 }]],
	);
	meter.count({ vm: 7, baseband: 'lte0', bytesDown: 10 });
	await meter.settle();
	t.deepEqual(
		meter.rows().map(({ vm, wire }) => [vm, wire]),
		[[7, { bytesUp: 60, bytesDown: 40 }]],
	);
});

test('settling again before the last settling is done bills nothing twice', async (t) => {
	const slow: (() => void)[] = [];
	let bytesDown = 0;
	const counters = {
		read: async () => {
			const reading = new Map([['lte0', { bytesUp: 0, bytesDown }]]);
			await new Promise<void>((resolve) => slow.push(resolve));
			return reading;
		},
	};
	const meter = new Meter({ counters });
	const settled = [];
	for (const next of [0, 500, 900]) {
		meter.count({ vm: 1, baseband: 'lte0', bytesDown: 10 });
		bytesDown = next;
		settled.push(meter.settle());
	}
	for (let done = 0; done < 3; ) {
		await new Promise((resolve) => setImmediate(resolve));
		const waiting = slow.splice(0).reverse();
		done += waiting.length;
		for (const release of waiting) {
			release();
		}
	}
	await Promise.all(settled);
	t.true(meter.total('lte0').wire.bytesDown <= 900);
});

test('whatever passes, the bill adds up to what the interface counted, to the byte', async (t) => {
	const bytes = fc.integer({ min: 0, max: 1e9 });
	const passage = fc.record({ vm: fc.integer({ min: 1, max: 5 }), bytesUp: bytes, bytesDown: bytes });
	const round = fc.record({ passages: fc.array(passage, { maxLength: 6 }), up: bytes, down: bytes });
	await fc.assert(
		fc.asyncProperty(fc.array(round, { maxLength: 10 }), async (rounds) => {
			const { meter, counters } = await settledMeter();
			let [bytesUp, bytesDown] = [0, 0];
			for (const { passages, up, down } of rounds) {
				for (const passage of passages) {
					meter.count({ baseband: 'lte0', ...passage });
				}
				bytesUp += up;
				bytesDown += down;
				counters.set('lte0', { bytesUp, bytesDown });
				await meter.settle();
			}
			t.deepEqual(meter.total('lte0').wire, { bytesUp, bytesDown });
		}),
	);
});

async function settledMeter() {
	const counters = new SimulatedCounters();
	const meter = new Meter({ counters });
	counters.set('lte0', { bytesUp: 0, bytesDown: 0 });
	await meter.settle();
	return { meter, counters };
}
