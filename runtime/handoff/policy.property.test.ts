import test from 'ava';
import fc from 'fast-check';
import { ManualClock } from '../manual-clock.ts';
import type { Baseband } from '../network/baseband.ts';
import type { BasebandReport } from '../network/baseband-monitor.ts';
import { BasebandTable } from '../network/baseband-table.ts';
import { hasLostSignal } from '../network/signal.ts';
import { decide, type Situation } from './policy.ts';
import { type PolicySettings, usualPolicySettings } from './policy-settings.ts';

const lte: BasebandReport = { id: 'lte0', kind: 'lte', isUp: true, signalDbm: -90, costPerMb: 0.02 };
const wifi: BasebandReport = { id: 'wifi0', kind: 'wifi', isUp: true, signalDbm: -55 };

for (const minimumTimeMs of [30_000, 120_000]) {
	test(`a network that comes and goes every 5 s for 2 min moves nothing (threshold ${minimumTimeMs} ms)`, (t) => {
		const world = new World({ minimumTimeMs }, [lte, { ...wifi, isUp: false }]);
		for (let second = 0; second < 120; second += 10) {
			world.report({ ...wifi, isUp: true });
			world.wait(5000);
			world.report({ ...wifi, isUp: false });
			world.wait(5000);
		}
		t.deepEqual(world.moves, []);
	});

	test(`a network that is there for ${minimumTimeMs} ms moves a session once, and just then`, (t) => {
		const world = new World({ minimumTimeMs }, [lte, { ...wifi, isUp: false }]);
		world.report(wifi);
		const start = world.clock.now();
		world.wait(minimumTimeMs - 1);
		t.deepEqual(world.moves, []);
		world.wait(minimumTimeMs * 10);
		t.deepEqual(
			world.moves.map(({ to, atUs }) => [to, atUs - start]),
			[['wifi0', minimumTimeMs * 1000]],
		);
	});

	test(`a signal that rises and sinks every 5 s moves nothing (threshold ${minimumTimeMs} ms)`, (t) => {
		const world = new World({ minimumTimeMs }, [lte, { ...wifi, signalDbm: -90 }]);
		for (let second = 0; second < 120; second += 10) {
			world.report({ ...wifi, signalDbm: -60 });
			world.wait(5000);
			world.report({ ...wifi, signalDbm: -74 });
			world.wait(5000);
		}
		t.deepEqual(world.moves, []);
		world.report({ ...wifi, signalDbm: -60 });
		world.wait(minimumTimeMs);
		t.is(world.moves.length, 1);
	});
}

const anyReport = fc
	.record({
		id: fc.constantFrom('lte0', 'wifi0', 'wifi1', 'gsm0'),
		isUp: fc.boolean(),
		signalDbm: fc.integer({ min: -125, max: -40 }),
		nominalKbps: fc.constantFrom(100, 1000, 1400, 1600, 20_000),
		costPerMb: fc.constantFrom(0, 0.005, 0.012, 0.016, 0.024, 1),
	})
	.map((report): BasebandReport => ({ ...report, kind: report.id.slice(0, -1) }));
const anyStep = fc.oneof(
	{ weight: 3, arbitrary: anyReport.map((report) => ({ report })) },
	{ weight: 2, arbitrary: fc.integer({ min: 1, max: 40_000 }).map((wait) => ({ wait })) },
	{ weight: 1, arbitrary: fc.constantFrom('lte0', 'wifi0', 'gsm0').map((wanted) => ({ wanted })) },
	{ weight: 1, arbitrary: fc.constantFrom('lte0', 'wifi0', 'gsm0').map((silent) => ({ silent })) },
);
const anyStory = fc.array(anyStep, { maxLength: 60 });

test('never to a network that is down, and never back within the minimum time unless one was lost or asked for', (t) => {
	fc.assert(
		fc.property(anyStory, (story) => {
			const world = tell(story);
			for (const [index, move] of world.moves.entries()) {
				t.true(move.targetIsUp, 'a move to a network that is down');
				const before = world.moves[index - 1];
				const isForced = [move, before].some((one) => one === undefined || one.isForced);
				const isReturn = before?.from === move.to;
				t.false(!isForced && isReturn && move.atUs - (before?.atUs ?? 0) < world.minimumUs);
			}
		}),
		{ numRuns: 300 },
	);
});

test('a session is always on the best network in the end, and then stays there', (t) => {
	fc.assert(
		fc.property(anyStory, (story) => {
			const world = tell(story);
			world.wait(10 * 30_000);
			const moves = world.moves.length;
			world.wait(100 * 30_000);
			t.is(world.moves.length, moves, 'figures that stand still move nothing');
			const isLost = !world.present()?.isUp;
			t.false(isLost && world.table.basebands().some(({ isUp }) => isUp));
			const isSilent = world.present()?.silentSinceUs !== undefined;
			t.false(isSilent && world.table.basebands().some(isAlive));
		}),
		{ numRuns: 200 },
	);
});

