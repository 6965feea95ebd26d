import test from 'ava';
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
	const awaited = new Set<string>();
	const cells = new Set<CellNumber>();
	const told: string[] = [];
	const dispatches = new Dispatches({
		destinations: () => [...cells],
		awaits: (wanted) => awaited.has(wanted),
		dispatch: (to, { id }, isAgain) => void told.push(`${to}: ${id.turn}${isAgain ? '!' : ''}`),
	});
	const turns = () => dispatches.of(1).map(({ id }) => id.turn);
	return { awaited, cells, told, dispatches, turns };
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

test('what is said while somebody is awaited is told to who comes, and let go once nobody is', (t) => {
	const { awaited, cells, told, dispatches, turns } = bed();
	awaited.add(topic);
	for (const turn of [1, 2]) dispatches.send(message(turn), true);
	t.deepEqual(turns(), [1, 2]);
	cells.add(7);
	dispatches.changed();
	t.deepEqual(told, ['7: 1!', '7: 2!']);
	dispatches.safe(7, 1, { turn: 2, index: 0 });
	t.deepEqual(turns(), [1, 2], 'there may be another');
	awaited.delete(topic);
	dispatches.changed();
	t.deepEqual(turns(), [2]);
	cells.add(8);
	dispatches.changed();
	t.is(told.length, 2, 'who comes later is not told');
});

test('what nobody wants is not kept', (t) => {
	const { dispatches, turns } = bed();
	dispatches.send(message(1), false);
	t.deepEqual(turns(), []);
});

test('what is under way is bounded in messages and bytes, and the oldest goes', (t) => {
	const { cells, dispatches, turns } = bed();
	cells.add(7);
	for (let turn = 1; turn <= 65_537; turn++) dispatches.send(message(turn), false);
	t.is(turns()[0], 2);
	dispatches.send(message(70_000, 16_777_216), false);
	t.deepEqual(turns(), [70_000]);
});
