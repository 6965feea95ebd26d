import test, { type ExecutionContext } from 'ava';
import { systemClock } from '../../firmware/hal/clock.ts';
import type { Order } from '../../modules/probe/testbed.ts';
import { topicGrants } from '../bus/policy.ts';
import { bed, probe } from './cell.fixture.ts';
import type { CellCommand, CellReport, VmId, VmSpec } from './cell-protocol.ts';

const countOf = (reports: readonly CellReport[], text: string): number =>
	reports
		.flatMap((r) => (r.tag === 'published' ? [probe.word(r.payload)] : []))
		.findLast((w) => w.text === text)?.count ?? -1;

test('what a VM publishes reaches those outside who want it', async (t) => {
	const cell = await bed(t);
	await cell.start(1);
	await cell.order({ what: 'count' });
	t.deepEqual(await cell.words(), ['orders']);
});

test('a VM that tells itself to go on does so on later turns, in order', async (t) => {
	const cell = await bed(t);
	await cell.start(1);
	await cell.order({ what: 'chain', count: 3 });
	t.deepEqual(await cell.words(), ['3', '2', '1', '0']);
	await cell.do({ tag: 'count' });
	const counts = (await cell.reports()).findLast((report) => report.tag === 'counts');
	t.is(counts?.vms[0]?.turns, 4);
});

test('a turn that traps has no effect, and what it said is kept for the crash report', async (t) => {
	const cell = await bed(t);
	await cell.start(1);
	await cell.order({ what: 'trap' });
	t.deepEqual(await cell.words(), []);
	const fault = (await cell.reports()).find((report) => report.tag === 'fault');
	t.is(fault?.code, 'trapped');
	t.is(fault?.log[0]?.text, 'about to trap');
	t.regex(fault?.log[1]?.text ?? '', /as ordered at .*index\.ts:\d+/);
	t.false((await cell.reports()).some((report) => report.tag === 'log'));
});

const budgets: Record<string, Order> = {
	memory: { what: 'grow' },
	effects: { what: 'flood', count: 513 },
	'effect-bytes': { what: 'flood', count: 400 },
	storage: { what: 'put', text: 'k', count: 2000 },
	timers: { what: 'storm', count: 300 },
	'turn-time': { what: 'loop' },
};

for (const [budget, order] of Object.entries(budgets)) {
	test(`what exceeds its budget of ${budget} is told so by name`, async (t) => {
		const cell = await bed(t);
		await cell.start(1, { budget: { ...probe.component.manifest.budget, effectBytesPerTurn: 16_384 } });
		await cell.order(order);
		const fault = (await cell.reports()).find((report) => report.tag === 'fault');
		t.is<string | undefined, string>(fault?.budget, budget);
	});
}

test('of a turn that failed it is told where the guest was, what it was given and what waited behind', async (t) => {
	const cell = await bed(t);
	await cell.start(1);
	await cell.order({ what: 'count' });
	await cell.order({ what: 'trap' });
	await cell.order({ what: 'count' });
	await cell.start(1);
	await cell.do({ tag: 'count' });
	const faults = (await cell.reports()).filter((report) => report.tag === 'fault');
	const bytes = probe.order({ what: 'trap' }).length;
	t.like(faults[0], { given: [{ topic: 'probe.order', bytes }], givenCount: 1, turns: 1, inboxLength: 0 });
	t.like(faults[1], { givenCount: 1, turns: 2, inboxLength: 1 });
	t.true((faults[0]?.stack.length ?? 0) > 2);
	t.true(faults[0]?.stack.every(({ offset }) => offset > 8));
	const counts = (await cell.reports()).findLast((report) => report.tag === 'counts')?.vms[0];
	t.like(counts, { turns: 3, setAside: 1, sent: 1, events: 3 });
	t.true((counts?.ever.maxUs ?? -1) >= 0);
});

test('a start that traps is told with its stack, and with nothing given', async (t) => {
	const cell = await bed(t);
	await cell.start(1, { config: probe.order({ what: 'trap' }) });
	const fault = (await cell.reports()).find((report) => report.tag === 'fault');
	t.like(fault, { code: 'trapped', given: [], givenCount: 0, turns: 0, inboxLength: 0 });
	t.true((fault?.stack.length ?? 0) > 1);
});

