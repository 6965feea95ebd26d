import test from 'ava';
import fc from 'fast-check';
import { ManualClock } from '../manual-clock.ts';
import { Power, type PowerOptions, type PowerView } from './power.ts';
import { type PowerState, powerEvents, powerMachine } from './power-machine.ts';
import { SimulatedSupplies } from './simulated-supplies.ts';

async function openPower(supplies: SimulatedSupplies, options: Partial<PowerOptions> = {}) {
	const clock = new ManualClock();
	const told: PowerView[] = [];
	const troubles: string[] = [];
	const power = await Power.open({
		clock,
		supplies,
		changed: (view) => told.push(view),
		trouble: (why) => troubles.push(why),
		...options,
	});
	/** Time passes as it does, in steps that are short against everything here. */
	const pass = async (ms: number): Promise<void> => {
		for (let left = ms; left > 0; left -= 500) {
			clock.advance(Math.min(left, 500));
			// A read is over within a turn of the event loop.
			await new Promise(setImmediate);
		}
	};
	return { power, clock, told, troubles, pass };
}

test('the mains are lost when they are gone for a moment, and back when they have stayed', async (t) => {
	const supplies = new SimulatedSupplies();
	const { power, told, pass } = await openPower(supplies);
	supplies.setMains(false);
	await pass(4000);
	t.true(power.isOnBattery);
	t.like(told, [{ source: 'battery', percent: 100 }]);
	supplies.setMains(true);
	await pass(9000);
	t.true(power.isOnBattery);
	t.true(power.hasMains);
	await pass(4000);
	t.false(power.isOnBattery);
	t.like(told.at(-1), { source: 'mains', minutesLeft: undefined });
});

test('a box that starts without mains knows it from the first', async (t) => {
	const supplies = new SimulatedSupplies();
	supplies.setMains(false);
	supplies.setBattery({ percent: 50, secondsLeft: 3000 });
	const { power } = await openPower(supplies);
	t.deepEqual(power.view, { source: 'battery', percent: 50, minutesLeft: 50, isLast: false });
});

test('minutes are counted from how fast the battery goes down where it does not say them', async (t) => {
	const supplies = new SimulatedSupplies();
	supplies.setBattery({ percent: 80 });
	const { power, pass } = await openPower(supplies);
	supplies.setMains(false);
	await pass(4000);
	t.is(power.view.minutesLeft, undefined);
	for (const percent of [79, 78, 77]) {
		await pass(60_000);
		supplies.setBattery({ percent });
		await pass(2000);
	}
	// About a minute for each of the 77 that are left.
	t.true(Math.abs((power.view.minutesLeft ?? 0) - 79) <= 3, `${power.view.minutesLeft}`);
});

test('when little is left the box is to stop, once and for good', async (t) => {
	const supplies = new SimulatedSupplies();
	const { power, told, pass } = await openPower(supplies);
	supplies.setMains(false);
	supplies.setBattery({ percent: 60, secondsLeft: 119 });
	await pass(4000);
	t.true(power.view.isLast);
	supplies.setMains(true);
	supplies.setBattery({ percent: 100, secondsLeft: undefined });
	await pass(60_000);
	t.is(told.filter(({ isLast }) => isLast).length > 0, true);
	t.true(power.view.isLast);
});

test('an empty battery is no reason to stop while there are mains', async (t) => {
	const supplies = new SimulatedSupplies();
	supplies.setBattery({ percent: 1 });
	const { power, pass } = await openPower(supplies);
	await pass(60_000);
	t.false(power.view.isLast);
});

test('what cannot be read is told once, and what was known last counts', async (t) => {
	const supplies = new SimulatedSupplies();
	const { power, troubles, pass } = await openPower(supplies);
	supplies.setMains(false);
	await pass(4000);
	supplies.failWith(new Error('no such device'));
	await pass(60_000);
	t.true(power.isOnBattery);
	t.is(troubles.length, 1);
});

test('the table leads nowhere from the last state, and from every other to the mains and the battery', (t) => {
	t.deepEqual(powerMachine.last, {});
	const reachable = (from: PowerState): Set<PowerState> => {
		const seen = new Set<PowerState>([from]);
		for (const state of seen)
			for (const event of powerEvents) {
				const next = powerMachine[state][event];
				if (next !== undefined) seen.add(next);
			}
		return seen;
	};
	for (const state of ['mains', 'failing', 'battery', 'returning'] as const)
		t.true(
			['mains', 'battery', 'last'].every((other) => reachable(state).has(other as PowerState)),
			state,
		);
});

test('however the mains flicker, nothing is woken within ten seconds, and the truth comes out', async (t) => {
	const flicker = fc.record({ hasMains: fc.boolean(), ms: fc.integer({ min: 100, max: 30_000 }) });
	await fc.assert(
		fc.asyncProperty(fc.array(flicker, { maxLength: 20 }), async (steps) => {
			const supplies = new SimulatedSupplies();
			const changes: { source: string; atMs: number }[] = [];
			const { power, clock, pass } = await openPower(supplies, {
				changed: ({ source }, before) => {
					if (source !== before.source) changes.push({ source, atMs: clock.now() / 1000 });
				},
			});
			for (const { hasMains, ms } of steps) {
				supplies.setMains(hasMains);
				await pass(ms);
			}
			const gaps = changes.slice(1).map(({ source, atMs }, at) => ({
				source,
				ms: atMs - (changes[at]?.atMs ?? 0),
			}));
			t.true(gaps.every(({ source, ms }) => source === 'battery' || ms >= 10_000));
			await pass(20_000);
			t.is(power.isOnBattery, steps.at(-1)?.hasMains === false);
			power.close();
		}),
		{ numRuns: 100 },
	);
});
