import test from 'ava';
import fc from 'fast-check';
import { concat } from './mpeg-stream.ts';
import { fetchedOnce, heardAll, heardWhole, seams } from './simulation/heard.ts';
import { playbackState } from './simulation/messages.ts';
import { type Recording, recording } from './simulation/speech.ts';
import { cellular, Story, wifi } from './simulation/story.ts';

for (const [from, to] of [
	['cellular', 'wifi'],
	['wifi', 'cellular'],
] as const) {
	test(`thirty of thirty planned handoffs from ${from} to ${to}: nothing lost, doubled, late or fetched twice`, (t) => {
		const speech = recording(500);
		for (let run = 0; run < 30; run++) {
			const story = new Story(speech.bytes);
			const link = { cellular: story.link(cellular), wifi: story.link(wifi) };
			const persona = { cellular: 'thrifty', wifi: 'rich' } as const;
			const source = story.player(persona[from], link[from]);
			const target = story.player(persona[to], link[to]);
			story.open(source);
			story.hear(1 + run * 15);
			story.handOver(source, target);
			t.true(story.end(target), `run ${run}`);
			heardWhole(t, story, speech);
			fetchedOnce(t, story);
		}
	});
}

test('a handoff at every frame of a short recording leaves no trace', (t) => {
	const speech = recording(90);
	for (let frame = 0; frame <= 88; frame++) {
		const story = new Story(speech.bytes);
		const source = story.player(
			'thrifty',
			story.link({ bitsPerSecond: 80_000, delayUs: 40_000, pieceBytes: 500 }),
		);
		const target = story.player('thrifty', story.link(cellular));
		story.open(source);
		story.hear(frame);
		story.handOver(source, target);
		t.true(story.end(target));
		heardWhole(t, story, speech);
		fetchedOnce(t, story);
	}
});

type Journey = ReturnType<typeof journeys> extends fc.Arbitrary<infer Value> ? Value : never;

/** A session that goes to and fro; `rate` in bits per second is that of every network. */
function journeys(rate: fc.Arbitrary<number>, waitUs: fc.Arbitrary<number>) {
	const delayUs = fc.integer({ min: 1000, max: 120_000 });
	return fc.record({
		hops: fc.array(fc.record({ waitUs, bitsPerSecond: rate, delayUs }), { minLength: 1, maxLength: 5 }),
		first: rate,
		turnDelays: fc.array(fc.nat(20_000), { minLength: 1, maxLength: 50 }),
		pieceBytes: fc.integer({ min: 100, max: 4000 }),
	});
}

function travel(speech: Recording, { hops, first, turnDelays, pieceBytes }: Journey) {
	let turns = 0;
	const turnDelayUs = (): number => turnDelays[turns++ % turnDelays.length] as number;
	const story = new Story(speech.bytes, { turnDelayUs });
	let owner = story.player('thrifty', story.link({ bitsPerSecond: first, delayUs: 50_000, pieceBytes }));
	story.open(owner);
	for (const [i, { waitUs, ...options }] of hops.entries()) {
		story.agenda.run(() => false, waitUs);
		const target = story.player(i % 2 === 0 ? 'rich' : 'thrifty', story.link({ ...options, pieceBytes }));
		story.handOver(owner, target);
		owner = target;
	}
	return { story, owner };
}

test('at any instants, to and fro over networks of twice the bitrate, nothing is lost, doubled, late or fetched twice', (t) => {
	// Without tags: whoever takes over in the middle of one asks for none of its rest.
	const speech = recording(400, { front: new Uint8Array(0), back: new Uint8Array(0) });
	const journey = journeys(
		fc.integer({ min: 150_000, max: 3_000_000 }),
		fc.integer({ min: 300_000, max: 2_500_000 }),
	);
	fc.assert(
		fc.property(journey, (journey) => {
			const { story, owner } = travel(speech, journey);
			t.true(story.end(owner));
			heardWhole(t, story, speech);
			fetchedOnce(t, story);
		}),
		{ numRuns: 60 },
	);
});

test('over networks hardly fit for it the listener waits, counted, but hears every frame once and in order', (t) => {
	const speech = recording(400, { front: new Uint8Array(0), back: new Uint8Array(0) });
	const journey = journeys(fc.integer({ min: 40_000, max: 90_000 }), fc.nat(1_000_000));
	fc.assert(
		fc.property(journey, (journey) => {
			const { story, owner } = travel(speech, journey);
			t.true(story.end(owner));
			heardAll(t, story, speech);
			fetchedOnce(t, story);
			t.is(owner.states.at(-1)?.rebuffers, seams(story));
		}),
		{ numRuns: 60 },
	);
});

test('a handoff that goes back before or after the state was given leaves the source as it was', (t) => {
	const speech = recording(500);
	for (const isGiven of [false, true]) {
		const story = new Story(speech.bytes);
		const source = story.player('thrifty', story.link(cellular));
		const target = story.player('rich', story.link(wifi));
		story.open(source);
		story.hear(100);
		const light = story.command(source, { quiesce: {} });
		story.command(target, { prepare: { state: light } });
		if (isGiven) story.command(source, { transfer: {} });
		story.command(target, { rollback: {} });
		story.command(source, { rollback: {} });
		t.true(story.end(source));
		heardWhole(t, story, speech);
		t.throws(() => story.command(target, { transfer: {} }));
	}
});

