import test from 'ava';
import { ManualClock } from '../manual-clock.ts';
import { Requests } from './requests.ts';

function open(requests: Requests<string>, { deadlineMs = 1000, expire = () => {} } = {}) {
	return requests.open({ request: { from: 'asker', theirs: 7, to: 'server' }, deadlineMs, expire });
}

test('only the one who was asked can answer, and only once', (t) => {
	const requests = new Requests<string>(new ManualClock());
	const id = open(requests);
	t.is(requests.close(id, 'stranger'), undefined);
	t.like(requests.close(id, 'server'), { from: 'asker', theirs: 7 });
	t.is(requests.close(id, 'server'), undefined);
});

test('a request that nobody answers expires at its deadline, and an answer after it is late', (t) => {
	const clock = new ManualClock();
	const requests = new Requests<string>(clock);
	let expired = 0;
	const id = open(requests, { expire: () => expired++ });
	clock.advance(999);
	t.is(expired, 0);
	clock.advance(1);
	t.is(expired, 1);
	t.is(requests.close(id, 'server'), undefined);
});

test('who leaves is told of what they owed, and what they asked is forgotten', (t) => {
	const requests = new Requests<string>(new ManualClock());
	const owed = open(requests);
	const asked = requests.open({
		request: { from: 'server', theirs: 1, to: 'third' },
		deadlineMs: 1000,
		expire: () => {},
	});
	t.deepEqual(
		requests.leave('server').map(({ from, theirs }) => ({ from, theirs })),
		[{ from: 'asker', theirs: 7 }],
	);
	t.false(requests.has(owed));
	t.false(requests.has(asked));
});
