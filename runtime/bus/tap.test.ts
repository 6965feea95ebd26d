import test from 'ava';
import fc from 'fast-check';
import { mostShownBytes, Tap } from './tap.ts';

const topics = ['a.one', 'a.two', 'b.one'];
const message = fc.record({
	topic: fc.constantFrom(...topics),
	payload: fc.uint8Array({ maxLength: 64 }),
});
const step = fc.oneof(
	{ weight: 5, arbitrary: message },
	fc.record({
		topics: fc.subarray(topics),
		messages: fc.integer({ min: 0, max: 5 }),
		bytes: fc.integer({ min: 0, max: 100 }),
	}),
);

test('of the chosen topics everything is either shown within the credit or counted, and of others nothing', (t) => {
	fc.assert(
		fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
			const tap = new Tap();
			let chosen: readonly string[] = [];
			let [messages, bytes, passed, shown] = [0, 0, 0, 0];
			for (const each of steps) {
				if ('topics' in each) {
					t.is(tap.open(each), passed - shown);
					({ topics: chosen, messages, bytes } = each);
					[passed, shown] = [0, 0];
					continue;
				}
				const seen = tap.look(each.topic, each.payload);
				if (!chosen.includes(each.topic)) {
					t.is(seen, undefined);
					continue;
				}
				passed++;
				if (seen === undefined) continue;
				shown++;
				messages--;
				bytes -= seen.length;
				t.deepEqual(seen, each.payload);
				t.true(messages >= 0 && bytes >= 0);
			}
			t.is(tap.isOpen, chosen.length > 0);
		}),
	);
});

test('of a long payload the beginning is shown, in bytes of its own', (t) => {
	const tap = new Tap();
	tap.open({ topics: ['a.one'], messages: 1, bytes: mostShownBytes });
	const payload = new Uint8Array(mostShownBytes + 1).fill(7);

	const shown = tap.look('a.one', payload);
	payload.fill(0);

	t.deepEqual(shown, new Uint8Array(mostShownBytes).fill(7));
});
