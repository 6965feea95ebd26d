// Another version takes the place of one that runs: what waits, and what is said meanwhile, it has once.
import test from 'ava';
import type { VmSpec } from '../vm/cell-protocol.ts';
import { KeptCell, probe, specOf } from './keeping.fixture.ts';

const modes = ['none', 'snapshot', 'journal'] as const;
type Mode = (typeof modes)[number];

const grant = { mayPublish: false, maySubscribe: false, whenFull: 'block' } as const;
const out = { ...grant, name: 'probe.out', mayPublish: true };
const orders = { ...grant, name: 'probe.order', maySubscribe: true };
const chat = { ...grant, name: 'chat', maySubscribe: true };

function version(mode: Mode, digest: string, change: Partial<VmSpec> = {}): Partial<VmSpec> {
	const keep =
		mode === 'none' ? undefined : ({ mode, intervalMs: 60_000, digest: digest.repeat(64) } as const);
	return { keep, topics: [out, orders, chat], ...change };
}

/** What the first says waits for the second, which has not been called yet when it leaves. */
function tell(cell: KeptCell, times: number): void {
	for (let left = times; left > 0; left--)
		cell.post({ tag: 'publish', topic: 'probe.order', sender: 0, payload: probe.order({ what: 'count' }) });
}

async function leave(cell: KeptCell): Promise<void> {
	cell.post({ tag: 'stop', vm: 1, forNext: true });
	await cell.write();
}

const counts = (cell: KeptCell): number[] =>
	cell.words().flatMap(({ text, count }) => (text === 'orders' ? [count] : []));

/** A journalled one says so many things to the other. */
async function say(cell: KeptCell, count: number): Promise<void> {
	cell.post({
		tag: 'publish',
		topic: 'speaker.order',
		sender: 0,
		payload: probe.order({ what: 'flood', count, text: 'chat' }),
	});
	await cell.runOnly(1);
}

const speaker: Partial<VmSpec> = {
	...version('journal', 'c'),
	topics: [
		out,
		{ ...grant, name: 'speaker.order', maySubscribe: true },
		{ ...chat, maySubscribe: false, mayPublish: true },
	],
};

for (const from of modes)
	for (const to of modes)
		test(`what waits and what is said meanwhile is for the next version: ${from} -> ${to}`, async (t) => {
			const cell = new KeptCell();
			await cell.start(1, version(from, 'a'));
			tell(cell, 3);
			await leave(cell);
			t.is(cell.tags('stopped').length, 1);
			tell(cell, 2);
			// Its topics have other numbers.
			await cell.start(1, version(to, 'b', { topics: [chat, orders, out] }));
			await cell.write();

			t.deepEqual(counts(cell), [1, 2, 3, 4, 5]);
		});

for (const to of modes)
	test(`what a journalled VM says it has once, whoever is there: journal -> ${to}`, async (t) => {
		const cell = new KeptCell();
		await cell.start(1, version('journal', 'a', { budget: { ...specOf(1).budget, inboxMessages: 4 } }));
		await cell.start(2, speaker);
		// More than there is room for.
		await say(cell, 7);
		await leave(cell);
		await say(cell, 3);
		await cell.start(1, version(to, 'b'));
		await cell.write();

		// Each of the first seven has it say one thing, each of the other three two.
		t.is(cell.words().length, 7 + 3 * 2);
	});

for (const to of modes)
	test(`what is durable only once the next version is there it has once: journal -> ${to}`, async (t) => {
		const cell = new KeptCell();
		await cell.start(1, version('journal', 'a'));
		await cell.start(2, speaker);
		await leave(cell);
		// Somebody else hears it too, and not before it is durable.
		cell.post({ tag: 'wanted', topics: ['probe.out', 'chat'] });
		cell.storage.files.stall();
		await say(cell, 3);
		await cell.start(1, version(to, 'b'));
		cell.storage.files.resume();
		await cell.write();

		const said = cell.said.flatMap((r) =>
			r.tag === 'published' && r.vm === 1 ? [probe.word(r.payload)] : [],
		);
		t.deepEqual(
			said.map(({ count }) => count),
			[1, 2, 3],
		);
	});

test('what was handed over is there after a power cut, and comes once', async (t) => {
	const cell = new KeptCell();
	await cell.start(1, version('journal', 'a'));
	await cell.start(2, speaker);
	await say(cell, 3);
	tell(cell, 2);
	await leave(cell);
	const budget = { ...specOf(1).budget };
	await cell.start(1, version('journal', 'b', { budget }));
	await cell.write();
	const before = cell.words().length;

	const again = await cell.cut();
	await again.start(1, version('journal', 'b', { budget }));
	await again.start(2, speaker);
	await again.write();
	tell(again, 1);
	await again.write();
	t.is(before, 5);
	t.is(counts(again).at(-1), 6);
});

test('where the next version comes to nothing, the one before has all that waits, once, and its timers', async (t) => {
	const cell = new KeptCell();
	await cell.start(1, version('journal', 'a'));
	await cell.order({ what: 'after', count: 60_000, text: 'tea' });
	tell(cell, 2);
	await leave(cell);
	tell(cell, 1);
	await cell.start(1, version('journal', 'b', { config: probe.order({ what: 'trap' }) }));
	t.is(cell.tags('fault').length, 1);
	await leave(cell);
	await cell.start(1, version('journal', 'a'));
	await cell.write();
	t.deepEqual(counts(cell), [2, 3, 4]);

	const again = await cell.cut();
	await again.start(1, version('journal', 'a'));
	tell(again, 1);
	await again.write();
	t.is(counts(again).at(-1), 5);
	again.clock.advance(60_000);
	await again.write();
	t.true(again.words().some(({ text }) => text === 'timer tea'));
});

test('who has asked the one before is refused, and a topic that the next does not want is nobody’s', async (t) => {
	const cell = new KeptCell();
	await cell.start(1, version('none', 'a'));
	const payload = probe.order({ what: 'answer' });
	cell.post({ tag: 'request', topic: 'probe.order', sender: 0, correlation: 7, deadlineMs: 1000, payload });
	await leave(cell);
	const refused = { tag: 'answer', correlation: 7, outcome: { tag: 'err', val: 'refused' } } as const;
	t.deepEqual(cell.tags('answer'), [refused]);

	tell(cell, 2);
	cell.post({ tag: 'request', topic: 'probe.order', sender: 0, correlation: 8, deadlineMs: 1000, payload });
	await cell.start(1, version('none', 'b', { topics: [out, chat] }));
	await cell.write();
	t.deepEqual(cell.tags('answer'), [refused, { ...refused, correlation: 8 }]);
	t.deepEqual(cell.words(), []);
	t.deepEqual(cell.tags('fault'), []);
});

test('a place that nobody comes to is given up: who stands still for it goes on', async (t) => {
	const cell = new KeptCell();
	await cell.start(1, version('none', 'a', { budget: { ...specOf(1).budget, inboxMessages: 2 } }));
	await cell.start(2, speaker);
	await say(cell, 5);
	await leave(cell);
	await say(cell, 1);
	t.deepEqual(cell.words(), []);
	cell.post({ tag: 'stop', vm: 1 });
	await say(cell, 1);
	await cell.write();
	cell.post({ tag: 'count' });
	await cell.settle();
	const counted = cell.said.findLast((report) => report.tag === 'counts');
	t.deepEqual(
		counted?.vms.map(({ vm, inboxLength, sent }) => ({ vm, inboxLength, sent })),
		[{ vm: 2, inboxLength: 0, sent: 7 }],
	);
});
