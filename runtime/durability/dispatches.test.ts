import test from 'ava';
import { ManualClock } from '../manual-clock.ts';
import type { CellNumber } from '../vm/cell-protocol.ts';
import { type Dispatch, Dispatches } from './dispatches.ts';

const topic = 'a.topic';
const message = (turn: number, bytes = 1): Dispatch => ({
	id: { sender: 1, turn, index: 0, sequence: turn },
	topic,
	payload: new Uint8Array(bytes),
});

/** Cells that want the topic, and what each of them was told: turns, with an exclamation mark where again. */
function bed() {
	const clock = new ManualClock();
	const cells = new Set<CellNumber>();
	const told: string[] = [];
	const dispatches = new Dispatches(
		clock,
		{
			destinations: () => [...cells],
			dispatch: (to, { id }, isAgain) => void told.push(`${to}: ${id.turn}${isAgain ? '!' : ''}`),
		},
		1000,
	);
	const turns = () => dispatches.of(1).map(({ id }) => id.turn);
	return { clock, cells, told, dispatches, turns };
}

test('a message is kept until every cell that was told has said that it is safe', (t) => {
	const { cells, told, dispatches, turns } = bed();
	cells.add(7).add(8);
	for (const turn of [1, 2]) dispatches.send(message(turn), false);
	t.deepEqual(told, ['7: 1', '8: 1', '7: 2', '8: 2']);
	dispatches.safe(7, 1, { turn: 3, index: 0 });
	t.deepEqual(turns(), [1, 2]);
	dispatches.safe(8, 1, { turn: 2, index: 0 });
	t.deepEqual(turns(), [2]);
	dispatches.safe(8, 1, { turn: 2, index: 1 });
	t.deepEqual(turns(), []);
});

test('a cell that takes the place of one that is gone is told what was not safe there, in order', (t) => {
	const { cells, told, dispatches } = bed();
	cells.add(7);
	for (const turn of [1, 2, 3]) dispatches.send(message(turn), false);
	dispatches.safe(7, 1, { turn: 2, index: 0 });
	cells.delete(7);
	dispatches.lost(7);
	told.length = 0;
	cells.add(9);
	dispatches.changed();
	dispatches.changed();
	t.deepEqual(told, ['9: 2!', '9: 3!']);
});

test('nobody is waited for without end', (t) => {
	const { clock, cells, told, dispatches, turns } = bed();
	dispatches.beginAgain();
	t.true(dispatches.isPatient);
	dispatches.send(message(1), true);
	t.deepEqual(turns(), [1]);
	clock.advance(1000);
	t.deepEqual(turns(), []);
	t.false(dispatches.isPatient);
	cells.add(7);
	dispatches.changed();
	t.deepEqual(told, []);
});

test('what is under way is bounded in messages and bytes, and the oldest goes', (t) => {
	const { cells, dispatches, turns } = bed();
	cells.add(7);
	for (let turn = 1; turn <= 65_537; turn++) dispatches.send(message(turn), false);
	t.is(turns()[0], 2);
	dispatches.send(message(70_000, 16_777_216), false);
	t.deepEqual(turns(), [70_000]);
});
