import test from 'ava';
import { fetchedOnce, heardAll, heardWhole, seams } from './simulation/heard.ts';
import { recording } from './simulation/speech.ts';
import { cellular, Story, wifi } from './simulation/story.ts';

test('a recording is heard whole, in time, and every byte is fetched once', (t) => {
	const speech = recording(600);
	const story = new Story(speech.bytes);
	const player = story.player('thrifty', story.link(cellular));
	story.open(player);
	t.true(story.end(player));
	heardWhole(t, story, speech);
	fetchedOnce(t, story);
	t.true(story.sink.frames.every(({ ahead }) => ahead <= 1_500_000));
	t.like(player.states.at(-1), {
		ended: true,
		rebuffers: 0,
		resyncs: 0,
		bitrate: 64_000,
		sampleRate: 22_050,
	});
});

test('the thrifty player holds about four seconds ready, and the rich one about twenty', (t) => {
	const speech = recording(2000);
	for (const [persona, leastMs, mostMs] of [
		['thrifty', 2500, 6500],
		['rich', 18_000, 29_000],
	] as const) {
		const story = new Story(speech.bytes);
		const player = story.player(persona, story.link(wifi));
		story.open(player);
		story.hear(600);
		const { bufferedMs } = player.states.at(-1) ?? { bufferedMs: 0 };
		t.true(bufferedMs > leastMs && bufferedMs < mostMs, `${persona} holds ${bufferedMs} ms`);
	}
});

test('a network that comes and goes costs nothing as long as the buffer lasts', (t) => {
	const speech = recording(900);
	const story = new Story(speech.bytes);
	const link = story.link(wifi);
	const player = story.player('rich', link);
	story.open(player);
	for (let frame = 200; frame <= 800; frame += 150) {
		story.hear(frame);
		link.down();
		story.agenda.run(() => false, 2_000_000);
		link.up();
	}
	t.true(story.end(player));
	heardWhole(t, story, speech);
	fetchedOnce(t, story);
});

test('fetches that break off are asked for again from where they broke', (t) => {
	const speech = recording(900);
	const story = new Story(speech.bytes);
	const link = story.link({ ...wifi, breaksAt: (piece) => piece % 17 === 16 });
	const player = story.player('rich', link);
	story.open(player);
	t.true(story.end(player));
	heardWhole(t, story, speech);
	fetchedOnce(t, story);
});

test('a source that stalls beyond the buffer costs one counted wait, and no frame', (t) => {
	const speech = recording(900);
	const story = new Story(speech.bytes);
	const link = story.link(cellular);
	const player = story.player('thrifty', link);
	story.open(player);
	story.hear(300);
	link.stall();
	story.agenda.run(() => false, 20_000_000);
	t.true(player.states.at(-1)?.waiting);
	link.flow();
	t.true(story.end(player));
	heardAll(t, story, speech);
	t.is(seams(story), 1);
	t.is(player.states.at(-1)?.rebuffers, 1);
});

test('a picture in a tag is not fetched', (t) => {
	const speech = recording(300, { front: new Uint8Array(0) });
	const tag = new Uint8Array(1_000_000);
	tag.set([0x49, 0x44, 0x33, 4, 0, 0, ...[21, 14, 7, 0].map((bit) => ((tag.length - 10) >> bit) & 0x7f)]);
	const bytes = new Uint8Array(tag.length + speech.bytes.length);
	bytes.set(tag);
	bytes.set(speech.bytes, tag.length);
	const story = new Story(bytes);
	const link = story.link(cellular);
	const player = story.player('thrifty', link);
	story.open(player);
	t.true(story.end(player));
	heardWhole(t, story, speech);
	t.true(link.bytesDelivered < speech.bytes.length + 40_000);
});
