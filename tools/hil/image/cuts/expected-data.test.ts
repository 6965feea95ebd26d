import test from 'ava';
import fc from 'fast-check';
import { faultIn } from './expected-data.ts';
import { links } from './journal-pair.ts';
import type { Fact } from './work.ts';

/** What each is told of one chain that either begins, beside its first order. */
const ofEachChain = 2 ** links - 1;

const told = fc.record({
	/** Chains that reached each, of those sent. */
	left: fc.nat(8),
	right: fc.nat(8),
	sent: fc.integer({ min: 8, max: 10 }),
	questions: fc.nat(5),
});

function ordersHad({ left, right, questions }: { left: number; right: number; questions: number }) {
	const others = ofEachChain * (left + right);
	return { left: left + others + questions, right: right + others + questions };
}

function factsOf({ sent, questions }: { sent: number; questions: number }): Fact[] {
	const facts: Fact[] = Array.from({ length: sent }, () => ({ kind: 'sent' }));
	for (let count = 1; count <= questions; count++)
		for (const partner of ['left', 'right'] as const)
			facts.push({ kind: 'asked', of: partner }, { kind: 'answered', of: partner, count, certain: 0 });
	return facts;
}

const modules = ['probe 0.1.0', 'left 0.1.0', 'right 0.1.0'];
const sound = { modules, complaints: [], questions: 0 };

test('whichever chains came, whole ones are right, and one order more or less is not', (t) => {
	fc.assert(
		fc.property(told, fc.constantFrom('left', 'right'), fc.constantFrom(-1, 1), (one, of, change) => {
			const had = ordersHad(one);
			const facts = factsOf(one);
			t.is(faultIn({ ...sound, had }, facts), undefined);
			t.not(faultIn({ ...sound, had: { ...had, [of]: had[of] + change } }, facts), undefined);
		}),
	);
});

test('an answer that was heard holds, and an order that was never sent cannot be had', (t) => {
	const facts: Fact[] = [
		{ kind: 'sent' },
		{ kind: 'asked', of: 'left' },
		{ kind: 'answered', of: 'left', count: 17, certain: 1 },
	];
	const withOne = { left: 1 + 2 * ofEachChain + 1, right: 1 + 2 * ofEachChain };
	t.is(faultIn({ ...sound, had: withOne }, facts), undefined);
	t.regex(faultIn({ ...sound, had: { left: 0, right: 0 } }, facts) ?? '', /orders had/);
	const withTwo = ordersHad({ left: 2, right: 2, questions: 0 });
	t.regex(faultIn({ ...sound, had: { ...withTwo, left: withTwo.left + 1 } }, facts) ?? '', /orders had/);
});

test('a module is what it was or what it was to become, and nothing else', (t) => {
	const had = { left: 0, right: 0 };
	const facts: Fact[] = [
		{ kind: 'wanted', version: '1.0.0' },
		{ kind: 'reached', version: '1.0.0' },
		{ kind: 'wanted', version: '2.0.0' },
	];
	const isRight = (...guests: string[]) =>
		faultIn({ ...sound, modules: [...modules, ...guests], had }, facts) === undefined;
	t.deepEqual([isRight('guest 1.0.0'), isRight('guest 2.0.0'), isRight()], [true, true, false]);
	t.not(faultIn({ ...sound, modules: ['guest 1.0.0', 'probe 0.1.0', 'left 0.1.0'], had }, facts), undefined);
	t.is(faultIn({ ...sound, complaints: ['left: parked'], had }, facts), 'left: parked');
});