test('the message that ends two turns badly is set aside, and those behind it are served', async (t) => {
	const cell = await bed(t);
	await cell.start(1);
	// All three wait for the first turn of the VM that comes back.
	await cell.order({ what: 'trap' });
	await cell.order({ what: 'count' });
	await cell.order({ what: 'count' });
	for (let restart = 0; restart < 3; restart++) await cell.start(1);
	const aside = (await cell.reports()).filter((report) => report.tag === 'set-aside');
	t.is(aside.length, 1);
	t.deepEqual(await cell.faults(), ['trapped', 'trapped']);
	t.is(countOf(await cell.reports(), 'orders'), 2);
});

const misdeeds: Record<string, { order: Order; code: string }> = {
	'loops without end': { order: { what: 'loop' }, code: 'over-budget' },
	'recurses without end': { order: { what: 'recurse' }, code: 'trapped' },
	'wants more memory than its maximum': { order: { what: 'grow' }, code: 'trapped' },
	'returns more effects than its budget': { order: { what: 'flood', count: 513 }, code: 'flooded' },
	'stores more than its quota': { order: { what: 'put', text: 'k', count: 2000 }, code: 'over-quota' },
};

for (const [what, { order, code }] of Object.entries(misdeeds)) {
	test(`a VM that ${what} fails with "${code}" and nothing of its turn happens`, async (t) => {
		const cell = await bed(t);
		await cell.start(1);
		await cell.order(order);
		t.deepEqual(await cell.faults(), [code]);
		t.deepEqual(await cell.words(), []);
		t.false((await cell.reports()).some((report) => report.tag === 'effect'));
	});
}

/** All of a VM that has had a life, beside one that was ordered this; where nothing was ordered, beside an honest one. */
async function neighbourOf(t: ExecutionContext, order?: Order) {
	const cell = await bed(t);
	const topics = topicGrants(probe.component.manifest);
	await cell.start(1);
	await cell.start(2, {
		topics: topics.map((grant) => ({ ...grant, maySubscribe: grant.name === 'media.state' })),
		config: probe.order({ what: 'every', text: 'often', count: 60 }),
	});
	cell.clock.advance(60);
	t.deepEqual(await cell.words(), ['timer often']);
	if (order !== undefined) await cell.order(order);
	const faulty = (await cell.reports()).flatMap((r) => (r.tag === 'fault' ? [r.vm] : []));
	t.deepEqual(faulty, order === undefined ? [] : [1]);
	const { asleep, ...rest } = (await cell.moveOut(2)) ?? {};
	return { ...rest, asleep: Buffer.from(asleep ?? []).toString('base64') };
}

for (const what of ['trap', 'loop', 'grow', 'recurse'])
	test(`a VM that fails with "${what}" leaves its neighbour as it was, to the last byte`, async (t) => {
		const honest = await neighbourOf(t);
		t.true(honest.asleep.length > 1000 && honest.timers?.length === 1);
		t.deepEqual(await neighbourOf(t, { what }), honest);
	});

test('a VM that never ends its turn costs its neighbour nothing: that one counts on', async (t) => {
	const cell = await bed(t);
	await cell.start(2);
	await cell.order({ what: 'count' });
	await cell.order({ what: 'count' });
	await cell.start(1, { config: probe.order({ what: 'loop' }) });
	t.deepEqual(await cell.faults(), ['over-budget']);
	await cell.order({ what: 'count' });
	t.is(countOf(await cell.reports(), 'orders'), 3);
});

test('what policy closes is dropped with a line in the log, and the VM goes on', async (t) => {
	const cell = await bed(t);
	await cell.do({ tag: 'wanted', topics: ['probe.out', 'media.state'] });
	await cell.start(1);
	await cell.order({ what: 'forbidden' });
	t.deepEqual(await cell.faults(), []);
	t.false((await cell.reports()).some((report) => report.tag === 'published'));
	t.true((await cell.reports()).some((report) => report.tag === 'log' && /denied/.test(report.line.text)));
});

test('an effect without a capability ends the turn', async (t) => {
	const cell = await bed(t);
	await cell.start(1, { effects: [] });
	await cell.order({ what: 'fetch', text: 'http://content.mullion.test/', count: 1 });
	t.deepEqual(await cell.faults(), ['denied']);
});

