import test from 'ava';
import { ManualClock } from '../../manual-clock.ts';
import { MemoryOutput } from './audio-output.ts';
import { SessionPlayers } from './session-players.ts';

function setUp() {
	const clock = new ManualClock();
	const outputs = new Map<string, MemoryOutput>();
	const players = new SessionPlayers({
		clock,
		outputOf: (session) => {
			const output = new MemoryOutput();
			outputs.set(session, output);
			return output;
		},
	});
	const startUs = clock.now();
	const frame = (sequence: number) => ({
		sequence,
		atUs: startUs + sequence * 10_000,
		durationUs: 10_000,
		bytes: new Uint8Array([sequence]),
	});
	return { clock, outputs, players, frame };
}

test('each frame goes to the session that its VM owns', (t) => {
	const { clock, outputs, players, frame } = setUp();
	players.assign('first', 1);
	players.assign('second', 2);
	players.take(1, frame(0));
	players.take(2, frame(0));
	players.take(2, frame(1));
	players.take(3, frame(0));
	clock.advance(100);
	t.is(outputs.get('first')?.frames.length, 1);
	t.is(outputs.get('second')?.frames.length, 2);
	t.is(players.refused, 1);
});

test('a session that is finished is heard to its end, and its account is kept', async (t) => {
	const { clock, players, frame, outputs } = setUp();
	players.assign('one', 1);
	for (let sequence = 0; sequence < 5; sequence++) players.take(1, frame(sequence));
	const finished = players.finish('one');
	clock.advance(1000);
	t.like(await finished, { played: 5, lost: 0 });
	t.is(outputs.get('one')?.frames.length, 5);
	t.like(players.account('one'), { played: 5 });
});

test('what is durable is what was given to the output, not what still waits', async (t) => {
	const { clock, players, frame } = setUp();
	players.assign('one', 1);
	for (let sequence = 0; sequence < 5; sequence++) players.take(1, frame(sequence));
	clock.advance(15);
	t.deepEqual(await players.durable('one'), { nextSequence: 2, playedBytes: 2 });
	t.like(players.position('one'), { nextSequence: 5 });
});
