import test from 'ava';
import { BoardEvents } from './board-events.ts';

test('a listener hears what happens from the call on, in its order, until the board is closed', async (t) => {
	const events = new BoardEvents();
	events.emit({ kind: 'on', by: 'bench' });
	const all = events.all();

	events.emit({ kind: 'watchdog', by: 'box' });
	events.emit({ kind: 'reset', by: 'box' });
	events.close(new Error('gone'));

	const heard = await Array.fromAsync(all);
	t.deepEqual(
		heard.map(({ kind }) => kind),
		['watchdog', 'reset'],
	);
	t.deepEqual(await Array.fromAsync(events.all()), []);
});

test('the next event of a kind passes others by', async (t) => {
	const events = new BoardEvents();
	const reset = events.next('reset');

	events.emit({ kind: 'watchdog', by: 'box' });
	events.emit({ kind: 'reset', by: 'box' });

	t.like(await reset, { kind: 'reset', by: 'box' });
});

test('who waits for an event of a board that is closed gets the reason', async (t) => {
	const events = new BoardEvents();
	const reset = events.next('reset');

	events.close(new Error('gone'));

	await t.throwsAsync(reset, { message: 'gone' });
	await t.throwsAsync(events.next('on'), { message: 'gone' });
});

test('an aborted wait ends with its own reason', async (t) => {
	const controller = new AbortController();
	const reset = new BoardEvents().next('reset', controller.signal);

	controller.abort(new Error('enough'));

	await t.throwsAsync(reset, { message: 'enough' });
});
