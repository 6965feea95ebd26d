import test from 'ava';
import fc from 'fast-check';
import { ConsoleLines, timedText } from './console-lines.ts';
import { startsOf } from './start-phases.ts';

test('lines are the same however the stream is cut, and begin when their first piece came', (t) => {
	fc.assert(
		fc.property(fc.array(fc.string({ unit: fc.constantFrom('a', 'b', '\n', '\r\n') })), (pieces) => {
			const lines = new ConsoleLines(() => 0);
			lines.begin();
			for (const piece of pieces) lines.feed(piece);
			const expected = pieces.join('').replaceAll('\r', '').split('\n');
			if (expected.at(-1) === '') expected.pop();
			t.deepEqual(
				lines.all.map(({ text }) => text.replaceAll('\r', '')),
				expected,
			);
		}),
	);
	let now = 1000;
	const lines = new ConsoleLines(() => now);
	lines.begin();
	now = 1500;
	lines.feed('U-B');
	now = 2500;
	lines.feed('oot\nready\n=> ');
	t.deepEqual(lines.all, [
		{ text: 'U-Boot', atMs: 500, life: 1 },
		{ text: 'ready', atMs: 1500, life: 1 },
		{ text: '=> ', atMs: 1500, life: 1 },
	]);
});

test('a start is told by its phases, once for each life', (t) => {
	let now = 0;
	const lines = new ConsoleLines(() => now);
	for (const said of [
		['U-Boot 2023.01', 'mullion: starting slot a', 'Starting kernel ...', 'ready'],
		['U-Boot 2023.01', 'mullion: starting slot b'],
	]) {
		lines.begin();
		for (const line of said) {
			now += 250;
			lines.feed(`${line}\r\n`);
		}
	}

	t.deepEqual(startsOf(lines.all), [
		{ life: 1, phases: { 'boot loader': 250, slot: 500, kernel: 750, platform: 1000 } },
		{ life: 2, phases: { 'boot loader': 250, slot: 500 } },
	]);
	t.true(timedText(lines.all).includes('    0.500  mullion: starting slot a\n'));
	t.true(timedText(lines.all).includes('switched on again'));
});
