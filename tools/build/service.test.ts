import { readFile } from 'node:fs/promises';
import test from 'ava';
import fc from 'fast-check';
import type { Effect, Event } from '../../runtime/component/generated/service.ts';
import { servicesWit } from './house.ts';
import {
	buildDiary,
	coreOf,
	decode,
	encode,
	init,
	message,
	order,
	runByJco,
	runDirectly,
	type Sent,
} from './proof/diary.ts';
import type { Type } from './wit/model.ts';
import { parseWit } from './wit/parse.ts';
import { anyValue } from './wit/proof/value.ts';

const built = await buildDiary();
const core = coreOf(built);

/** A started diary; `turn` gives the effects without the note that ends every turn. */
function diary() {
	const running = runDirectly(core);
	const started = running.start(1000n, init);
	const turn = (...inbox: Event[]) => {
		const { val } = running.turn(2000n, inbox);
		return (val as Effect[]).slice(0, -1);
	};
	return { ...running, started: started.val as Effect[], turn };
}

const entry = (text: string): Effect => ({
	tag: 'publish',
	val: { topic: 0, payload: encode('diary.Entry', { text }) },
});

test('a service knows at its start who it is, what it is set to and when it is', (t) => {
	t.deepEqual(diary().started, [
		entry('started as proof in vm 7 on lte0 at 1000'),
		{ tag: 'set-timer', val: { id: 1, delayMs: 1000, repeat: true } },
	]);
});

test('effects of several events come in the order in which they were made, and flush comes last', (t) => {
	const running = runDirectly(core);
	running.start(1000n, init);
	const note = (text: string) => message({ topic: 'diary.note', payload: encode('diary.Note', { text }) });
	t.deepEqual(running.turn(2000n, [note('one'), note('two')]), {
		tag: 'ok',
		val: [entry('note one'), entry('note two'), entry('end of turn 1')],
	});
	t.deepEqual(running.turn(3000n, []), { tag: 'ok', val: [entry('end of turn 2')] });
});

test('a request is answered with its own correlation, now or later', (t) => {
	const { turn } = diary();
	const content = Uint8Array.of(1, 2, 3);
	t.deepEqual(turn(order({ what: 'reply', content, correlation: 9 })), [
		{ tag: 'reply', val: { correlation: 9, outcome: { tag: 'ok', val: content } } },
	]);
	t.deepEqual(turn(order({ what: 'reject', text: 'no', correlation: 10 })), [
		{ tag: 'reply', val: { correlation: 10, outcome: { tag: 'err', val: 'no' } } },
	]);
	t.deepEqual(turn(order({ what: 'reply-to', number: 4, content })), [
		{ tag: 'reply', val: { correlation: 4, outcome: { tag: 'ok', val: content } } },
	]);
});

test('what was no request is not answered: refusing it is a line in the log', (t) => {
	const { turn, log } = diary();
	t.deepEqual(turn(order({ what: 'reject', text: 'not like this' }), order({ what: 'reply' })), []);
	t.deepEqual(log, ['warn: not like this', 'warn: a reply to what was no request']);
});

test('a topic that the manifest does not declare is not published, and requests to it fail', (t) => {
	const { turn, log } = diary();
	t.deepEqual(turn(order({ what: 'publish', text: 'other.topic' })), []);
	t.deepEqual(log, ['warn: not published: the manifest declares no topic other.topic']);
	const [request] = turn(order({ what: 'request', text: 'other.topic', number: 5 }));
	t.like(request, { tag: 'request', val: { topic: 0xffff_ffff, correlation: 1, deadlineMs: 5 } });
});

test('requests and streams are numbered from 1', (t) => {
	const { turn } = diary();
	t.like(turn(order({ what: 'request', text: 'diary.note', number: 5 })), [
		{ tag: 'request', val: { topic: 2, correlation: 1 } },
		entry('asks 1'),
	]);
	t.like(turn(order({ what: 'request', text: 'diary.note', number: 5 }))[0], { val: { correlation: 2 } });
	t.like(turn(order({ what: 'fetch', text: 'http://a/b', number: 64 })), [
		{ tag: 'fetch', val: { stream: 1, url: 'http://a/b', offset: 64n, length: 10n } },
		entry('fetches 1'),
	]);
});

