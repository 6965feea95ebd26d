import test from 'ava';
import { decodeAny, encodeAny } from '../../proto/host/codec.ts';
import { orders, otherProbe, probe, recordProbe } from '../../runtime/recording/recorded-probe.fixture.ts';
import { readRecording } from '../../runtime/recording/recording.ts';
import { inspect, inspectionText } from './inspection.ts';
import { bytesText, firstDifference } from './payload-text.ts';
import { prepareBuild, Replay } from './replay.ts';

const story = [
	orders({ what: 'put', text: 'name', count: 3 }),
	orders({ what: 'get', text: 'name' }),
	orders({ what: 'count' }, { what: 'log', text: 'a line', count: 1 }),
	orders({ what: 'after', count: 50, text: 'later' }),
];
const recording = await readRecording(await recordProbe(story));

test('the same build is equal to the end', async (t) => {
	const replay = new Replay(recording, await prepareBuild(probe.built.bytes));

	t.is(replay.run()?.difference, undefined);
	t.is(replay.turn, story.length);
	t.is(replay.nextTurn, undefined);
	t.is(replay.step(), undefined);
});

test('a build that counts differently is told of with turn, topic, field and both values, and goes no further', async (t) => {
	const other = await otherProbe('this.orders++;\n\t\tthis.from', 'this.orders += 2;\n\t\tthis.from');
	const replay = new Replay(recording, await prepareBuild(other.bytes));

	const difference = replay.run()?.difference;

	t.like(difference, {
		turn: 2,
		kind: 'other-payload',
		effect: 0,
		topic: 'probe.out',
		field: { path: 'count', expected: 2, found: 4 },
	});
	t.is(
		difference?.text,
		[
			'turn 2: effect 1 differs',
			'field count: 2 was recorded, now it is 4',
			'  recorded: publish on probe.out: {"text":"something","count":2}',
			'  now:      publish on probe.out: {"text":"something","count":4}',
		].join('\n'),
	);
	t.is(replay.step(), undefined);
});

test('a VM can be looked at after any turn: what it was given, what it said, what it keeps, what comes next', async (t) => {
	const replay = new Replay(recording, await prepareBuild(probe.built.bytes));
	const played = replay.run(2);
	if (played === undefined) return t.fail();

	const inspection = inspect(replay, played);

	t.like(inspection, {
		turn: 2,
		inbox: ['message on probe.order from VM 0: {"what":"get","count":0,"text":"name"}'],
		reads: ['read "name": "xxx"'],
		effects: ['publish on probe.out: {"text":"something","count":2}'],
		stored: { name: '"xxx"' },
	});
	t.deepEqual(inspection.next?.length, 2);
	t.true(inspection.memoryBytes >= 65_536 && inspection.fuel > 0);
	t.deepEqual(inspect(replay, replay.run(3) ?? played).log, ['info a line']);
	t.regex(
		inspectionText(inspection, { head: (line) => line }),
		/^turn 2 at 20.*\ngiven:\n {2}message on probe.order/,
	);
});

test('the first field that differs is found at any depth', (t) => {
	const one = { a: 1, list: [{ b: 'x' }, { b: 'y' }] };

	t.is(firstDifference(one, structuredClone(one)), undefined);
	t.deepEqual(firstDifference(one, { a: 1, list: [{ b: 'x' }, { b: 'z' }] }), {
		path: 'list[1].b',
		expected: 'y',
		found: 'z',
	});
	t.like(firstDifference(one, { a: 1, list: [{ b: 'x' }] }), { path: 'list[1]', found: undefined });
	t.like(firstDifference(one, { ...one, more: true }), { path: 'more', expected: undefined, found: true });
});

test('bytes of no known type are shown as text where they are text', (t) => {
	t.is(bytesText(new TextEncoder().encode('on\n')), '"on\\n"');
	t.is(bytesText(Uint8Array.of(0, 255)), '00ff');
	t.is(bytesText(new Uint8Array(100)), `${'00'.repeat(64)} ... (100 bytes)`);
	t.is(bytesText(new Uint8Array()), '(nothing)');
});

test('a message that its type does not know is shown as bytes', async (t) => {
	const schema = JSON.parse(probe.component.schema) as object;
	const word = encodeAny(schema, 'probe.Word', { text: 'x', count: 1 });
	t.deepEqual(decodeAny(schema, 'probe.Word', word), { text: 'x', count: 1 });
	const { text } = new Replay(recording, await prepareBuild(probe.built.bytes));

	t.is(
		text.effect({ tag: 'publish', val: { topic: 0, payload: word } }),
		'publish on probe.out: {"text":"x","count":1}',
	);
	t.is(
		text.effect({ tag: 'publish', val: { topic: 0, payload: Uint8Array.of(255) } }),
		'publish on probe.out: ff',
	);
	t.is(
		text.effect({ tag: 'publish', val: { topic: 9, payload: Uint8Array.of(1) } }),
		'publish on topic 9: 01',
	);
});