test('a target that took the session and is told that it did not happen lets go of it', (t) => {
	const speech = recording(300);
	const story = new Story(speech.bytes);
	const source = story.player('thrifty', story.link(cellular));
	const target = story.player('rich', story.link(wifi));
	story.open(source);
	story.hear(100);
	const light = story.command(source, { quiesce: {} });
	story.command(target, { prepare: { state: light } });
	const state = story.command(source, { transfer: {} });
	story.command(target, {
		take: { state, nextSequence: story.sink.next.sequence, nextAtUs: story.sink.next.at },
	});
	story.command(target, { rollback: {} });
	const strangers = story.sink.strangers;
	story.command(source, { rollback: {} });
	t.true(story.end(source));
	t.is(story.sink.strangers, strangers);
	t.throws(() => story.command(target, { quiesce: {} }), { message: 'no such session' });
	t.deepEqual(
		story.sink.frames.map(({ sequence }) => sequence),
		speech.frames.map((_, n) => n),
	);
});

test('while a handoff is prepared the source asks for nothing, and goes on from what it has', (t) => {
	const speech = recording(1000);
	const story = new Story(speech.bytes);
	const link = story.link(cellular);
	const source = story.player('thrifty', link);
	story.open(source);
	story.hear(200);
	const light = playbackState(story.command(source, { quiesce: {} }));
	const fetches = source.fetches.length;
	const heard = story.sink.frames.length;
	t.is(light.buffered.length, 0);
	t.is(light.ahead.length, 0);
	story.agenda.run(() => false, 2_000_000);
	t.is(source.fetches.length, fetches);
	t.true(story.sink.frames.length > heard + 60);
	const whole = playbackState(story.command(source, { transfer: {} }));
	t.is(whole.offset + whole.buffered.length, light.askedTo);
});

test('a network that is lost from one instant to the next is survived from the buffer', (t) => {
	const speech = recording(1200);
	const story = new Story(speech.bytes);
	const lost = story.link(wifi);
	const source = story.player('rich', lost);
	const target = story.player('thrifty', story.link(cellular));
	story.open(source);
	story.hear(150);
	lost.down();
	story.agenda.run(() => false, 3_000_000);
	story.handOver(source, target);
	t.true(story.end(target));
	heardWhole(t, story, speech);
	fetchedOnce(t, story);
});

test('after a crash another player goes on from a checkpoint, skipping what the sink has', (t) => {
	const speech = recording(700);
	for (let frame = 1; frame < 600; frame += 37) {
		const story = new Story(speech.bytes);
		const source = story.player('thrifty', story.link(cellular));
		story.open(source);
		story.hear(frame);
		source.crash();
		// The newest of which every frame is in the sink.
		const kept = source.checkpoints.findLast(({ nextSequence }) => nextSequence <= story.sink.next.sequence);
		const target = story.player('rich', story.link(wifi));
		t.truthy(kept);
		story.take(target, kept?.state ?? new Uint8Array(0));
		t.true(story.end(target));
		heardWhole(t, story, speech);
	}
});

test('a player that takes over too late moves the timeline once and says so', (t) => {
	const speech = recording(700);
	const story = new Story(speech.bytes);
	const source = story.player('thrifty', story.link(cellular));
	const target = story.player('rich', story.link(wifi));
	story.open(source);
	story.hear(200);
	source.crash();
	story.agenda.run(() => false, 10_000_000);
	story.take(target, source.checkpoints.at(-1)?.state ?? new Uint8Array(0));
	t.true(story.end(target));
	heardAll(t, story, speech);
	t.is(seams(story), 1);
	t.is(target.states.at(-1)?.rebuffers, 1);
});

test('a handoff between a lone frame and garbage does not lose the frame', (t) => {
	const { frames } = recording(160);
	const garbage = new Uint8Array(50).fill(0x55);
	const bytes = concat(frames.flatMap((frame, n) => (n % 2 === 0 ? [frame] : [frame, garbage])));
	for (let at = 0; at < 58; at++) {
		const story = new Story(bytes);
		// Slow enough that the sink takes frame by frame.
		const source = story.player(
			'thrifty',
			story.link({ bitsPerSecond: 40_000, delayUs: 20_000, pieceBytes: 100 }),
		);
		const target = story.player('thrifty', story.link(cellular));
		story.open(source);
		story.hear(at);
		story.handOver(source, target);
		t.true(story.end(target));
		t.deepEqual(
			story.sink.frames.map((heard) => heard.bytes),
			frames,
		);
		t.is(target.states.at(-1)?.resyncs, 80);
		fetchedOnce(t, story);
	}
});

test('a target says that it is prepared when the first byte is there, and not before', (t) => {
	const speech = recording(900);
	const story = new Story(speech.bytes);
	const source = story.player('thrifty', story.link(cellular));
	const link = story.link(wifi);
	const target = story.player('rich', link);
	story.open(source);
	story.hear(100);
	link.down();
	const light = story.command(source, { quiesce: {} });
	t.throws(() => story.command(target, { prepare: { state: light } }, 1_000_000), { message: 'no-answer' });
	t.is(link.bytesDelivered, 0);
	link.up();
	t.true(story.agenda.run(() => target.answers.has(1), 2_000_000));
	t.true(link.bytesDelivered > 0);
	story.commit({ source, target });
	t.true(story.end(target));
	heardWhole(t, story, speech);
	fetchedOnce(t, story);
});