test('a value is seen by the turn after the one that put it', async (t) => {
	const cell = await bed(t);
	await cell.start(1);
	await cell.order({ what: 'put', text: 'key', count: 3 });
	await cell.order({ what: 'get', text: 'key' });
	await cell.order({ what: 'get', text: 'other' });
	t.deepEqual(await cell.words(), ['something', 'nothing']);
});

test('a request is answered by the one that serves the topic', async (t) => {
	const cell = await bed(t);
	await cell.start(1);
	await cell.order({ what: 'ask', count: 1000 });
	t.deepEqual(await cell.words(), ['answered an answer']);
});

test('a request to the cell is answered, refused, or times out at its deadline', async (t) => {
	const cell = await bed(t);
	await cell.start(1);
	const request = (correlation: number, order: Order): Promise<void> =>
		cell.do({
			tag: 'request',
			topic: 'probe.order',
			sender: 0,
			correlation,
			deadlineMs: 50,
			payload: probe.order(order),
		});
	await request(7, { what: 'answer' });
	await request(8, { what: 'refuse' });
	await request(9, { what: 'count' });
	cell.clock.advance(50);
	const outcomes = (await cell.reports()).flatMap((r) =>
		r.tag === 'answer' ? [`${r.correlation} ${r.outcome.tag === 'ok' ? 'ok' : r.outcome.val}`] : [],
	);
	t.deepEqual(outcomes, ['7 ok', '8 refused', '9 timed-out']);
});

test('a request for a topic that nobody serves is denied', async (t) => {
	const cell = await bed(t);
	await cell.do({
		tag: 'request',
		topic: 'no.body',
		sender: 0,
		correlation: 1,
		deadlineMs: 50,
		payload: new Uint8Array(),
	});
	t.like((await cell.reports()).at(-1), { tag: 'answer', outcome: { tag: 'err', val: 'denied' } });
});

test('timers fire once or again and again, and stop with the VM', async (t) => {
	const cell = await bed(t);
	await cell.start(1);
	await cell.order({ what: 'after', text: 'once', count: 10 });
	await cell.order({ what: 'every', text: 'often', count: 20 });
	cell.clock.advance(65);
	t.deepEqual(await cell.words(), ['timer once', 'timer often']);
	cell.clock.advance(20);
	t.deepEqual(await cell.words(), ['timer once', 'timer often', 'timer often']);
	await cell.do({ tag: 'stop', vm: 1 });
	cell.clock.advance(1000);
	t.is((await cell.words()).length, 3);
});

test('lines beyond the quota of a turn are counted, not kept', async (t) => {
	const cell = await bed(t);
	await cell.start(1);
	await cell.order({ what: 'log', text: 'hello', count: 10 });
	const lines = (await cell.reports()).flatMap((report) => (report.tag === 'log' ? [report.line.text] : []));
	t.deepEqual(lines, ['hello', 'hello', 'hello', 'hello', '6 more lines were suppressed']);
});

test('a sender whose message finds no room stands still until there is, and nothing is lost', async (t) => {
	const cell = await bed(t);
	const roomForTwo = { budget: { ...probe.component.manifest.budget, inboxMessages: 2 } };
	await cell.start(1, roomForTwo);
	await cell.order({ what: 'chain', count: 20 });
	t.is((await cell.words()).length, 21);
	t.deepEqual(await cell.faults(), []);
});

test('while one VM does not end its turn the others are called, slice by slice', async (t) => {
	const cell = await bed(t, systemClock());
	for (const vm of [1, 2, 3]) await cell.start(vm);
	const request = (vm: VmId, correlation: number, order: Order): CellCommand => ({
		tag: 'request',
		vm,
		topic: 'probe.order',
		sender: 0,
		correlation,
		deadlineMs: 60_000,
		payload: probe.order(order),
	});
	const loops = [1, 2].map((vm) => cell.do(request(vm, vm, { what: 'loop' })));
	await Promise.all([...loops, cell.do(request(3, 3, { what: 'answer' }))]);
	const ends = (await cell.reports()).flatMap((r) => {
		if (r.tag === 'answer') return [`${r.correlation} ${r.outcome.tag}`];
		return r.tag === 'fault' ? [`${r.vm} ${r.code}`] : [];
	});
	t.is(ends[0], '3 ok');
	t.deepEqual(ends.slice(1).toSorted(), ['1 over-budget', '2 over-budget']);
});

