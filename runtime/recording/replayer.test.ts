import test from 'ava';
import fc from 'fast-check';
import type { Effect } from '../component/generated/service.ts';
import { orders, probe, recordProbe } from './recorded-probe.fixture.ts';
import { finished, framedOpening, readRecording, wholeLength } from './recording.ts';
import { type Replayed, Replayer } from './replayer.ts';
import { framedState } from './state-writing.ts';
import { framedTurn, type TurnRecord } from './turn-record.ts';

const story = [
	orders({ what: 'count' }),
	orders({ what: 'put', text: 'name', count: 3 }, { what: 'after', text: 'later', count: 50 }),
	orders({ what: 'get', text: 'name' }, { what: 'get', text: 'nothing' }),
	[{ tag: 'timer' as const, val: 1 }],
	orders({ what: 'fetch', text: 'http://content.mullion.test/a', count: 10 }),
	orders({ what: 'chain', count: 2 }, { what: 'log', text: 'a line', count: 2 }),
];

/** What each turn came to, up to the first difference. */
async function replay(
	file: Uint8Array,
	change: (turn: TurnRecord) => TurnRecord = (turn) => turn,
): Promise<Replayed[]> {
	const { opening, turns } = await readRecording(file);
	const replayer = new Replayer({ component: probe.component, opening, isSameBuild: true });
	const played: Replayed[] = [];
	for (const turn of turns) {
		const replayed = replayer.play(change(turn));
		played.push(replayed);
		if (replayed.difference !== undefined) break;
	}
	return played;
}

test('the same build does the same in every turn, with the same fuel', async (t) => {
	const played = await replay(await recordProbe(story));

	t.is(played.length, story.length + 1);
	t.true(played.every(({ difference }) => difference === undefined));
	t.true(played.every(({ fuel }) => fuel > 0));
	t.deepEqual(played.at(-1)?.log.length, 2);
});

test('whatever a VM was told, it does again, up to the fault that ended it', async (t) => {
	const order = fc.record({
		what: fc.constantFrom(
			'count',
			'put',
			'get',
			'after',
			'every',
			'fetch',
			'chain',
			'log',
			'ask',
			'answer',
			'trap',
		),
		count: fc.nat({ max: 300 }),
		text: fc.constantFrom('', 'a', 'b', 'http://content.mullion.test/a'),
	});
	const inboxes = fc.array(
		fc.array(order, { maxLength: 4 }).map((given) => orders(...given)),
		{ maxLength: 6 },
	);
	await fc.assert(
		fc.asyncProperty(inboxes, async (given) => {
			const file = await recordProbe(given);
			const played = await replay(file);
			t.is(played.at(-1)?.difference, undefined);
			t.is(played.length, (await readRecording(file)).turns.length);
		}),
		{ numRuns: 40 },
	);
});

test('a VM that had stored something before finds it when it is replayed', async (t) => {
	const bucket = new Map([['old', Uint8Array.of(1, 2, 3)]]);
	const file = await recordProbe([orders({ what: 'get', text: 'old' })], { bucket });

	const [, turn] = await replay(file);

	t.is(turn?.difference, undefined);
	t.is(turn?.outcome.tag, 'done');
});

for (const what of ['trap', 'loop', 'grow', 'refuse', 'flood']) {
	test(`a turn that was given "${what}" ends as it did`, async (t) => {
		const file = await recordProbe([orders({ what, count: 600 })]);

		const played = await replay(file);

		t.deepEqual(
			played.map(({ difference }) => difference),
			[undefined, undefined],
		);
	});
}

type Change = (effects: readonly Effect[]) => readonly Effect[];
const changes: readonly (readonly [says: string, change: Change, difference: object])[] = [
	[
		'another message',
		() => [{ tag: 'publish', val: { topic: 0, payload: Uint8Array.of(1) } }],
		{ kind: 'other-payload', effect: 0 },
	],
	[
		'another topic',
		(effects) =>
			effects.map((effect) =>
				effect.tag === 'publish' ? { ...effect, val: { ...effect.val, topic: 1 } } : effect,
			),
		{ kind: 'other-topic', effect: 0 },
	],
	[
		'an effect more',
		(effects) => [...effects, { tag: 'cancel-timer', val: 3 }],
		{ kind: 'missing', effect: 1 },
	],
	['an effect less', () => [], { kind: 'extra', effect: 0 }],
	['another kind of effect', () => [{ tag: 'cancel-timer', val: 3 }], { kind: 'other-effect', effect: 0 }],
];
for (const [says, change, difference] of changes) {
	test(`a record that says ${says} is a difference of its kind`, async (t) => {
		const played = await replay(await recordProbe(story), (turn) =>
			turn.turn === 1 && turn.outcome.tag === 'done'
				? { ...turn, outcome: { tag: 'done', effects: change(turn.outcome.effects) } }
				: turn,
		);

		t.is(played.length, 2);
		t.like(played[1]?.difference, difference);
	});
}

