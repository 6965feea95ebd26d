import test from 'ava';
import fc from 'fast-check';
import { SerialExpect, type SerialMatch, type SerialPattern } from './serial-expect.ts';

/** Cuts a text at arbitrary places. */
function pieces(text: string, cuts: readonly number[]): string[] {
	const places = [
		0,
		...cuts.map((cut) => Math.floor(cut * text.length)).toSorted((a, b) => a - b),
		text.length,
	];
	return places.slice(1).map((to, index) => text.slice(places[index], to));
}

/** Waits for the patterns one behind the other while the pieces arrive. */
async function matches(parts: readonly string[], patterns: readonly SerialPattern[], keptChars?: number) {
	const console = new SerialExpect(keptChars === undefined ? {} : { keptChars });
	const found: SerialMatch[] = [];
	const all = (async () => {
		for (const pattern of patterns) found.push(await console.expect(pattern));
	})();
	for (const part of parts) {
		console.feed(part);
		// The script goes on in microtasks; a real stream is slower than they are.
		for (let turn = 0; turn <= patterns.length * 3; turn++) await undefined;
	}
	console.close(new Error('over'));
	await all.catch(() => undefined);
	return found;
}

const text = fc.string({ unit: fc.constantFrom('a', 'b', '=', '>', ' ', '\r', '\n'), maxLength: 120 });
const patterns = fc.array(
	fc.oneof(
		fc.constantFrom('a', '=> ', 'ab', 'aba', '\n=> ', 'bb\r\n'),
		fc.constantFrom(/a+/, /^b(.)/, /(a)|(b)/, /=>\s*$/, /^$/),
	),
	{ minLength: 1, maxLength: 5 },
);
const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 30 });

test('what is found does not depend on how the stream was cut', async (t) => {
	await fc.assert(
		fc.asyncProperty(text, patterns, cuts, async (said, wanted, places) => {
			t.deepEqual(await matches(pieces(said, places), wanted), await matches([said], wanted));
		}),
	);
});

test('matches and what stands between them are the stream, in its order', async (t) => {
	await fc.assert(
		fc.asyncProperty(
			text,
			fc.array(fc.constantFrom('a', '=> ', 'ab', '\n'), { minLength: 1 }),
			cuts,
			async (said, wanted, places) => {
				const found = await matches(pieces(said, places), wanted);
				const read = found.map((match) => match.before + match.text).join('');
				t.true(said.startsWith(read));
				// What was not found is not there.
				const missing = wanted[found.length];
				if (missing !== undefined) t.false(said.slice(read.length).includes(missing));
			},
		),
	);
});

test('memory stays bounded, and a text at the end of a flood is found all the same', async (t) => {
	await fc.assert(
		fc.asyncProperty(text, cuts, fc.integer({ min: 8, max: 40 }), async (said, places, keptChars) => {
			const console = new SerialExpect({ keptChars });
			const found = console.expect('#end');
			for (const part of [...pieces(said, places), '#e', 'nd']) {
				console.feed(part);
				t.true(console.unmatched.length <= keptChars);
			}
			const { before } = await found;
			t.is(before, said.slice(said.length - Math.min(said.length, keptChars - 4)));
		}),
	);
});

test('a regular expression sees a line once it is whole, so that a number is not cut in two', async (t) => {
	const console = new SerialExpect();
	const version = console.expect(/^U-Boot (\d+)\.(\d+)/);

	console.feed('\r\nU-Boot 20');
	console.feed('23.0');
	console.feed('1+dfsg\r\nDRAM');

	t.like(await version, { text: 'U-Boot 2023.01', groups: ['2023', '01'], before: '\r\n' });
	t.is(console.unmatched, 'DRAM');
});

test('what was said before the wait began is found', async (t) => {
	const console = new SerialExpect();
	console.feed('login: ');

	t.is((await console.expect('login: ')).before, '');
});

test('a failure that stands before the awaited text ends the wait with unexpected-output', async (t) => {
	const console = new SerialExpect();
	const ready = console.expect('ready', { unless: /Kernel panic/ });

	console.feed('Kernel panic - not syncing\nready');

	await t.throwsAsync(ready, { code: 'unexpected-output', message: /Kernel panic/ });
});

test('a failure behind the awaited text is left to the next wait', async (t) => {
	const console = new SerialExpect();
	const ready = console.expect('ready', { unless: 'panic' });

	console.feed('ready panic');

	t.is((await ready).text, 'ready');
	t.is((await console.expect('panic')).before, ' ');
});

test('an aborted wait ends with the reason and leaves the text to the next one', async (t) => {
	const console = new SerialExpect();
	const controller = new AbortController();
	const wait = console.expect('ready', { signal: controller.signal });

	controller.abort(new Error('enough'));
	console.feed('ready');

	await t.throwsAsync(wait, { message: 'enough' });
	t.is((await console.expect('ready')).text, 'ready');
});

test('a closed console gives what it still has and then its error', async (t) => {
	const console = new SerialExpect();
	console.feed('last words');

	console.close(new Error('gone'));

	t.is((await console.expect('last')).text, 'last');
	await t.throwsAsync(console.expect('more'), { message: 'gone' });
});

test('two waits at once are refused', (t) => {
	const console = new SerialExpect();
	void console.expect('a');

	t.throws(() => console.expect('b'), { message: /already/ });
});
