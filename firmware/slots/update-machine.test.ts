import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { findingOf } from './boot-finding.ts';
import { factoryState } from './testbed.fixture.ts';
import { updateStates, updateTransition, updateTransitions } from './update-machine.ts';

test('every state can be reached, and every one but settled can be left', (t) => {
	for (const state of Object.keys(updateStates)) {
		t.true(
			updateTransitions.some(({ to, from }) => to === state && from !== state),
			state,
		);
		t.true(
			updateTransitions.some(({ to, from }) => from === state && to !== state),
			state,
		);
	}
});

test('while a box runs an event has one outcome', (t) => {
	const ways = updateTransitions.filter(({ event }) => event !== 'booted');
	t.is(new Set(ways.map(({ from, event }) => `${from} ${event}`)).size, ways.length);
	t.is(updateTransition('settled', 'withdraw'), undefined);
	t.is(updateTransition('trial', 'install'), undefined);
});

test('the document says of the states what the code says', async (t) => {
	const document = await readFile(join(import.meta.dirname, 'README.md'), 'utf8');
	for (const [state, meaning] of Object.entries(updateStates))
		t.true(document.includes(`| ${state} | ${meaning} |`));
});

test('what a box finds when it starts follows from the boot state and from which slot runs', (t) => {
	const record = { isReady: true };
	const of = (changes: Partial<typeof factoryState>, running: 'a' | 'b' = 'a', ready?: typeof record) =>
		findingOf({ state: { ...factoryState, ...changes }, running, record: ready });
	const order = ['b', 'a'] as const;

	t.is(of({}), 'settled');
	t.is(of({}, 'a', record), 'ready');
	t.is(of({ b: { left: 2, isGood: true } }, 'a', record), 'settled');
	t.is(of({ order, b: { left: 3, isGood: false } }, 'a', record), 'activated');
	t.is(of({ order, b: { left: 3, isGood: false } }, 'b'), 'trial');
	t.is(of({ order, b: { left: 0, isGood: false } }, 'b'), 'trial');
	t.is(of({ order, b: { left: 0, isGood: false } }), 'given-back');
	t.is(of({ order, b: { left: 1, isGood: true } }), 'fallen-back');
});
