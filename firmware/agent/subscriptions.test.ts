import test from 'ava';
import { ManualClock } from '../../runtime/manual-clock.ts';
import { MemoryDirectory } from '../../runtime/memory-directory.ts';
import { InstanceNumbers } from './instance-numbers.ts';
import { Subscriptions } from './subscriptions.ts';

async function startSubscriptions({ directory = new MemoryDirectory(), clock = new ManualClock() } = {}) {
	const numbers = new InstanceNumbers({ directory });
	const subscriptions = new Subscriptions({ directory, numbers, clock });
	await subscriptions.start();
	return { subscriptions, directory, clock };
}

const wish = { notifType: 'Event', references: ['Device.Log.Line!'], isEnabled: true } as const;
const line = { notifType: 'Event', objectPath: 'Device.Log.', name: 'Line!' } as const;

test('a subscription is to what it names, and to no other object, name or kind', async (t) => {
	const { subscriptions } = await startSubscriptions();
	await subscriptions.add('a', { ...wish, references: ['Device.Unit.*.Done!', 'Device.Log.'] });
	const isTold = (objectPath: string, name: string) =>
		subscriptions.of({ notifType: 'Event', objectPath, name }).length === 1;

	t.true(isTold('Device.Unit.3.', 'Done!'));
	t.true(isTold('Device.Log.', 'Line!'));
	t.true(isTold('Device.Log.Deep.4.', 'Line!'));
	t.false(isTold('Device.Unit.3.', 'Failed!'));
	t.false(isTold('Device.Unit.', 'Done!'));
	t.false(isTold('Device.Unit.3.Part.', 'Done!'));
	t.false(isTold('Device.Login.', 'Line!'));
	t.is(subscriptions.of({ ...line, notifType: 'OperationComplete' }).length, 0);
});

test('a disabled subscription is to nothing until it is enabled', async (t) => {
	const { subscriptions } = await startSubscriptions();
	const { number } = await subscriptions.add('a', { ...wish, isEnabled: false });
	t.is(subscriptions.of(line).length, 0);

	await subscriptions.change(number, { isEnabled: true });

	t.is(subscriptions.of(line).length, 1);
});

test('a subscription with a time to live ends by itself, and who watches is told', async (t) => {
	const { subscriptions, clock } = await startSubscriptions();
	await subscriptions.add('a', { ...wish, timeToLive: 60 });
	let changes = 0;
	subscriptions.onChange(() => changes++);

	clock.advance(59_999);
	t.is(subscriptions.of(line).length, 1);
	clock.advance(1);

	t.deepEqual(subscriptions.list(), []);
	t.is(changes, 1);
});

test('of all subscriptions the persistent ones outlive a power cut, with their numbers', async (t) => {
	const before = await startSubscriptions();
	await before.subscriptions.add('a', wish);
	const kept = await before.subscriptions.add('a', { ...wish, isPersistent: true });

	const after = await startSubscriptions({
		directory: await before.directory.restart(),
		clock: before.clock,
	});

	t.deepEqual(after.subscriptions.list(), [kept]);
	t.is((await after.subscriptions.add('a', wish)).number, 3);
});

test('default rows are made once: one that was deleted stays away', async (t) => {
	const before = await startSubscriptions();
	await before.subscriptions.greet('operator', [{ ...wish, isPersistent: true }]);
	await before.subscriptions.remove(() => true);

	const after = await startSubscriptions({ directory: await before.directory.restart() });
	await after.subscriptions.greet('operator', [{ ...wish, isPersistent: true }]);

	t.deepEqual(after.subscriptions.list(), []);
});

test('subscriptions made at once are all there', async (t) => {
	const { subscriptions } = await startSubscriptions();

	await Promise.all(
		Array.from({ length: 10 }, () => subscriptions.add('a', { ...wish, isPersistent: true })),
	);

	t.is(subscriptions.list().length, 10);
});

test('nobody has more subscriptions than there is room for', async (t) => {
	const { subscriptions } = await startSubscriptions();
	for (let n = 0; n < 64; n++) await subscriptions.add('a', wish);

	t.throws(() => subscriptions.check('a', wish), { code: 'resources-exceeded' });
	t.notThrows(() => subscriptions.check('b', wish));
});
