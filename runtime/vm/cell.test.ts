import test, { type ExecutionContext } from 'ava';
import { makeProbe, type Order } from '../../modules/probe/testbed.ts';
import { topicGrants } from '../bus/policy.ts';
import { ManualClock } from '../manual-clock.ts';
import { Cell } from './cell.ts';
import type { CellCommand, CellReport, VmId, VmSpec } from './cell-protocol.ts';

const probe = await makeProbe();

interface CellBed {
	readonly clock: ManualClock;
	/** Everything said so far, and nothing after it. */
	reports(): CellReport[];
	/** What the probes said on `probe.out`. */
	words(): string[];
	do(command: CellCommand): void;
	start(vm: VmId, change?: Partial<VmSpec>): void;
	order(order: Order): void;
	faults(): string[];
}

function bed(t: ExecutionContext): CellBed {
	const clock = new ManualClock();
	const said: CellReport[] = [];
	let isAwake = false;
	const cell = new Cell({
		clock,
		report: (reports) => said.push(...reports),
		wake: () => {
			isAwake = true;
		},
	});
	const settle = (): void => {
		for (let left = 1000; isAwake; left--) {
			if (left === 0) t.fail('the cell never comes to rest');
			isAwake = false;
			if (cell.run(64)) isAwake = true;
		}
	};
	const { component } = probe;
	const command = (what: CellCommand): void => {
		cell.accept(what);
		settle();
	};
	command({ tag: 'wanted', topics: ['probe.out'] });
	return {
		clock,
		reports: () => {
			settle();
			return said;
		},
		words: () => {
			settle();
			return said.flatMap((r) => (r.tag === 'published' ? [probe.word(r.payload).text] : []));
		},
		faults: () => {
			settle();
			return said.flatMap((r) => (r.tag === 'fault' ? [r.code] : []));
		},
		do: command,
		start: (vm, change = {}) => {
			const { manifest, module, encoding } = component;
			const spec: VmSpec = {
				name: `probe-${vm}`,
				module,
				encoding,
				priority: manifest.priority,
				budget: manifest.budget,
				topics: topicGrants(manifest),
				effects: ['put', 'delete', 'fetch', 'cancel-fetch'],
				config: manifest.config.bytes,
				baseband: '',
				log: { linesPerTurn: 4, bytesPerTurn: 1024 },
				bucket: new Map(),
				bucketBytes: 1024,
				clockStepUs: 1,
				...change,
			};
			command({ tag: 'start', vm, spec });
		},
		order: (order) =>
			command({ tag: 'publish', topic: 'probe.order', sender: 0, payload: probe.order(order) }),
	};
}

const countOf = (reports: readonly CellReport[], text: string): number =>
	reports
		.flatMap((r) => (r.tag === 'published' ? [probe.word(r.payload)] : []))
		.findLast((w) => w.text === text)?.count ?? -1;

test('what a VM publishes reaches those outside who want it', (t) => {
	const cell = bed(t);
	cell.start(1);
	cell.order({ what: 'count' });
	t.deepEqual(cell.words(), ['orders']);
});

test('a VM that tells itself to go on does so on later turns, in order', (t) => {
	const cell = bed(t);
	cell.start(1);
	cell.order({ what: 'chain', count: 3 });
	t.deepEqual(cell.words(), ['3', '2', '1', '0']);
	cell.do({ tag: 'count' });
	const counts = cell.reports().findLast((report) => report.tag === 'counts');
	t.is(counts?.vms[0]?.turns, 4);
});

