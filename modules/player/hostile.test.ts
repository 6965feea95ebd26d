import test from 'ava';
import fc from 'fast-check';
import manifest from './manifest.json' with { type: 'json' };
import { concat, frame } from './mpeg-stream.ts';
import { heardWhole } from './simulation/heard.ts';
import { checkpoint, encode } from './simulation/messages.ts';
import { recording } from './simulation/speech.ts';
import { cellular, Story, url, wifi } from './simulation/story.ts';

test('a server that refuses ends a session that plays, and a preparation with the reason', (t) => {
	const speech = recording(900);
	const story = new Story(speech.bytes);
	const refusing = story.link(wifi);
	refusing.isRefusing = true;
	const source = story.player('thrifty', story.link(cellular));
	const target = story.player('rich', refusing);
	story.open(source);
	story.hear(100);
	const light = story.command(source, { quiesce: {} });
	t.throws(() => story.command(target, { prepare: { state: light } }, 60_000_000), { message: /refuses/ });
	const other = story.player('rich', refusing);
	story.open(other);
	t.true(story.end(other));
	t.true(other.fetches.length <= 6);
	t.true(other.log.some((line) => line.includes('refuses')));
});

test('a resource that is no MPEG audio ends with an error and a last checkpoint', (t) => {
	const story = new Story(new Uint8Array(700_000).fill(0x20));
	const player = story.player('rich', story.link(wifi));
	story.open(player);
	t.true(story.end(player));
	t.is(story.sink.frames.length, 0);
	t.true(player.log.some((line) => line.includes('it is not MPEG audio')));
});

test('a resource that is empty, missing or tiny ends instead of being asked for forever', (t) => {
	for (const bytes of [new Uint8Array(0), new Uint8Array(3)]) {
		const story = new Story(bytes);
		const player = story.player('thrifty', story.link(wifi));
		story.open(player);
		t.true(story.end(player));
		t.true(player.fetches.length < 10);
	}
});

test('what is held stays within the memory of the manifest at the highest bitrate there is, handoff included', (t) => {
	const highest = {
		version: 1,
		layer: 1,
		bitrateIndex: 14,
		rateIndex: 2,
		hasPadding: false,
		hasCrc: false,
	} as const;
	const bytes = concat(Array.from({ length: 4000 }, (_, seed) => frame(highest, seed)));
	const story = new Story(bytes);
	const source = story.player('rich', story.link(wifi));
	const target = story.player('rich', story.link({ ...wifi, bitsPerSecond: 40_000_000 }));
	story.open(source);
	story.hear(1500);
	const heldBytes = Math.max(...source.states.map(({ bufferedBytes }) => bufferedBytes));
	t.true(heldBytes > 1_000_000);
	story.handOver(source, target);
	t.true(story.end(target));
	t.is(Buffer.compare(concat(story.sink.frames.map((heard) => heard.bytes)), bytes), 0);
	t.true(Math.max(source.mostMemory, target.mostMemory) <= manifest.budget.memoryPages * 65_536);
});

test('commands for a session it does not have, or in the wrong order, are refused', (t) => {
	const speech = recording(300);
	const story = new Story(speech.bytes);
	const player = story.player('thrifty', story.link(wifi));
	t.throws(() => story.command(player, { quiesce: {} }));
	t.throws(() => story.command(player, { transfer: {} }));
	t.throws(() => story.command(player, { open: { url: '' } }));
	t.throws(() => story.command(player, { prepare: { state: Uint8Array.of(0x0a, 0xff) } }));
	t.throws(() =>
		story.command(player, { take: { state: Uint8Array.of(0xff), nextSequence: 0, nextAtUs: 0 } }),
	);
	story.open(player);
	t.throws(() => story.command(player, { open: { url } }));
	t.throws(() => story.command(player, { take: { state: new Uint8Array(0), nextSequence: 0, nextAtUs: 0 } }));
	story.command(player, { rollback: {} });
	t.true(story.end(player));
	heardWhole(t, story, speech);
});

test('no state, however made, traps a player or makes it ask without end', (t) => {
	const place = fc.oneof(fc.nat(200_000), fc.constantFrom(0, 2 ** 31, 2 ** 53 - 1));
	const states = fc.record({
		url: fc.constant(url),
		offset: place,
		buffered: fc.uint8Array({ maxLength: 3000 }),
		askedTo: place,
		size: place,
		nextSequence: fc.nat(1000),
		nextAtUs: place,
		atRemainder: fc.nat(),
		started: fc.boolean(),
		lastHeader: fc.nat(),
		step: fc.nat(5),
		ahead: fc.array(fc.record({ offset: place, bytes: fc.uint8Array({ maxLength: 500 }) }), { maxLength: 3 }),
	});
	const speech = recording(200);
	fc.assert(
		fc.property(states, fc.boolean(), fc.nat(1000), (state, isPrepared, nextSequence) => {
			const story = new Story(speech.bytes);
			const player = story.player('thrifty', story.link(wifi));
			const bytes = encode('media.PlaybackState', state);
			story.sink.owner = player;
			try {
				if (isPrepared) story.command(player, { prepare: { state: bytes } }, 1_000_000);
				story.command(player, { take: { state: bytes, nextSequence, nextAtUs: 0 } }, 1_000_000);
			} catch {}
			story.agenda.run(() => false, 20_000_000);
			t.true(player.fetches.length < 60);
			t.true(story.links.every(({ bytesDelivered }) => bytesDelivered < 3 * speech.bytes.length));
			const sequences = story.sink.frames.map(({ sequence }) => sequence);
			t.true(sequences.every((sequence, n) => n === 0 || sequence === (sequences[n - 1] as number) + 1));
			t.notThrows(() => checkpoint(encode('session.Checkpoint', player.checkpoints.at(-1) ?? {})));
		}),
		{ numRuns: 100 },
	);
});
