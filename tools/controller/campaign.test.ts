import test from 'ava';
import fc from 'fast-check';
import { type CampaignOptions, type Outcome, runCampaign } from './campaign.ts';

type Step = 'upgraded' | 'unchanged' | 'away' | 'failed' | 'unreleased' | 'unseen';
/** What a box does, or what is seen of it, after its board where there are several: `tv:failed`. */
type Plan = Step | `${'tv' | 'gateway'}:${Step}`;

function partsOf(plan: Plan): { board: string; step: Step } {
	const [step, board = ''] = plan.split(':').toReversed();
	return { board, step: step as Step };
}

/** Runs one on boxes of which each does as is said; they are named by their places. */
async function run(plan: readonly Plan[], limits: Pick<CampaignOptions, 'first' | 'atATime' | 'mostFailed'>) {
	const begun: string[] = [];
	const given: string[] = [];
	let [lookedAt, atOnce, mostAtOnce] = [0, 0, 0];
	/** How many worked when each was begun, and how many had been looked at. */
	const [beside, after]: [number[], number[]] = [[], []];
	const of = (agent: string) => partsOf(plan[Number(agent)] ?? 'failed');
	const outcomes = await runCampaign({
		...limits,
		agents: plan.map((_, place) => `${place}`),
		signal: new AbortController().signal,
		look: async (agent) => {
			await new Promise((resolve) => setImmediate(resolve));
			lookedAt++;
			const { board, step } = of(agent);
			if (step === 'unseen') throw new Error(`${agent} does not say what it is`);
			if (step === 'unreleased') return { action: step, error: new Error(`nothing for ${board}`) };
			return { release: `1.2.0 for ${board}` };
		},
		upgrade: async (agent, release) => {
			begun.push(agent);
			given.push(release);
			beside.push(atOnce);
			after.push(lookedAt);
			mostAtOnce = Math.max(mostAtOnce, ++atOnce);
			await new Promise((resolve) => setImmediate(resolve));
			atOnce--;
			const { step } = of(agent);
			if (step === 'upgraded' || step === 'unchanged' || step === 'away') return step;
			throw new Error(`${agent} broke`);
		},
	});
	const actions = outcomes.map(({ action }) => action);
	return { outcomes, begun, given, beside, after, mostAtOnce, actions };
}

/** Every box gets the same. */
const look = async () => ({ release: '1.2.0' });

test('the first box is alone, and so many others are worked on at once', async (t) => {
	const { actions, begun, beside, mostAtOnce } = await run(new Array(8).fill('upgraded'), {
		first: 1,
		atATime: 3,
		mostFailed: 0,
	});

	t.deepEqual(actions, new Array(8).fill('upgraded'));
	t.deepEqual(begun.toSorted(), ['0', '1', '2', '3', '4', '5', '6', '7']);
	t.is(beside[0], 0);
	t.is(beside[1], 0);
	t.is(mostAtOnce, 3);
});

test('where the first box fails, none of the others is touched, whatever may fail later', async (t) => {
	const { actions } = await run(['failed', 'upgraded', 'upgraded'], { first: 1, atATime: 2, mostFailed: 5 });

	t.deepEqual(actions, ['failed', 'left', 'left']);
});

test('a box that is away proves nothing: the next one goes first', async (t) => {
	const { actions, beside } = await run(['away', 'upgraded', 'failed', 'upgraded', 'upgraded'], {
		first: 2,
		atATime: 2,
		mostFailed: 0,
	});

	t.deepEqual(actions, ['away', 'upgraded', 'failed', 'left', 'left']);
	t.deepEqual(beside, [0, 0, 0]);
});

test('each board has its own first box, and each box gets what is for its board', async (t) => {
	const { outcomes, begun, given, beside } = await run(
		['tv:upgraded', 'tv:upgraded', 'gateway:upgraded', 'gateway:upgraded'],
		{ first: 1, atATime: 4, mostFailed: 0 },
	);

	t.deepEqual(begun, ['0', '2', '1', '3']);
	t.deepEqual(given, ['1.2.0 for tv', '1.2.0 for gateway', '1.2.0 for tv', '1.2.0 for gateway']);
	t.deepEqual(
		outcomes.map(({ release }) => release),
		['1.2.0 for tv', '1.2.0 for tv', '1.2.0 for gateway', '1.2.0 for gateway'],
	);
	t.deepEqual(beside, [0, 0, 0, 1]);
});

test('where the first box of one board fails, none of another one is touched', async (t) => {
	const { actions } = await run(['tv:upgraded', 'gateway:failed', 'tv:upgraded', 'gateway:upgraded'], {
		first: 1,
		atATime: 2,
		mostFailed: 5,
	});

	t.deepEqual(actions, ['upgraded', 'failed', 'left', 'left']);
});

test('a box for which there is nothing has not failed, and is known before the first is begun', async (t) => {
	const { outcomes, actions, begun, after } = await run(['upgraded', 'upgraded', 'unreleased'], {
		first: 1,
		atATime: 1,
		mostFailed: 0,
	});

	t.deepEqual(actions, ['upgraded', 'upgraded', 'unreleased']);
	t.like(outcomes[2], { error: { message: 'nothing for ' } });
	t.deepEqual(begun, ['0', '1']);
	t.deepEqual(after, [3, 3]);
});

