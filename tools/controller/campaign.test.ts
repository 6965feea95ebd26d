import test from 'ava';
import fc from 'fast-check';
import { type CampaignOptions, type Outcome, runCampaign } from './campaign.ts';

type Action = 'upgraded' | 'unchanged' | 'away' | 'failed';

/** Runs one on boxes of which each does as is said; they are named by their places. */
async function run(
	plan: readonly Action[],
	limits: Pick<CampaignOptions, 'first' | 'atATime' | 'mostFailed'>,
) {
	const begun: string[] = [];
	let [atOnce, mostAtOnce] = [0, 0];
	/** How many worked when each was begun. */
	const beside: number[] = [];
	const outcomes = await runCampaign({
		...limits,
		agents: plan.map((_, place) => `${place}`),
		signal: new AbortController().signal,
		upgrade: async (agent) => {
			begun.push(agent);
			beside.push(atOnce);
			mostAtOnce = Math.max(mostAtOnce, ++atOnce);
			await new Promise((resolve) => setImmediate(resolve));
			atOnce--;
			const action = plan[Number(agent)] ?? 'failed';
			if (action === 'failed') throw new Error(`${agent} broke`);
			return action;
		},
	});
	return { outcomes, begun, beside, mostAtOnce, actions: outcomes.map(({ action }) => action) };
}

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

test('a box that comes twice is begun once', async (t) => {
	const begun: string[] = [];
	const outcomes = await runCampaign({
		agents: ['a', 'b', 'a'],
		first: 0,
		atATime: 9,
		mostFailed: 0,
		signal: new AbortController().signal,
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

test('whatever becomes of boxes, no more are begun at once or fail than may, and each has one outcome', async (t) => {
	const plans = fc.array(fc.constantFrom<Action>('upgraded', 'unchanged', 'away', 'failed'), {
		maxLength: 24,
	});
	const limits = fc.record({
		first: fc.nat(4),
		atATime: fc.integer({ min: 1, max: 5 }),
		mostFailed: fc.nat(3),
	});
	await fc.assert(
		fc.asyncProperty(plans, limits, async (plan, limit) => {
			const { actions, begun, mostAtOnce } = await run(plan, limit);
			const failed = actions.filter((action) => action === 'failed').length;

			t.true(mostAtOnce <= limit.atATime);
			// Those beside the one too many had been begun.
			t.true(failed <= limit.mostFailed + limit.atATime);
			t.is(actions.length, plan.length);
			t.is(new Set(begun).size, begun.length);
			for (const [place, action] of actions.entries()) {
				const expected = begun.includes(`${place}`) ? plan[place] : undefined;
				t.is(action, expected ?? 'left');
			}
			if (failed === 0) t.is(begun.length, plan.length);
		}),
	);
});
