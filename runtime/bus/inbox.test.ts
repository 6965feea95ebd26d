import test from 'ava';
import fc from 'fast-check';
import { Inbox } from './inbox.ts';

const message = (event: string, { bytes = 1, topic = 'a.b' } = {}) => ({ event, bytes, topic, failures: 0 });
const events = (inbox: Inbox<string>) => inbox.take(1000).map(({ event }) => event);

test('a full inbox holds the sender of a topic that blocks', (t) => {
	const inbox = new Inbox<string>({ messages: 1, bytes: 100 });
	t.true(inbox.offer(message('first'), 'block'));
	t.false(inbox.offer(message('second'), 'block'));
	t.deepEqual(events(inbox), ['first']);
	t.is(inbox.dropped, 0);
});

test('a full inbox drops the oldest messages of the same topic, and counts them', (t) => {
	const inbox = new Inbox<string>({ messages: 3, bytes: 100 });
	inbox.offer(message('other', { topic: 'c.d' }), 'block');
	inbox.offer(message('one'), 'drop-oldest');
	inbox.offer(message('two'), 'drop-oldest');
	inbox.offer(message('three'), 'drop-oldest');
	t.is(inbox.dropped, 1);
	t.deepEqual(events(inbox), ['other', 'two', 'three']);
});

test('of a topic that keeps the latest, a full inbox keeps just that', (t) => {
	const inbox = new Inbox<string>({ messages: 2, bytes: 100 });
	for (const event of ['one', 'two', 'three']) inbox.offer(message(event), 'keep-latest');
	t.deepEqual(events(inbox), ['three']);
	t.is(inbox.dropped, 2);
});

test('a request never goes to make room', (t) => {
	for (const policy of ['drop-oldest', 'keep-latest'] as const) {
		const inbox = new Inbox<string>({ messages: 2, bytes: 100 });
		inbox.offer({ ...message('asked'), isRequest: true }, 'block');
		for (const event of ['one', 'two', 'three']) inbox.offer(message(event), policy);
		t.deepEqual(events(inbox), ['asked', 'three']);
	}
});

test('a message larger than the whole inbox never blocks its sender', (t) => {
	const inbox = new Inbox<string>({ messages: 10, bytes: 10 });
	t.true(inbox.offer(message('huge', { bytes: 11 }), 'block'));
	t.is(inbox.length, 0);
	t.is(inbox.dropped, 1);
});

test('what a failed turn had taken comes back ahead of what came since', (t) => {
	const inbox = new Inbox<string>({ messages: 10, bytes: 100 });
	for (const event of ['one', 'two']) inbox.offer(message(event), 'block');
	const taken = inbox.take(2);
	inbox.offer(message('three'), 'block');
	inbox.giveBack(taken);
	t.deepEqual(events(inbox), ['one', 'two', 'three']);
});

test('bounds hold, order holds, and every message is delivered, dropped or refused', (t) => {
	const offer = fc.record({
		topic: fc.constantFrom('a.b', 'c.d'),
		bytes: fc.nat(40),
		policy: fc.constantFrom('block' as const, 'drop-oldest' as const, 'keep-latest' as const),
		take: fc.nat(3),
	});
	fc.assert(
		fc.property(fc.array(offer), (offers) => {
			const inbox = new Inbox<number>({ messages: 5, bytes: 64 });
			const delivered: number[] = [];
			let refused = 0;
			for (const [event, { topic, bytes, policy, take }] of offers.entries()) {
				if (!inbox.offer({ event, bytes, topic, failures: 0 }, policy)) refused++;
				if (inbox.length > 5 || inbox.bytes > 64) return false;
				delivered.push(...inbox.take(take).map((item) => item.event));
			}
			delivered.push(...inbox.take(1000).map((item) => item.event));
			const isOrdered = delivered.every((event, at) => at === 0 || event > (delivered[at - 1] ?? -1));
			return isOrdered && inbox.bytes === 0 && delivered.length + inbox.dropped + refused === offers.length;
		}),
	);
	t.pass();
});