test('a VM that is stopped in the middle of its turn is gone at once, and harms nobody', async (t) => {
	const cell = await bed(t, systemClock());
	for (const vm of [1, 2]) await cell.start(vm);
	cell.post({
		tag: 'request',
		vm: 1,
		topic: 'probe.order',
		sender: 0,
		correlation: 1,
		deadlineMs: 60_000,
		payload: probe.order({ what: 'loop' }),
	});
	await cell.do({ tag: 'stop', vm: 1 });
	await cell.order({ what: 'count' });
	t.deepEqual(await cell.faults(), []);
	t.deepEqual(await cell.words(), ['orders']);
	t.true((await cell.reports()).some((r) => r.tag === 'stopped' && r.vm === 1));
	t.true((await cell.reports()).some((r) => r.tag === 'answer' && r.outcome.tag === 'err'));
});

test('a VM that has used its share of the processor waits, is said to, and goes on', async (t) => {
	const cell = await bed(t);
	const budget = { ...probe.component.manifest.budget, cpuPercent: 1 };
	await cell.start(1, { budget });
	const slow = { now: cell.clock.now.bind(cell.clock) };
	// Every look at the clock takes 30 ms: so does every turn, at least.
	cell.clock.now = () => {
		cell.clock.advance(30);
		return slow.now();
	};
	await cell.order({ what: 'count' });
	await cell.order({ what: 'count' });
	cell.clock.now = slow.now;
	const before = (await cell.words()).length;
	t.true((await cell.reports()).some((r) => r.tag === 'exceeded' && r.budget === 'cpu-share'));
	t.true(before < 2);
	cell.clock.advance(60_000);
	t.is((await cell.words()).length, 2);
});

/** Reports of a VM whose deadline is 5 ms, and which is called `afterMs` behind the arrival of each of two messages. */
async function calledAfter(t: ExecutionContext, afterMs: number, priority: VmSpec['priority']) {
	const cell = await bed(t);
	const budget = { ...probe.component.manifest.budget, deadlineMs: 5 };
	await cell.start(1, { priority, budget });
	for (let message = 2; message > 0; message--) {
		const payload = probe.order({ what: 'count' });
		cell.leave({ tag: 'publish', topic: 'probe.order', sender: 0, payload });
		cell.clock.advance(afterMs);
		await cell.reports();
	}
	await cell.do({ tag: 'count' });
	const reports = await cell.reports();
	const counts = reports.findLast((r) => r.tag === 'counts')?.vms[0];
	return {
		exceeded: reports.flatMap((r) => (r.tag === 'exceeded' ? [`${r.vm} ${r.budget}: ${r.detail}`] : [])),
		late: counts?.late,
		latestUs: counts?.latestUs,
		orders: countOf(reports, 'orders'),
	};
}

test('a realtime VM that is called after its deadline has its turn all the same, and is told of by name', async (t) => {
	const told = '1 deadline: called 2000 us after its deadline';
	t.deepEqual(await calledAfter(t, 7, 'realtime'), {
		exceeded: [told, told],
		late: 2,
		latestUs: 2000,
		orders: 2,
	});
});

for (const [what, afterMs, priority] of [
	['a realtime VM that is called at its deadline', 5, 'realtime'],
	['a VM that is not realtime, however late,', 7000, 'interactive'],
] as const)
	test(`${what} has exceeded nothing`, async (t) => {
		t.deepEqual(await calledAfter(t, afterMs, priority), { exceeded: [], late: 0, latestUs: 0, orders: 2 });
	});

test('what a VM tells itself while others look on stays what it was for them', async (t) => {
	const cell = await bed(t);
	await cell.start(1);
	await cell.do({ tag: 'look', topics: ['probe.order'], messages: 20, bytes: 1000 });
	await cell.order({ what: 'chain', count: 9 });
	const seen = (await cell.reports()).flatMap((r) =>
		r.tag === 'seen' ? [[...(r.payload ?? [])].join()] : [],
	);
	t.is(new Set(seen).size, 9);
	t.deepEqual(
		await cell.words(),
		Array.from({ length: 10 }, (_, at) => String(9 - at)),
	);
});
