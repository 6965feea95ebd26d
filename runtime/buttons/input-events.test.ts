import test from 'ava';
import fc from 'fast-check';
import { eventBytes, InputEvents } from './input-events.ts';

function event(type: number, code: number, value: number): Uint8Array {
	const bytes = new Uint8Array(eventBytes);
	const view = new DataView(bytes.buffer);
	view.setUint16(16, type, true);
	view.setUint16(18, code, true);
	view.setInt32(20, value, true);
	return bytes;
}

test('a button is pressed and let go; what is no button, and what only repeats, is left out', (t) => {
	const stream = [event(1, 116, 1), event(0, 0, 0), event(1, 116, 2), event(1, 116, 0), event(1, 30, 1)];
	t.deepEqual(
		[...new InputEvents().read(Buffer.concat(stream))],
		[
			{ name: 'power', isPressed: true },
			{ name: 'power', isPressed: false },
			{ name: 'key-30', isPressed: true },
		],
	);
});

test('however the stream is cut, the same is read', (t) => {
	const one = fc.tuple(fc.nat(3), fc.nat(65_535), fc.integer({ min: -1, max: 3 }));
	fc.assert(
		fc.property(fc.array(one), fc.array(fc.nat(40)), (events, cuts) => {
			const stream = new Uint8Array(Buffer.concat(events.map((each) => event(...each))));
			const reader = new InputEvents();
			const read: unknown[] = [];
			let at = 0;
			for (const length of cuts) {
				read.push(...reader.read(stream.subarray(at, at + length)));
				at += length;
			}
			read.push(...reader.read(stream.subarray(at)));
			t.deepEqual(read, [...new InputEvents().read(stream)]);
		}),
	);
});
