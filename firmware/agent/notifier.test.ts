import test from 'ava';
import fc from 'fast-check';
import { ManualClock } from '../../runtime/manual-clock.ts';
import { MemoryDirectory } from '../../runtime/memory-directory.ts';
import { type Notice, Notifier, retryWaitMs } from './notifier.ts';

const notice: Notice = {
	messageId: 'event-1',
	recipient: 'self::operator',
	subscriptionId: 'boot',
	isRetried: true,
	expiresAt: 0,
	notification: { kind: 'event', objectPath: 'Device.', name: 'Boot!', args: {} },
};

/** Lets everything that only waits for other promises go on. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

function startNotifier({ outbox = new MemoryDirectory(), isUp = (): boolean => true } = {}) {
	const clock = new ManualClock();
	const sent: string[] = [];
	const send = async ({ messageId }: Notice) => {
		if (!isUp()) throw new Error('no way out');
		sent.push(messageId);
	};
	const notifier = new Notifier({ outbox, clock, random: () => 0, send });
	return { notifier, clock, sent, outbox };
}

test('R-NOT.1-4: the n-th wait is within its window, and from the tenth on the window stays', (t) => {
	fc.assert(
		fc.property(
			fc.integer({ min: 1, max: 50 }),
			fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
			(n, random) => {
				const wait = retryWaitMs(n, random);
				const grown = Math.min(n, 10);
				return wait >= 5000 * 2 ** (grown - 1) && wait <= 5000 * 2 ** grown;
			},
		),
	);
	t.pass();
});

test('a notice is repeated under the same id until it is answered, and not after', async (t) => {
	const { notifier, clock, sent } = startNotifier();
	notifier.post([notice], { isKept: false });
	await settled();
	clock.advance(5000);
	await settled();
	clock.advance(10_000);
	await settled();
	t.deepEqual(sent, ['event-1', 'event-1', 'event-1']);

	await notifier.answered('self::operator', 'event-1');

	clock.advance(3_600_000);
	t.is(sent.length, 3);
});

test('an answer of somebody else ends nothing', async (t) => {
	const { notifier, clock, sent } = startNotifier();
	notifier.post([notice], { isKept: false });
	await settled();

	await notifier.answered('self::other', 'event-1');

	clock.advance(5000);
	t.is(sent.length, 2);
});

test('a notice is repeated no more once it has expired', async (t) => {
	const { notifier, clock, sent } = startNotifier();
	notifier.post([{ ...notice, expiresAt: clock.now() + 4_000_000 }], { isKept: false });
	await settled();

	clock.advance(3_600_000);

	t.is(sent.length, 1);
});

test('a notice that is not to be repeated is sent once', async (t) => {
	const { notifier, clock, sent } = startNotifier();
	notifier.post([{ ...notice, isRetried: false }], { isKept: false });
	await settled();

	clock.advance(3_600_000);

	t.deepEqual(sent, ['event-1']);
});

test('what is in the outbox is sent after a power cut, and once more after each until it is answered', async (t) => {
	const first = startNotifier({ isUp: () => false });
	await first.notifier.keep([notice]);
	first.notifier.post([notice], { isKept: true });
	first.notifier.stop();

	const second = startNotifier({ outbox: await first.outbox.restart() });
	await second.notifier.start(() => true);
	await settled();
	t.deepEqual(second.sent, ['event-1']);
	await second.notifier.answered('self::operator', 'event-1');
	second.notifier.stop();

	const third = startNotifier({ outbox: await second.outbox.restart() });
	await third.notifier.start(() => true);
	await settled();
	t.deepEqual(third.sent, []);
});

test('what is in the outbox for somebody nobody knows any more is thrown away', async (t) => {
	const { notifier, sent, outbox } = startNotifier();
	await notifier.keep([notice]);

	await notifier.start(() => false);
	await settled();

	t.deepEqual(sent, []);
	t.deepEqual(await outbox.list(), []);
});

test('of a flood that nobody answers the newest are kept, and the rest is counted', async (t) => {
	const { notifier } = startNotifier();
	for (let n = 0; n < 1100; n++) notifier.post([{ ...notice, messageId: `event-${n}` }], { isKept: false });
	await settled();

	t.is(notifier.dropped, 76);
});
