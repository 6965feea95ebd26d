// What stands around a VM beside its memory: its timers, streams and stored values, and what waits for it.
import test from 'ava';
import { KeptCell, probe } from './keeping.fixture.ts';

const texts = (cell: KeptCell): string[] => cell.words().map(({ text }) => text);

function publish(cell: KeptCell, what: string): void {
	cell.post({ tag: 'publish', topic: 'probe.order', sender: 0, payload: probe.order({ what }) });
}

const effects = (cell: KeptCell) =>
	cell.said.flatMap((report) => (report.tag === 'effect' ? [report.effect] : []));

test('what a journalled VM stored or deleted just before a power cut is stored and deleted again', async (t) => {
	const cell = new KeptCell();
	await cell.start(1);
	await cell.order({ what: 'put', text: 'colour', count: 3 });
	await cell.write();
	const put = effects(cell);
	t.deepEqual(put, [{ tag: 'put', val: { key: 'colour', value: new TextEncoder().encode('xxx') } }]);

	const again = await cell.cut();
	// The bucket on disk does not have it yet.
	await again.start(1, { bucket: new Map() });
	t.deepEqual(effects(again), put);
	await again.order({ what: 'get', text: 'colour' });
	await again.write();
	t.is(texts(again).at(-1), 'something');
});

test('what was stored before the turn that a power cut undid was never stored', async (t) => {
	const cell = new KeptCell();
	await cell.start(1);
	cell.storage.files.stall();
	await cell.order({ what: 'put', text: 'colour', count: 3 });
	await cell.write();
	t.deepEqual(effects(cell), []);

	const again = await cell.cut();
	await again.start(1);
	t.deepEqual(effects(again), []);
	await again.order({ what: 'get', text: 'colour' });
	await again.write();
	t.deepEqual(texts(again), ['nothing']);
});

test('a stream that a journalled VM read when the power went is ended as unreachable', async (t) => {
	const cell = new KeptCell();
	await cell.start(1);
	await cell.order({ what: 'fetch', text: 'http://content.mullion.test/film', count: 1000 });
	await cell.write();
	t.is(effects(cell)[0]?.tag, 'fetch');

	const again = await cell.cut();
	await again.start(1);
	await again.write();
	t.deepEqual(
		texts(again).map((text) => text.split(' ').slice(0, 2).join(' ')),
		['stream failed'],
	);
	t.deepEqual(effects(again), []);

	const once = await again.cut();
	await once.start(1);
	await once.order({ what: 'count' });
	await once.write();
	t.is(texts(once).at(-1), 'orders', 'a stream ends once');
});

test('a stream that a journalled VM read when it failed is ended once, however often it fails', async (t) => {
	const cell = new KeptCell();
	await cell.start(1);
	await cell.order({ what: 'fetch', text: 'http://content.mullion.test/film', count: 1000 });
	await cell.write();
	await cell.order({ what: 'trap' });
	await cell.write();
	for (let left = 2; left > 0; left--) await cell.start(1);
	await cell.write();

	t.is(cell.tags('fault').length, 2);
	t.deepEqual(
		texts(cell).map((text) => text.split(' ', 2).join(' ')),
		['stream failed'],
	);
});

test('a journalled VM whose turn fails keeps its timers and all that waits, and what the turn did never happened', async (t) => {
	const cell = new KeptCell();
	await cell.start(1);
	await cell.order({ what: 'after', count: 5000, text: 'late' });
	await cell.write();
	// One turn is given all three, and the second ends it.
	publish(cell, 'count');
	publish(cell, 'trap');
	publish(cell, 'count');
	await cell.write();
	t.is(cell.tags('fault').length, 1);
	t.deepEqual(texts(cell), []);

	cell.clock.advance(5000);
	// Then they come one by one, until it has failed by itself twice.
	for (let left = 3; left > 0; left--) await cell.start(1);
	await cell.write();
	t.is(cell.tags('fault').length, 3);
	t.is(cell.tags('set-aside').length, 1);
	t.deepEqual(
		cell.words().map(({ text, count }) => `${text} ${count}`),
		['orders 2', 'orders 3', 'timer late 3'],
	);
});

test('a message that was set aside is not there again after a power cut', async (t) => {
	const cell = new KeptCell();
	await cell.start(1);
	await cell.start(2);
	// From the journal of the other one, which would say it again.
	await cell.order({ what: 'chain', count: 0 });
	await cell.write();
	publish(cell, 'trap');
	await cell.write();
	for (let left = 2; left > 0; left--) for (const vm of [1, 2]) await cell.start(vm);
	t.is(cell.tags('set-aside').length, 2);
	await cell.order({ what: 'count' });
	await cell.write();

	const again = await cell.cut();
	for (const vm of [1, 2]) await again.start(vm);
	await again.order({ what: 'count' });
	await again.write();
	t.deepEqual(again.tags('fault'), []);
	t.deepEqual(
		again
			.words()
			.slice(-2)
			.map(({ text, count }) => `${text} ${count}`),
		['orders 3', 'orders 3'],
	);
});

test('a timer of a journalled VM that repeats is on its beat again after a power cut, however long that was', async (t) => {
	const cell = new KeptCell();
	await cell.start(1);
	await cell.order({ what: 'every', count: 1000, text: 'beat' });
	const setAtUs = cell.clock.now();
	const heard = new Set<number>();
	/** Ticks that were not heard before, up to so long after it was set: some are said again after a cut. */
	const ticks = async (of: KeptCell, upToMs: number): Promise<number> => {
		of.clock.advance(upToMs - (of.clock.now() - setAtUs) / 1000);
		await of.write();
		const before = heard.size;
		for (const report of of.said) if (report.tag === 'published') heard.add(report.id?.turn ?? 0);
		return heard.size - before;
	};
	t.is(await ticks(cell, 999), 0);
	t.is(await ticks(cell, 1002), 1);
	t.is(await ticks(cell, 2000), 1);

	const soon = await cell.cut();
	await soon.start(1);
	t.is(await ticks(soon, 2996), 0);
	t.is(await ticks(soon, 3000), 1);

	const late = await soon.cut();
	late.clock.advance(60_000);
	await late.start(1);
	t.is(await ticks(late, 63_900), 1, 'those that were missed are one');
	t.is(await ticks(late, 64_000), 1);
});
