import test from 'ava';
import type { Order } from '../../modules/probe/testbed.ts';
import { KeptCell, probe, specOf } from './keeping.fixture.ts';
import { MemoryStorage } from './memory-storage.ts';

const log = (text: string, count = 1): Order => ({ what: 'log', count, text });
const traced = { tag: 'look', topics: ['probe.out'], messages: 64, bytes: 32_768 } as const;

/** Orders obeyed, as the traced words tell them. */
const seen = (cell: KeptCell): number[] =>
	cell.said.flatMap((report) => (report.tag === 'seen' ? [probe.word(report.payload).count] : []));

/** A probe whose words nobody but an onlooker hears. */
async function unheard(storage?: MemoryStorage): Promise<KeptCell> {
	const cell = new KeptCell(storage);
	cell.post({ tag: 'wanted', topics: [] });
	await cell.start(1);
	return cell;
}

test('log lines of a journalled VM are told in order once their turns are durable, and not before', async (t) => {
	const cell = await unheard();
	cell.storage.files.stall();
	await cell.order(log('first', 2));
	await cell.order(log('second'));
	await cell.write();
	t.deepEqual(cell.lines(), []);

	cell.storage.files.resume();
	await cell.write();
	t.deepEqual(cell.lines(), ['first', 'first', 'second']);
});

test('a log line that had to wait is of the time when it was said', async (t) => {
	const cell = await unheard();
	const saidAt = cell.clock.now();
	cell.storage.files.stall();
	await cell.order(log('waits'));
	cell.clock.advance(5000);
	cell.storage.files.resume();
	await cell.write();
	const at = cell.said.map((report) => (report.tag === 'log' ? report.line.at : undefined));
	t.deepEqual(
		at.filter((time) => time !== undefined),
		[saidAt],
	);
});

test('messages of a journalled VM are traced in order once their turns are durable, and not before', async (t) => {
	const cell = await unheard();
	cell.post(traced);
	cell.storage.files.stall();
	await cell.order({ what: 'count' });
	await cell.order({ what: 'count' });
	await cell.write();
	t.deepEqual(seen(cell), []);

	cell.storage.files.resume();
	await cell.write();
	t.deepEqual(seen(cell), [1, 2]);
});

test('what a journalled VM asks of another, and why it may not say something, wait too', async (t) => {
	const cell = await unheard();
	cell.post({ ...traced, topics: ['probe.order'] });
	cell.storage.files.stall();
	await cell.order({ what: 'ask', count: 1000 });
	await cell.order({ what: 'forbidden' });
	await cell.write();
	t.deepEqual([cell.tags('seen').length, cell.lines()], [0, []]);

	cell.storage.files.resume();
	await cell.write();
	t.is(cell.tags('seen').length, 1);
	t.deepEqual(cell.lines(), ['denied: probe-1 may not publish on media.state']);
});

test('whatever was seen of a journalled VM is there after a power cut, and what is not there was not seen', async (t) => {
	const cell = await unheard();
	cell.post(traced);
	await cell.order({ what: 'count' });
	await cell.order(log('kept'));
	await cell.write();
	cell.storage.files.stall();
	await cell.order(log('undone'));
	await cell.order({ what: 'count' });
	await cell.write();

	const again = await cell.cut();
	await again.start(1);
	await again.order({ what: 'count' });
	await again.write();
	t.deepEqual([cell.lines(), seen(cell)], [['kept'], [1]]);
	t.is(again.words().at(-1)?.count, 3);
});

test('turns of a journalled VM are in a recording in order once they are durable, the last one too', async (t) => {
	const cell = new KeptCell();
	await cell.start(1, { recording: { id: 1, turns: 100, bytes: 100_000 } });
	const before = cell.tags('recorded').length;
	cell.storage.files.stall();
	await cell.order(log('x'));
	await cell.order({ what: 'trap' });
	await cell.write();
	t.is(cell.tags('recorded').length, before);

	cell.storage.files.resume();
	await cell.write();
	const ends = cell.said.flatMap((report) => (report.tag === 'recorded' ? [report.ended] : []));
	t.deepEqual(ends, [undefined, undefined, 'the VM failed']);
});

test('the report of a failed turn has its log lines, and waits for all that it can have seen', async (t) => {
	const cell = await unheard();
	const topics = specOf(2).topics.map((each) =>
		each.name === 'probe.order' ? { ...each, name: 'other.order' } : each,
	);
	await cell.start(2, { topics });
	cell.storage.files.stall();
	await cell.order(log('before'));
	cell.post({ tag: 'publish', topic: 'other.order', sender: 0, payload: probe.order({ what: 'trap' }) });
	const trappedAt = cell.clock.now();
	await cell.write();
	t.deepEqual([cell.lines(), cell.tags('fault')], [[], []]);
	cell.clock.advance(5000);

	cell.storage.files.resume();
	await cell.write();
	t.deepEqual(cell.lines(), ['before']);
	const said = cell.said.flatMap((report) => (report.tag === 'fault' ? report.log : []));
	t.like(said, [{ text: 'about to trap', at: trappedAt }]);
	t.is(cell.tags('fault').length, 1);
});

test('log lines that cannot be told hold their VM back before they fill the memory', async (t) => {
	const cell = await unheard(new MemoryStorage({ heldBytes: 4096 }));
	cell.storage.files.stall();
	const orders = 40;
	for (let left = orders; left > 0; left--) await cell.order(log('x'.repeat(200)));
	await cell.write();
	cell.post({ tag: 'count' });
	const made = (): number =>
		cell.said.flatMap((report) => (report.tag === 'counts' ? report.vms : [])).at(-1)?.turns ?? 0;
	t.true(made() < orders, `${made()} turns`);

	cell.storage.files.resume();
	await cell.write();
	cell.post(traced);
	await cell.order({ what: 'count' });
	await cell.write();
	t.deepEqual(seen(cell), [orders + 1]);
});

test('log lines alone are told within the hold time now and then, and with the lazy groups where there are many', async (t) => {
	const cell = await unheard();
	const prompt: boolean[] = [];
	for (let left = 40; left > 0; left--) {
		const before = cell.lines().length;
		await cell.order(log('x'));
		await cell.write();
		prompt.push(cell.lines().length > before);
		cell.clock.advance(198);
		await cell.settle();
	}
	t.true(prompt.slice(0, 8).every(Boolean));
	t.true(prompt.slice(-20).filter(Boolean).length <= 4);
	cell.clock.advance(1000);
	await cell.settle();
	t.is(cell.lines().length, 40);
});
