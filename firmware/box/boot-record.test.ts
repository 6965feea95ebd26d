import test from 'ava';
import fc from 'fast-check';
import { BootRecord } from './boot-record.ts';

function recordAt() {
	let ms = 0;
	const record = new BootRecord({ now: () => ms });
	return {
		record,
		at: (time: number) => {
			ms = time;
			return record;
		},
	};
}

test('a phase lasts as long as its work', async (t) => {
	const { record, at } = recordAt();
	at(10);
	const result = await record.during('platform', 'trust', async () => {
		at(25);
		return 'done';
	});
	t.is(result, 'done');
	t.deepEqual(await record.phases(), [{ stage: 'platform', name: 'trust', startMs: 10, endMs: 25 }]);
});

test('work that fails is a phase too, and its error passes', async (t) => {
	const { record } = recordAt();
	await t.throwsAsync(
		record.during('platform', 'trust', async () => {
			throw new Error('no metadata');
		}),
		{ message: 'no metadata' },
	);
	t.is((await record.phases()).length, 1);
});

test('what has ended does not begin again: a restart of a VM later is no part of the start', async (t) => {
	const { record, at } = recordAt();
	at(1).begin('vm', 'voice');
	at(4).end('vm', 'voice');
	at(900).begin('vm', 'voice');
	at(950).end('vm', 'voice');
	t.deepEqual(await record.phases(), [{ stage: 'vm', name: 'voice', startMs: 1, endMs: 4 }]);
});

test('what was before and beside comes with it, in the order of beginnings', async (t) => {
	const record = new BootRecord({
		now: () => 50,
		around: async () => [
			{ stage: 'network', name: 'eth0', startMs: 60, endMs: 80 },
			{ stage: 'kernel', name: 'Linux', startMs: 0, endMs: 30 },
		],
	});
	await record.during('platform', 'data', async () => undefined);
	t.deepEqual(
		(await record.phases()).map(({ name }) => name),
		['Linux', 'data', 'eth0'],
	);
});

test('whatever begins and ends, phases are in order, run forward and are not without end', async (t) => {
	const act = fc.record({
		isBegin: fc.boolean(),
		name: fc.integer({ max: 400 }).map(String),
		afterMs: fc.nat(50),
	});
	await fc.assert(
		fc.asyncProperty(fc.array(act, { maxLength: 1500 }), async (acts) => {
			const { record, at } = recordAt();
			let ms = 0;
			for (const { isBegin, name, afterMs } of acts) {
				ms += afterMs;
				if (isBegin) at(ms).begin('vm', name);
				else at(ms).end('vm', name);
			}
			const phases = await record.phases();
			t.true(phases.length <= 256);
			t.is(new Set(phases.map(({ name }) => name)).size, phases.length);
			t.true(phases.every(({ startMs, endMs }) => startMs <= endMs));
			t.deepEqual(
				phases,
				phases.toSorted((a, b) => a.startMs - b.startMs),
			);
		}),
		{ numRuns: 50 },
	);
});