test('answers, failures, chunks and reports reach the service', (t) => {
	const { turn } = diary();
	t.deepEqual(
		turn(
			{ tag: 'answer', val: { correlation: 1, outcome: { tag: 'ok', val: new Uint8Array(3) } } },
			{ tag: 'answer', val: { correlation: 2, outcome: { tag: 'err', val: 'timed-out' } } },
			{ tag: 'chunk', val: { stream: 1, offset: 5_000_000_000n, bytes: new Uint8Array(9) } },
			{ tag: 'stream-ended', val: { stream: 1, outcome: { tag: 'ok', val: 6_000_000_000n } } },
			{ tag: 'stream-ended', val: { stream: 2, outcome: { tag: 'err', val: 'unreachable' } } },
			{ tag: 'sink', val: { nextSequence: 4n, at: 5n, buffered: 6 } },
		),
		[
			entry('answer 1 of 3 bytes'),
			entry('failed 2 too late'),
			entry('chunk 1 at 5000000000 of 9 bytes'),
			entry('stream 1 ended at 6000000000'),
			entry('stream 2 failed 3'),
			entry('sink wants 4 at 5, has 6'),
		],
	);
});

test('a timer has a name, runs out once, and is replaced by another of its name', (t) => {
	const { turn } = diary();
	t.deepEqual(turn(order({ what: 'after', text: 'tea', number: 180_000 })), [
		{ tag: 'set-timer', val: { id: 2, delayMs: 180_000, repeat: false } },
	]);
	t.deepEqual(turn(order({ what: 'after', text: 'tea', number: 10 })), [
		{ tag: 'cancel-timer', val: 2 },
		{ tag: 'set-timer', val: { id: 3, delayMs: 10, repeat: false } },
	]);
	// The first one had run out just before it was replaced, and again just after.
	t.deepEqual(turn({ tag: 'timer', val: 2 }), []);
	t.deepEqual(turn({ tag: 'timer', val: 3 }, { tag: 'timer', val: 3 }), [entry('timer tea')]);
	t.deepEqual(turn({ tag: 'timer', val: 1 }, { tag: 'timer', val: 1 }), [
		entry('timer beat'),
		entry('timer beat'),
	]);
	t.deepEqual(turn(order({ what: 'cancel', text: 'beat' }), order({ what: 'cancel', text: 'beat' })), [
		{ tag: 'cancel-timer', val: 1 },
	]);
});

test('stored values are read back', (t) => {
	const { turn, bucket } = diary();
	t.deepEqual(turn(order({ what: 'get', text: 'key' })), [entry('nothing there')]);
	const value = encode('diary.Entry', { text: 'kept' });
	t.deepEqual(turn(order({ what: 'put', text: 'key', content: value })), [
		{ tag: 'put', val: { key: 'key', value } },
	]);
	bucket.set('key', value);
	t.deepEqual(turn(order({ what: 'get', text: 'key' })), [entry('kept')]);
	t.deepEqual(turn(order({ what: 'remove', text: 'key' })), [{ tag: 'delete', val: 'key' }]);
});

const control = (command: Record<string, unknown>): Sent => ({
	topic: 'session.control',
	payload: encode('mullion.session.SessionControl', { session: 's1', ...command }),
	correlation: 5,
});

const answered = (state: Uint8Array): Effect => ({
	tag: 'reply',
	val: { correlation: 5, outcome: { tag: 'ok', val: encode('mullion.session.SessionAnswer', { state }) } },
});
const none = new Uint8Array(0);

test('session commands are decoded, and answered for the service', (t) => {
	const { turn } = diary();
	const state = Uint8Array.of(4, 2);
	t.deepEqual(turn(message(control({ open: { url: 'http://a' } }))), [
		entry('open s1 http://a'),
		answered(none),
	]);
	t.deepEqual(turn(message(control({ take: { state, nextSequence: 3, nextAtUs: 4 } }))), [
		entry('take s1 from 3 at 4'),
		answered(none),
	]);
	t.deepEqual(turn(message(control({ quiesce: {} }))), [answered(state)]);
	t.deepEqual(turn(message(control({ transfer: {} }))), [answered(state)]);
	t.deepEqual(turn(message(control({ rollback: {} }))), [entry('rollback s1'), answered(none)]);
	t.deepEqual(turn(message(control({ release: {} }))), [entry('release s1'), answered(none)]);
});