test('a timer that was set for another time is a difference of its value', async (t) => {
	const played = await replay(await recordProbe(story), (turn) => {
		if (turn.turn !== 2 || turn.outcome.tag !== 'done') return turn;
		const effects = turn.outcome.effects.map((effect) =>
			effect.tag === 'set-timer' ? { ...effect, val: { ...effect.val, delayMs: 51 } } : effect,
		);
		return { ...turn, outcome: { tag: 'done', effects } };
	});

	t.like(played.at(-1)?.difference, { kind: 'other-value', effect: 1 });
});

test('a guest that reads something else differs in that, and one that reads less', async (t) => {
	const file = await recordProbe(story);
	const reading = (reads: TurnRecord['reads']) =>
		replay(file, (turn) => (turn.turn === 3 ? { ...turn, reads } : turn));

	t.deepEqual((await reading([{ key: 'other', value: undefined }])).at(-1)?.difference, {
		kind: 'other-read',
		read: 0,
		expected: 'other',
		found: 'name',
	});
	const three = ['name', 'nothing', 'more'].map((key) => ({ key, value: undefined }));
	t.like((await reading(three)).at(-1)?.difference, { read: 2, expected: 'more', found: undefined });
});

test('what the guest finds in its bucket is what it found then', async (t) => {
	const played = await replay(await recordProbe(story), (turn) =>
		turn.turn === 3 ? { ...turn, reads: turn.reads.map(({ key }) => ({ key, value: undefined })) } : turn,
	);

	t.like(played.at(-1)?.difference, { kind: 'other-payload', effect: 0 });
});

test('a turn that fails where it did not, or does not where it did, is a difference', async (t) => {
	const failed: TurnRecord['outcome'] = { tag: 'fault', code: 'trapped', message: '' };
	const played = await replay(await recordProbe(story), (turn) =>
		turn.turn === 1 ? { ...turn, outcome: failed } : turn,
	);
	t.like(played.at(-1)?.difference, { kind: 'other-outcome', expected: failed, found: { tag: 'done' } });

	const trapped = await replay(await recordProbe([orders({ what: 'trap' })]), (turn) =>
		turn.turn === 1 ? { ...turn, outcome: { ...failed, code: 'over-budget' } } : turn,
	);
	t.like(trapped.at(-1)?.difference, { kind: 'other-outcome', found: { tag: 'fault', code: 'trapped' } });
});

test('the same build that uses other fuel is a difference: turns have to be the same everywhere', async (t) => {
	const played = await replay(await recordProbe(story), (turn) => ({ ...turn, fuel: turn.fuel + 1 }));

	t.like(played.at(-1)?.difference, { kind: 'other-fuel' });
});

test('a recording ends before what does not fit into it', async (t) => {
	const { turns, why } = await readRecording(await recordProbe(story, { bytes: 150 }));

	t.is(why, 'the recording is full');
	t.true(turns.length < story.length);
});

test('a recording that was changed, cut off or added to is refused', async (t) => {
	const file = await recordProbe(story);

	for (let at = 0; at < file.length; at += 7) {
		const changed = file.slice();
		changed[at] = (changed[at] as number) ^ 0x10;
		await t.throwsAsync(readRecording(changed), { code: 'malformed-recording' }, `byte ${at}`);
		await t.throwsAsync(readRecording(file.subarray(0, at)), { code: 'malformed-recording' });
	}
	await t.throwsAsync(readRecording(Uint8Array.of(...file, 0x7a, 0)), { code: 'malformed-recording' });
});

test('what came of a recording before its reader was cut off is a recording too, turn by turn', async (t) => {
	const file = await recordProbe(story);
	const { turns } = await readRecording(file);
	const seen = new Set<number>();

	// Shorter than its opening and its start it is nothing.
	for (let cut = 300; cut < file.length - 60; cut += 5) {
		const parts = file.subarray(0, cut);
		const rest = await readRecording(await finished(parts.subarray(0, wholeLength(parts)), 'lost'));
		t.deepEqual(rest.turns, turns.slice(0, rest.turns.length));
		seen.add(rest.turns.length);
	}

	t.true(seen.size > 3);
});

test('a state stands before the turns or the recording is refused, and the turn behind it is the first', async (t) => {
	const { opening, turns } = await readRecording(await recordProbe(story));
	const state = framedState({ snapshot: Uint8Array.of(1), stored: new Map([['käfer', Uint8Array.of(2)]]) });
	const made = (...parts: Uint8Array[]) =>
		finished(new Uint8Array(Buffer.concat([framedOpening(opening), ...parts])), 'asked for');
	const [start, first] = turns.map((turn) => framedTurn(turn));
	if (start === undefined || first === undefined) return t.fail();

	const recording = await readRecording(await made(state, first));

	t.deepEqual(recording.state, {
		snapshot: Uint8Array.of(1),
		bucket: [{ key: 'käfer', value: Uint8Array.of(2) }],
	});
	t.is(recording.turns[0]?.turn, 1);
	for (const parts of [[start, state], [first, state], [state, state, first], [state, start], [state]])
		await t.throwsAsync(
			made(...parts).then((file) => readRecording(file)),
			{ code: 'malformed-recording' },
		);
});