test('between now and the instant to look again the answer stays the same, and changes just then', (t) => {
	fc.assert(
		fc.property(anyStory, fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), (story, part) => {
			const world = tell(story);
			const { nowUs, ...question } = world.question();
			const { lookAgainAtUs, ...choice } = decide({ nowUs, ...question });
			const end = lookAgainAtUs ?? nowUs + 1e9;
			const between = nowUs + Math.floor((end - nowUs) * part);
			const { lookAgainAtUs: _, ...stillSo } = decide({ nowUs: between, ...question });
			t.deepEqual(stillSo, choice);
			if (lookAgainAtUs !== undefined) {
				const { lookAgainAtUs: __, ...changed } = decide({ nowUs: lookAgainAtUs, ...question });
				t.notDeepEqual(changed, choice);
			}
		}),
		{ numRuns: 300 },
	);
});

/** Up, not silent, and heard well enough to be kept. */
function isAlive(baseband: Baseband): boolean {
	return (
		baseband.isUp &&
		baseband.silentSinceUs === undefined &&
		!hasLostSignal(baseband, usualPolicySettings.signal)
	);
}

function tell(story: readonly object[]): World {
	const world = new World({}, [lte]);
	for (const step of story) {
		if ('report' in step) {
			world.report(step.report as BasebandReport);
		} else if ('wait' in step) {
			world.wait(step.wait as number);
		} else if ('wanted' in step) {
			world.ask(step.wanted as string);
		} else if ('silent' in step) {
			world.fallSilent(step.silent as string);
		}
	}
	return world;
}

interface Moved {
	readonly from: string | undefined;
	readonly to: string;
	readonly atUs: number;
	readonly targetIsUp: boolean;
	readonly isForced: boolean;
}

/** One session that follows every decision at once, and looks again when it is told to. */
class World {
	readonly clock = new ManualClock();
	readonly table: BasebandTable;
	readonly moves: Moved[] = [];
	readonly minimumUs: number;
	readonly #settings: PolicySettings;
	readonly #reports = new Map<string, BasebandReport>();
	#session: Situation;

	constructor(settings: Partial<PolicySettings>, reports: readonly BasebandReport[]) {
		this.#settings = { ...usualPolicySettings, ...settings };
		this.minimumUs = this.#settings.minimumTimeMs * 1000;
		this.table = new BasebandTable({ clock: this.clock, signal: this.#settings.signal });
		this.#session = { baseband: reports[0]?.id };
		for (const report of reports) {
			this.report(report);
		}
	}

	present(): Baseband | undefined {
		return this.table.get(this.#session.baseband ?? '');
	}

	question() {
		return {
			nowUs: this.clock.now(),
			basebands: this.table.basebands(),
			settings: this.#settings,
			session: this.#session,
		};
	}

	report(report: BasebandReport): void {
		this.#reports.set(report.id, report);
		this.table.update([...this.#reports.values()]);
		this.#follow();
	}

	ask(baseband: string): void {
		this.#session = {
			...this.#session,
			preferred: baseband,
			request: { baseband, by: 'user-request' },
		};
		this.#follow();
		const { request: _, ...done } = this.#session;
		this.#session = done;
	}

	fallSilent(baseband: string): void {
		this.table.silent(baseband);
		this.#follow();
	}

	wait(ms: number): void {
		const end = this.clock.now() + ms * 1000;
		while (this.clock.now() < end) {
			const next = Math.min(end, decide(this.question()).lookAgainAtUs ?? end);
			this.clock.advance((next - this.clock.now()) / 1000);
			this.#follow();
		}
	}

	#follow(): void {
		for (
			let decision = decide(this.question());
			decision.to !== undefined;
			decision = decide(this.question())
		) {
			const target = this.table.get(decision.to);
			const asked = ['user-request', 'remote-command'].includes(decision.trigger);
			this.moves.push({
				from: this.#session.baseband,
				to: decision.to,
				atUs: this.clock.now(),
				targetIsUp: target?.isUp ?? false,
				isForced: asked || decision.trigger.endsWith('-lost'),
			});
			this.#session = { ...this.#session, baseband: decision.to, movedAtUs: this.clock.now() };
			// It could not have moved otherwise.
			this.table.heard(decision.to);
			if (this.moves.length > 500) {
				throw new Error('a session that never comes to rest');
			}
		}
	}
}