test('boxes that cannot be looked at are among those that may fail', async (t) => {
	const limits = { first: 1, atATime: 1, mostFailed: 1 };

	t.deepEqual((await run(['upgraded', 'unseen', 'upgraded'], limits)).actions, [
		'upgraded',
		'failed',
		'upgraded',
	]);
	t.deepEqual((await run(['upgraded', 'unseen', 'unseen'], limits)).actions, ['left', 'failed', 'failed']);
});

test('a box that comes twice is begun once', async (t) => {
	const begun: string[] = [];
	const outcomes = await runCampaign({
		agents: ['a', 'b', 'a'],
		first: 0,
		atATime: 9,
		mostFailed: 0,
		signal: new AbortController().signal,
		look,
		upgrade: async (agent) => {
			begun.push(agent);
			return 'unchanged';
		},
	});

	t.deepEqual(begun, ['a', 'b']);
	t.deepEqual(
		outcomes.map(({ agent }) => agent),
		['a', 'b'],
	);
});

test('one that is interrupted begins no other box, and ends with why', async (t) => {
	const abort = new AbortController();
	const begun: string[] = [];
	const running = runCampaign({
		agents: ['a', 'b', 'c'],
		first: 1,
		atATime: 1,
		mostFailed: 9,
		signal: abort.signal,
		look,
		upgrade: async (agent) => {
			begun.push(agent);
			abort.abort(new Error('enough'));
			return 'upgraded';
		},
	});

	await t.throwsAsync(running, { message: 'enough' });
	t.deepEqual(begun, ['a']);
});

test('a box that is no longer waited for has not failed', async (t) => {
	const abort = new AbortController();
	const told: Outcome[] = [];
	const running = runCampaign({
		agents: ['a', 'b'],
		first: 0,
		atATime: 2,
		mostFailed: 9,
		signal: abort.signal,
		look,
		upgrade: async (agent) => {
			if (agent === 'b') abort.abort(new Error('enough'));
			const { promise, reject } = Promise.withResolvers<'upgraded'>();
			if (abort.signal.aborted) reject(abort.signal.reason);
			else abort.signal.addEventListener('abort', () => reject(abort.signal.reason));
			return promise;
		},
		onOutcome: (outcome) => told.push(outcome),
	});

	await t.throwsAsync(running, { message: 'enough' });
	t.deepEqual(told, []);
});

const steps = ['upgraded', 'unchanged', 'away', 'failed', 'unreleased', 'unseen'] as const;
const plans = fc.array(
	fc
		.tuple(fc.constantFrom('tv', 'gateway'), fc.constantFrom(...steps))
		.map(([board, step]): Plan => `${board}:${step}`),
	{ maxLength: 24 },
);
const limits = fc.record({
	first: fc.nat(4),
	atATime: fc.integer({ min: 1, max: 5 }),
	mostFailed: fc.nat(3),
});

test('whatever becomes of boxes, no more are begun at once or fail than may, and each has one outcome', async (t) => {
	await fc.assert(
		fc.asyncProperty(plans, limits, async (plan, limit) => {
			const { actions, begun, after, mostAtOnce } = await run(plan, limit);
			const stepsOf = plan.map((each) => partsOf(each).step);
			const canBegin = (step: Step): boolean => step !== 'unseen' && step !== 'unreleased';
			const unseen = stepsOf.filter((step) => step === 'unseen').length;
			const failed = actions.filter((action) => action === 'failed').length;

			t.true(mostAtOnce <= limit.atATime);
			t.true(after.every((lookedAt) => lookedAt === plan.length));
			// Those beside the one too many had been begun.
			t.true(failed <= Math.max(unseen, limit.mostFailed + limit.atATime));
			t.is(actions.length, plan.length);
			t.is(new Set(begun).size, begun.length);
			for (const [place, step] of stepsOf.entries()) {
				const isBegun = begun.includes(`${place}`);
				if (!canBegin(step)) t.false(isBegun);
				const expected = step === 'unseen' ? 'failed' : step;
				t.is(actions[place], isBegun || !canBegin(step) ? expected : 'left');
			}
			if (failed === unseen && unseen <= limit.mostFailed)
				t.is(begun.length, stepsOf.filter(canBegin).length);
		}),
	);
});

test('whatever becomes of boxes, each board has its first ones begun alone', async (t) => {
	await fc.assert(
		fc.asyncProperty(plans, limits, async (plan, limit) => {
			const { begun, beside } = await run(plan, limit);
			const taken = new Map<string, number>();
			for (const [at, agent] of begun.entries()) {
				const { board, step } = partsOf(plan[Number(agent)] ?? 'failed');
				const before = taken.get(board) ?? 0;
				if (before < limit.first) t.is(beside[at], 0);
				if (step === 'upgraded' || step === 'unchanged') taken.set(board, before + 1);
			}
		}),
	);
});
