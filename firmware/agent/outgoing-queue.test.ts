import test from 'ava';
import { OutgoingQueue, type OutgoingQueueOptions } from './outgoing-queue.ts';

const record = (text: string) => ({ topic: 't', record: new TextEncoder().encode(text) });
const textOf = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const opened = { first: [], maxBytes: undefined };

function startQueue(options: Partial<OutgoingQueueOptions> = {}) {
	const published: string[] = [];
	const acknowledge: ((error?: Error) => void)[] = [];
	const queue = new OutgoingQueue({
		publish: (message, done) => {
			published.push(textOf(message.record));
			acknowledge.push((error) => done(error));
		},
		...options,
	});
	return { queue, published, acknowledge };
}

test('what is sent while the link is down leaves in order once it stands, after what comes first', async (t) => {
	const { queue, published, acknowledge } = startQueue();
	const sent = [queue.add(record('a')), queue.add(record('b'))];
	t.deepEqual(published, []);

	queue.open({ first: [record('connect')], maxBytes: undefined });

	t.deepEqual(published, ['connect', 'a', 'b']);
	for (const done of acknowledge) done();
	await t.notThrowsAsync(Promise.all(sent));
});

test('what the broker acknowledged is not sent again after the link broke, what it did not is', (t) => {
	const { queue, published, acknowledge } = startQueue();
	queue.open(opened);
	void queue.add(record('a'));
	void queue.add(record('b'));
	acknowledge[0]?.();

	queue.pause();
	queue.open(opened);

	t.deepEqual(published, ['a', 'b', 'b']);
});

test('a full queue refuses what comes next and keeps what it has', async (t) => {
	const { queue, published } = startQueue({ maxMessages: 2 });
	void queue.add(record('a'));
	void queue.add(record('b'));

	await t.throwsAsync(queue.add(record('c')), { code: 'queue-full' });

	queue.open(opened);
	t.deepEqual(published, ['a', 'b']);
});

test('the queue counts bytes too', async (t) => {
	const { queue } = startQueue({ maxBytes: 4 });
	void queue.add(record('abc'));

	await t.throwsAsync(queue.add(record('de')), { code: 'queue-full' });
});

test('a record larger than the broker takes fails, and the next one leaves', async (t) => {
	const { queue, published } = startQueue();
	const large = queue.add(record('x'.repeat(4000)));
	void queue.add(record('small'));

	queue.open({ first: [], maxBytes: 4096 });

	await t.throwsAsync(large, { code: 'too-large' });
	t.deepEqual(published, ['small']);
});

test('a record on which the link breaks again and again is given up', async (t) => {
	const { queue, published } = startQueue();
	const poison = queue.add(record('poison'));
	for (let round = 0; round < 4; round++) {
		queue.open(opened);
		queue.pause();
	}

	await t.throwsAsync(poison, { code: 'refused' });

	queue.open(opened);
	t.is(published.length, 4);
});

test('a record the broker refuses fails with its reason', async (t) => {
	const { queue, acknowledge } = startQueue();
	queue.open(opened);
	const sent = queue.add(record('a'));

	acknowledge[0]?.(new Error('Not authorized'));

	await t.throwsAsync(sent, { code: 'refused', message: 'Not authorized' });
});

test('closing fails everything that waits', async (t) => {
	const { queue } = startQueue();
	const waiting = queue.add(record('a'));

	queue.close();

	await t.throwsAsync(waiting, { code: 'closed' });
	await t.throwsAsync(queue.add(record('b')), { code: 'closed' });
});
