import test from 'ava';
import { Hub } from '../../runtime/bus/hub.ts';
import { ManualClock } from '../../runtime/manual-clock.ts';
import type { CellCommand } from '../../runtime/vm/cell-protocol.ts';
import { Traces } from './traces.ts';

type Look = Extract<CellCommand, { tag: 'look' }>;

function open() {
	const clock = new ManualClock();
	const hub = new Hub();
	const looks: Look[] = [];
	const cell = {
		domain: 'open',
		bell: new SharedArrayBuffer(4),
		send: (command: CellCommand) => {
			if (command.tag === 'look') looks.push(command);
		},
	} as const;
	hub.addCell(cell);
	const traces = new Traces({
		clock,
		hub,
		topics: () => ['media.state', 'media.play', 'door.rung'],
		nameOf: (vm) => (vm === 0 ? '' : `vm${vm}`),
	});
	const see = (topic: string, { vm = 1, length = 1 } = {}): void =>
		hub.accept(cell, {
			tag: 'seen',
			vm,
			kind: 'message',
			topic,
			bytes: length,
			payload: new Uint8Array(length),
		});
	const read = (id: string, topics: string[], vm = '') => traces.read({ id, topics, vm });
	return { clock, hub, cell, looks, traces, see, read };
}

test('cells are asked for the topics that exist and that somebody wants to see', (t) => {
	const { looks, read } = open();
	read('one', ['media.*', 'nowhere.at-all']);
	t.deepEqual(looks.at(-1)?.topics, ['media.state', 'media.play']);
	read('two', ['door.rung']);
	t.deepEqual(looks.at(-1)?.topics, ['media.state', 'media.play', 'door.rung']);
	t.true((looks.at(-1)?.messages ?? 0) > 0 && (looks.at(-1)?.bytes ?? 0) > 0);
});

test('each trace gets its own topics and sender, each message once', (t) => {
	const { read, see } = open();
	read('media', ['media.*']);
	read('two', ['*'], 'vm2');
	see('media.state');
	see('door.rung', { vm: 2 });

	t.deepEqual(
		read('media', ['media.*']).messages.map(({ topic, vm }) => [topic, vm]),
		[['media.state', 'vm1']],
	);
	t.deepEqual(
		read('two', ['*'], 'vm2').messages.map(({ topic }) => topic),
		['door.rung'],
	);
	t.deepEqual(read('two', ['*'], 'vm2'), { messages: [], leftOut: 0 });
});

test('what the box itself publishes is seen too', (t) => {
	const { hub, read } = open();
	read('one', ['*']);
	hub.publish('door.rung', Uint8Array.of(1, 2));

	t.like(read('one', ['*']).messages[0], { vm: '', topic: 'door.rung', kind: 'message', bytes: 2 });
});

test('what a tool does not fetch in time is left out and counted, as is what the cells left out', (t) => {
	const { read, see, hub, cell } = open();
	read('one', ['*']);
	for (let left = 600; left > 0; left--) see('door.rung');
	hub.accept(cell, { tag: 'unseen', count: 5 });
	const few = read('one', ['*']);
	t.deepEqual([few.messages.length, few.leftOut], [512, 93]);

	for (let left = 40; left > 0; left--) see('door.rung', { length: 4096 });
	const large = read('one', ['*']);
	t.deepEqual([large.messages.length, large.leftOut], [32, 8]);
});

test('a trace that nobody asks for any more ends by itself, and the cells hear that nobody looks', (t) => {
	const { clock, looks, traces, read } = open();
	read('one', ['*']);
	for (let left = 8; left > 0; left--) {
		clock.advance(1000);
		read('one', ['*']);
	}
	t.is(traces.count, 1);

	for (let left = 24; left > 0; left--) clock.advance(250);
	t.is(traces.count, 0);
	t.deepEqual(looks.at(-1)?.topics, []);
	const { length } = looks;
	clock.advance(60_000);
	t.is(looks.length, length);
});

test('there are only so many traces at once, and one that ends makes room', (t) => {
	const { traces, read } = open();
	for (const id of ['a', 'b', 'c', 'd']) read(id, ['*']);
	t.throws(() => read('e', ['*']), { code: 'too-many-traces' });
	traces.end('a');
	t.notThrows(() => read('e', ['*']));
	traces.close();
	t.is(traces.count, 0);
});