test('a session command that cannot be done is refused', (t) => {
	const { turn } = diary();
	const refused = (reason: string): Effect => ({
		tag: 'reply',
		val: { correlation: 5, outcome: { tag: 'err', val: reason } },
	});
	t.deepEqual(turn(message(control({ open: { url: '' } }))), [refused('no address'), entry('open s1 ')]);
	t.deepEqual(turn(message(control({ session: 'gone', quiesce: {} }))), [refused('no such session')]);
	t.deepEqual(turn(message(control({ session: 'gone', transfer: {} }))), [refused('no such session')]);
	t.deepEqual(turn(message(control({ take: { state: none } }))).slice(1), [refused('not taken')]);
	t.deepEqual(turn(message(control({}))), [refused('a session control without a command')]);
	const malformed = { topic: 'session.control', payload: Uint8Array.of(0xff), correlation: 5 };
	t.deepEqual(turn(message(malformed)), [refused('malformed session control')]);
});

test('a session is prepared when the service says so', (t) => {
	const { turn } = diary();
	t.deepEqual(turn(message(control({ prepare: { state: Uint8Array.of(1) } }))), [
		entry('prepare s1 of 1 bytes for 5'),
	]);
	t.deepEqual(turn(order({ what: 'prepared', number: 5 })), [answered(none)]);
});

test('a checkpoint is published for the platform', (t) => {
	const [published] = diary().turn(
		order({ what: 'checkpoint', text: 's1', number: 8, content: Uint8Array.of(3) }),
	);
	t.is(published?.tag, 'publish');
	if (published?.tag !== 'publish') return;
	t.is(published.val.topic, 4);
	t.like(decode('mullion.session.Checkpoint', published.val.payload), {
		session: 's1',
		nextSequence: '8',
		ended: true,
	});
});

test('a service that fails says why before its turn is lost', (t) => {
	for (const [what, reason] of [
		['fail', /^error: as ordered at assembly\/index\.ts:\d+:\d+$/],
		['find', /^error: Index out of range at /],
	] as const) {
		const { turn, log } = diary();
		t.throws(() => turn(order({ what, text: 'as ordered' })), { instanceOf: WebAssembly.RuntimeError });
		t.regex(log.join(), reason);
	}
});

test('garbage is collected between turns, without the help of the host', (t) => {
	const { turn, exports } = diary();
	const memory = exports['memory'] as WebAssembly.Memory;
	// 100 MB of garbage in a memory of 2 MB.
	for (let turns = 0; turns < 1000; turns++) turn(order({ what: 'litter', number: 100 }));
	t.true(memory.buffer.byteLength <= 2_097_152);
});

test("the same inbox has the same effects through jco's glue and through ours", async (t) => {
	const [types] = parseWit(await readFile(servicesWit, 'utf8')).interfaces;
	const definition = types?.definitions.find(({ name }) => name === 'event');
	const event = anyValue({ kind: 'named', definition } as Type) as fc.Arbitrary<Event>;
	const words = [
		'publish',
		'request',
		'reply',
		'reply-to',
		'reject',
		'reject-to',
		'after',
		'every',
		'cancel',
		'put',
	];
	const moreWords = [
		'remove',
		'get',
		'fetch',
		'cancel-fetch',
		'play',
		'log',
		'prepared',
		'checkpoint',
		'litter',
	];
	const anyOrder = fc
		.record({
			what: fc.constantFrom(...words, ...moreWords),
			text: fc.constantFrom('diary.entry', 'diary.note', 'Tür \u{1f3e0}', 'x'.repeat(100)),
			number: fc.nat({ max: 20 }),
			content: fc.uint8Array({ maxLength: 200 }),
			correlation: fc.nat({ max: 2 }),
		})
		.map(order);
	const inbox = fc.array(fc.oneof(anyOrder, event), { maxLength: 5 });
	const generic = await runByJco(built.bytes);
	const direct = runDirectly(core);
	t.deepEqual(direct.start(1n, init), generic.start(1n, init));
	let now = 1n;
	fc.assert(
		fc.property(inbox, (events) => {
			now++;
			t.deepEqual(direct.turn(now, events), generic.turn(now, events));
			t.deepEqual(direct.log.splice(0), generic.log.splice(0));
		}),
		{ numRuns: 300, endOnFailure: true },
	);
});