test('a turn that traps has no effect, and what it said is kept for the crash report', (t) => {
	const cell = bed(t);
	cell.start(1);
	cell.order({ what: 'trap' });
	t.deepEqual(cell.words(), []);
	const fault = cell.reports().find((report) => report.tag === 'fault');
	t.is(fault?.code, 'trapped');
	t.is(fault?.log[0]?.text, 'about to trap');
	t.regex(fault?.log[1]?.text ?? '', /as ordered at .*index\.ts:\d+/);
	t.false(cell.reports().some((report) => report.tag === 'log'));
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
	test(`what exceeds its budget of ${budget} is told so by name`, (t) => {
		const cell = bed(t);
		cell.start(1, { budget: { ...probe.component.manifest.budget, effectBytesPerTurn: 16_384 } });
		cell.order(order);
		const fault = cell.reports().find((report) => report.tag === 'fault');
		t.is<string | undefined, string>(fault?.budget, budget);
	});
}

test('of a turn that failed it is told where the guest was, what it was given and what waited behind', (t) => {
	const cell = bed(t);
	cell.start(1);
	cell.order({ what: 'count' });
	cell.order({ what: 'trap' });
	cell.order({ what: 'count' });
	cell.start(1);
	cell.do({ tag: 'count' });
	const faults = cell.reports().filter((report) => report.tag === 'fault');
	const bytes = probe.order({ what: 'trap' }).length;
	t.like(faults[0], { given: [{ topic: 'probe.order', bytes }], givenCount: 1, turns: 1, inboxLength: 0 });
	t.like(faults[1], { givenCount: 1, turns: 2, inboxLength: 1 });
	t.true((faults[0]?.stack.length ?? 0) > 2);
	t.true(faults[0]?.stack.every(({ offset }) => offset > 8));
	const counts = cell.reports().findLast((report) => report.tag === 'counts')?.vms[0];
	t.like(counts, { turns: 3, setAside: 1, sent: 1, events: 3 });
	t.true((counts?.ever.maxUs ?? -1) >= 0);
});

test('a start that traps is told with its stack, and with nothing given', (t) => {
	const cell = bed(t);
	cell.start(1, { config: probe.order({ what: 'trap' }) });
	const fault = cell.reports().find((report) => report.tag === 'fault');
	t.like(fault, { code: 'trapped', given: [], givenCount: 0, turns: 0, inboxLength: 0 });
	t.true((fault?.stack.length ?? 0) > 1);
});

test('the message that ends two turns badly is set aside, and those behind it are served', (t) => {
	const cell = bed(t);
	cell.start(1);
	// All three wait for the first turn of the VM that comes back.
	cell.order({ what: 'trap' });
	cell.order({ what: 'count' });
	cell.order({ what: 'count' });
	for (let restart = 0; restart < 3; restart++) cell.start(1);
	const aside = cell.reports().filter((report) => report.tag === 'set-aside');
	t.is(aside.length, 1);
	t.deepEqual(cell.faults(), ['trapped', 'trapped']);
	t.is(countOf(cell.reports(), 'orders'), 2);
});

const misdeeds: Record<string, { order: Order; code: string }> = {
	'loops without end': { order: { what: 'loop' }, code: 'over-budget' },
	'recurses without end': { order: { what: 'recurse' }, code: 'trapped' },
	'wants more memory than its maximum': { order: { what: 'grow' }, code: 'trapped' },
	'returns more effects than its budget': { order: { what: 'flood', count: 513 }, code: 'flooded' },
	'stores more than its quota': { order: { what: 'put', text: 'k', count: 2000 }, code: 'over-quota' },
};

for (const [what, { order, code }] of Object.entries(misdeeds)) {
	test(`a VM that ${what} fails with "${code}" and nothing of its turn happens`, (t) => {
		const cell = bed(t);
		cell.start(1);
		cell.order(order);
		t.deepEqual(cell.faults(), [code]);
		t.deepEqual(cell.words(), []);
		t.false(cell.reports().some((report) => report.tag === 'effect'));
	});
}

test('a VM that fails leaves its neighbour as it was', (t) => {
	const cell = bed(t);
	cell.start(1);
	cell.start(2, {
		topics: topicGrants(probe.component.manifest).map((grant) => ({ ...grant, maySubscribe: false })),
	});
	cell.order({ what: 'trap' });
	t.deepEqual(
		cell.reports().flatMap((report) => (report.tag === 'fault' ? [report.vm] : [])),
		[1],
	);
	cell.do({ tag: 'count' });
	const counts = cell.reports().findLast((report) => report.tag === 'counts');
	t.true((counts?.vms.find(({ vm }) => vm === 2)?.memoryBytes ?? 0) > 0);
});

test('a VM that never ends its turn costs its neighbour nothing: that one counts on', (t) => {
	const cell = bed(t);
	cell.start(2);
	cell.order({ what: 'count' });
	cell.order({ what: 'count' });
	cell.start(1, { config: probe.order({ what: 'loop' }) });
	t.deepEqual(cell.faults(), ['over-budget']);
	cell.order({ what: 'count' });
	t.is(countOf(cell.reports(), 'orders'), 3);
});

test('what policy closes is dropped with a line in the log, and the VM goes on', (t) => {
	const cell = bed(t);
	cell.do({ tag: 'wanted', topics: ['probe.out', 'media.state'] });
	cell.start(1);
	cell.order({ what: 'forbidden' });
	t.deepEqual(cell.faults(), []);
	t.false(cell.reports().some((report) => report.tag === 'published'));
	t.true(cell.reports().some((report) => report.tag === 'log' && /denied/.test(report.line.text)));
});

test('an effect without a capability ends the turn', (t) => {
	const cell = bed(t);
	cell.start(1, { effects: [] });
	cell.order({ what: 'fetch', text: 'http://content.mullion.test/', count: 1 });
	t.deepEqual(cell.faults(), ['denied']);
});

test('a value is seen by the turn after the one that put it', (t) => {
	const cell = bed(t);
	cell.start(1);
	cell.order({ what: 'put', text: 'key', count: 3 });
	cell.order({ what: 'get', text: 'key' });
	cell.order({ what: 'get', text: 'other' });
	t.deepEqual(cell.words(), ['something', 'nothing']);
});

test('a request is answered by the one that serves the topic', (t) => {
	const cell = bed(t);
	cell.start(1);
	cell.order({ what: 'ask', count: 1000 });
	t.deepEqual(cell.words(), ['answered an answer']);
});

test('a request to the cell is answered, refused, or times out at its deadline', (t) => {
	const cell = bed(t);
	cell.start(1);
	const request = (correlation: number, order: Order): void =>
		cell.do({
			tag: 'request',
			topic: 'probe.order',
			sender: 0,
			correlation,
			deadlineMs: 50,
			payload: probe.order(order),
		});
	request(7, { what: 'answer' });
	request(8, { what: 'refuse' });
	request(9, { what: 'count' });
	cell.clock.advance(50);
	const outcomes = cell
		.reports()
		.flatMap((r) =>
			r.tag === 'answer' ? [`${r.correlation} ${r.outcome.tag === 'ok' ? 'ok' : r.outcome.val}`] : [],
		);
	t.deepEqual(outcomes, ['7 ok', '8 refused', '9 timed-out']);
});

test('a request for a topic that nobody serves is denied', (t) => {
	const cell = bed(t);
	cell.do({
		tag: 'request',
		topic: 'no.body',
		sender: 0,
		correlation: 1,
		deadlineMs: 50,
		payload: new Uint8Array(),
	});
	t.like(cell.reports().at(-1), { tag: 'answer', outcome: { tag: 'err', val: 'denied' } });
});

test('timers fire once or again and again, and stop with the VM', (t) => {
	const cell = bed(t);
	cell.start(1);
	cell.order({ what: 'after', text: 'once', count: 10 });
	cell.order({ what: 'every', text: 'often', count: 20 });
	cell.clock.advance(65);
	t.deepEqual(cell.words(), ['timer once', 'timer often']);
	cell.clock.advance(20);
	t.deepEqual(cell.words(), ['timer once', 'timer often', 'timer often']);
	cell.do({ tag: 'stop', vm: 1 });
	cell.clock.advance(1000);
	t.is(cell.words().length, 3);
});

test('lines beyond the quota of a turn are counted, not kept', (t) => {
	const cell = bed(t);
	cell.start(1);
	cell.order({ what: 'log', text: 'hello', count: 10 });
	const lines = cell.reports().flatMap((report) => (report.tag === 'log' ? [report.line.text] : []));
	t.deepEqual(lines, ['hello', 'hello', 'hello', 'hello', '6 more lines were suppressed']);
});

test('a sender whose message finds no room stands still until there is, and nothing is lost', (t) => {
	const cell = bed(t);
	const roomForTwo = { budget: { ...probe.component.manifest.budget, inboxMessages: 2 } };
	cell.start(1, roomForTwo);
	cell.order({ what: 'chain', count: 20 });
	t.is(cell.words().length, 21);
	t.deepEqual(cell.faults(), []);
});
