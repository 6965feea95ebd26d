import test from 'ava';
import { AnswerMemory } from './answer-memory.ts';

const large = 500_000;

test('what came back is used again, whatever part of it came', (t) => {
	const memory = new AnswerMemory();
	const first = memory.take(large);
	t.is(first.length, large);
	memory.giveBack(first.subarray(100, 200));

	// Longer by less than the room is rounded by.
	const second = memory.take(large + 50);

	t.is(second.buffer, first.buffer);
	t.is(second.length, large + 50);
	t.not(memory.take(large).buffer, first.buffer, 'it is in use');
});

test('what came back twice is given out once', (t) => {
	const memory = new AnswerMemory();
	const taken = memory.take(large);
	memory.giveBack(taken);
	memory.giveBack(taken);

	t.is(memory.take(large).buffer, taken.buffer);
	t.not(memory.take(large).buffer, taken.buffer);
});

test("what is too little, somebody else's or short is never given out again", (t) => {
	const memory = new AnswerMemory();
	const little = memory.take(100_000);
	const foreign = Buffer.alloc(large);
	const short = memory.take(1000);
	for (const bytes of [little, foreign, short]) memory.giveBack(bytes);

	const next = memory.take(large);

	t.false([little, foreign].some(({ buffer }) => buffer === next.buffer));
	t.not(memory.take(1000).buffer, short.buffer);
});

test('what is longer than all before it takes the place of what came back first', (t) => {
	const memory = new AnswerMemory();
	for (const bytes of Array.from({ length: 6 }, () => memory.take(100_000))) memory.giveBack(bytes);
	const longer = memory.take(large);
	memory.giveBack(longer);

	t.is(memory.take(large).buffer, longer.buffer);
});

test('what is forgotten is made anew', (t) => {
	const memory = new AnswerMemory();
	const taken = memory.take(large);
	memory.giveBack(taken);
	memory.forget();

	t.not(memory.take(large).buffer, taken.buffer);
});
