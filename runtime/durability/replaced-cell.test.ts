import test from 'ava';
import { KeptCell, probe } from './keeping.fixture.ts';

test('a cell that takes the place of another goes on where that one was, and what was not durable never happened', async (t) => {
	const cell = new KeptCell();
	await cell.start(1);
	await cell.start(2);
	await cell.order({ what: 'chain', count: 1 });
	await cell.write();
	// Its turn has been made, but nothing of it is written: the clock stands still.
	cell.post({ tag: 'publish', topic: 'probe.order', sender: 0, payload: probe.order({ what: 'count' }) });
	await cell.settle();
	const heard = cell.words().length;

	const other = new KeptCell(cell.storage, cell.clock);
	await other.start(1);
	await other.start(2);
	await other.order({ what: 'count' });
	await other.write();

	t.is(heard, 6);
	t.deepEqual(
		other
			.words()
			.slice(-2)
			.map(({ text, count }) => `${text} ${count}`),
		['orders 4', 'orders 4'],
	);
	t.deepEqual(other.lines(), []);
});
