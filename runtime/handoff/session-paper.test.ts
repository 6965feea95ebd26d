import test from 'ava';
import { ManualClock } from '../manual-clock.ts';
import { MemoryDirectory } from '../memory-directory.ts';
import { Bars } from './bars.ts';
import { Session } from './session.ts';
import { SessionJournal } from './session-journal.ts';
import { SessionPaper } from './session-paper.ts';
import type { SinkPlace } from './session-sink.ts';
import { SimulatedSink } from './simulated-sink.ts';

const state = new Uint8Array([1, 2, 3]);

test('a place that was heard before the session was begun anew is not written', async (t) => {
	const { session, paper, journal, sink } = setUp();
	const place = Promise.withResolvers<SinkPlace>();
	sink.durable = () => place.promise;
	session.keep({ state, nextSequence: 40 });
	const flushed = paper.flush();
	session.forgetStates();
	session.keep({ state, nextSequence: 4 });
	place.resolve({ nextSequence: 50, playedBytes: 5000 });
	await flushed;
	await paper.announce();
	t.is((await journal.readAll()).entries[0]?.safe, undefined);
});

test('a checkpoint is written once everything before it is heard, and not earlier', async (t) => {
	const { session, paper, journal, sink } = setUp();
	let place = { nextSequence: 39, playedBytes: 3900 };
	sink.durable = async () => place;
	session.keep({ state, nextSequence: 40 });
	await paper.flush();
	t.is((await journal.readAll()).entries[0], undefined);
	place = { nextSequence: 41, playedBytes: 4100 };
	await paper.flush();
	t.deepEqual((await journal.readAll()).entries[0]?.safe, { state, nextSequence: 40, place });
});

test('a write that failed is told, and done again with the next one', async (t) => {
	const { session, paper, journal, sink, troubles, directory, clock } = setUp();
	sink.durable = async () => ({ nextSequence: 50, playedBytes: 5000 });
	session.keep({ state, nextSequence: 40 });
	directory.disk.failAfter(0, 'disk-full');
	await paper.flush();
	t.deepEqual(troubles, ['journal-failed']);
	clock.advance(1000);
	await new Promise((resolve) => setImmediate(resolve));
	t.is((await journal.readAll()).entries[0]?.safe?.nextSequence, 40);
});

test('nothing is written of a session that is over', async (t) => {
	const { paper, directory } = setUp();
	await paper.announce();
	await paper.remove();
	paper.note();
	await paper.flush();
	await paper.announce();
	t.deepEqual(await directory.list(), []);
});

function setUp() {
	const clock = new ManualClock();
	const directory = new MemoryDirectory();
	const journal = new SessionJournal(directory);
	const sink = new SimulatedSink();
	const session = new Session({
		id: 'media-1',
		kind: 'media',
		url: 'http://content/film',
		start: { nextSequence: 0, playedBytes: 0 },
		bars: new Bars({ clock, retryMs: 1000, retryMostMs: 60_000 }),
	});
	const troubles: string[] = [];
	const onTrouble = ({ code }: { code: string }) => troubles.push(code);
	const paper = new SessionPaper({ session, journal, sink, clock, intervalMs: 1000, onTrouble });
	return { clock, directory, journal, sink, session, paper, troubles };
}
