import test from 'ava';
import fc from 'fast-check';
import {
	describeSessionMachine,
	type SessionEvent,
	type SessionState,
	sessionStates,
	sessionTransition,
	sessionTransitions,
} from './session-machine.ts';

const states = Object.keys(sessionStates) as SessionState[];
const events = [...new Set(sessionTransitions.map(({ event }) => event))];

test('each state and event has one way on at most, and every way has a reason', (t) => {
	const ways = sessionTransitions.map(({ from, event }) => `${from} ${event}`);
	t.is(new Set(ways).size, ways.length);
	t.true(sessionTransitions.every(({ reason }) => reason.length > 10));
});

test('every state can be reached, and from every state the session can be closed', (t) => {
	const reached = new Set<SessionState>(['waiting']);
	for (const _ of states) {
		for (const { from, to } of sessionTransitions.filter(({ from }) => reached.has(from))) {
			t.truthy(from);
			reached.add(to);
		}
	}
	t.deepEqual([...reached].sort(), [...states].sort());
	for (const state of states.filter((state) => state !== 'closed')) {
		t.is(sessionTransition(state, 'close')?.to, 'closed');
	}
});

test('whatever happens, a session is active only after it was taken or reverted', (t) => {
	fc.assert(
		fc.property(fc.array(fc.constantFrom(...events)), (story: SessionEvent[]) => {
			let state: SessionState = 'waiting';
			for (const event of story) {
				const way = sessionTransition(state, event);
				if (way?.to === 'active') {
					t.true(['taken', 'reverted'].includes(event));
				}
				state = way?.to ?? state;
			}
		}),
	);
});

test('nothing happens to a session that is closed', (t) => {
	t.true(events.every((event) => sessionTransition('closed', event) === undefined));
});

test('the tables print as Markdown with a line for each state and each way', (t) => {
	const lines = describeSessionMachine().trim().split('\n');
	t.is(lines.length, 2 + states.length + 1 + 2 + sessionTransitions.length);
	t.true(lines.includes('| active | chosen | candidate | the policy chose another network |'));
});
