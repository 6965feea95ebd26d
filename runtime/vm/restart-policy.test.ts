import test from 'ava';
import fc from 'fast-check';
import { lifecycle, transition, vmEvents, vmStates } from './lifecycle.ts';
import { RestartPolicy } from './restart-policy.ts';

test('pauses double up to the longest, then the VM is parked', (t) => {
	const policy = new RestartPolicy({ firstPauseMs: 100, longestPauseMs: 300, mostFailures: 3 });
	const verdicts = [0, 1, 2, 3].map((at) => policy.failed(at));
	t.deepEqual(verdicts, [
		{ action: 'restart', pauseMs: 100 },
		{ action: 'restart', pauseMs: 200 },
		{ action: 'restart', pauseMs: 300 },
		{ action: 'park' },
	]);
});

test('failures older than the window are forgiven', (t) => {
	const policy = new RestartPolicy({ mostFailures: 1, windowMs: 1000, firstPauseMs: 100 });
	policy.failed(0);
	t.deepEqual(policy.failed(1_000_001), { action: 'restart', pauseMs: 100 });
});

test('a VM in any state can be stopped, and none leaves "stopped" but by a start', (t) => {
	t.deepEqual(Object.keys(lifecycle.stopped), ['start', 'suspend']);
	for (const state of vmStates) {
		if (state === 'stopped' || state === 'stopping') continue;
		t.true(['stopping', 'stopped'].includes(lifecycle[state].stop ?? ''), state);
	}
});

test('every walk through the life of a VM stays on the table and ends with a stop', (t) => {
	fc.assert(
		fc.property(fc.array(fc.constantFrom(...vmEvents)), (events) => {
			let state: (typeof vmStates)[number] = 'installed';
			for (const event of events) state = transition(state, event, 'walk')?.to ?? state;
			const asked = transition(state, 'stop', 'end')?.to ?? state;
			return asked === 'stopped' || transition(asked, 'stopped', 'end')?.to === 'stopped';
		}),
	);
	t.pass();
});
