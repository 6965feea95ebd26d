import test from 'ava';
import fc from 'fast-check';
import { type BusRecord, RecordReader, RecordWriter } from './record.ts';
import { makeRing, RingReader, RingWriter } from './ring.ts';

const number = fc.integer({ min: 0, max: 0xffff_ffff });
const payload = fc.oneof(
	fc.uint8Array({ maxLength: 100 }),
	fc.uint8Array({ minLength: 900, maxLength: 1100 }),
);
const place = fc.record({ turn: fc.maxSafeNat(), index: fc.nat({ max: 0x1fff_ffff }) });
const anyRecord: fc.Arbitrary<BusRecord> = fc.oneof(
	fc.record({
		tag: fc.constant('publication' as const),
		topic: number,
		sender: number,
		holds: fc.boolean(),
		place: fc.option(place, { nil: undefined }),
		isAgain: fc.boolean(),
		payload,
	}),
	fc.record({
		tag: fc.constant('request' as const),
		topic: number,
		sender: number,
		receiver: number,
		correlation: number,
		deadlineMs: number,
		payload,
	}),
	fc.record({ tag: fc.constant('answer' as const), correlation: number, payload }),
	fc.record({
		tag: fc.constant('failure' as const),
		correlation: number,
		failure: fc.constantFrom('denied' as const, 'timed-out' as const, 'cancelled' as const),
	}),
	fc.record({ tag: fc.constant('version' as const), version: number }),
	fc.record({ tag: fc.constant('placed' as const), sender: number, bytes: number }),
	fc.record({ tag: fc.constant('safe' as const), sender: number, before: place }),
);

const head = (words: number[]): Uint8Array =>
	new Uint8Array(Uint32Array.from({ length: 8 }, (_, place) => words[place] ?? 0).buffer);

function ends(capacity: number) {
	const buffer = makeRing(capacity);
	const ring = { writer: new RingWriter(buffer), reader: new RingReader(buffer) };
	return { ring, writer: new RecordWriter(ring.writer), reader: new RecordReader(ring.reader) };
}

test('every record is read as it was written, also one that is larger than the ring', (t) => {
	fc.assert(
		fc.property(fc.array(anyRecord, { maxLength: 20 }), number, (records, stamp) => {
			const { ring, writer, reader } = ends(512);
			const heard: BusRecord[] = [];
			for (const record of records) {
				while (!writer.write(record, stamp)) {
					ring.writer.commit();
					for (let next = reader.read(); next !== undefined; next = reader.read()) heard.push(next);
					ring.reader.release();
				}
			}
			ring.writer.commit();
			if (heard.length < records.length && reader.stamp() !== stamp) return false;
			for (let next = reader.read(); next !== undefined; next = reader.read()) heard.push(next);
			t.deepEqual(heard, records);
			return reader.malformed === 0;
		}),
	);
});

test('a publication behind a piece whose other pieces never come is read whole', (t) => {
	const { ring, writer, reader } = ends(512);
	const said: BusRecord = {
		tag: 'publication',
		topic: 1,
		sender: 2,
		holds: true,
		place: undefined,
		isAgain: false,
		payload: new Uint8Array(64).fill(3),
	};
	ring.writer.bytes.set(head([0, 0, 0, 0, 0, 0, 0, 500]), ring.writer.claim(32));
	writer.write(said, 1);
	ring.writer.commit();
	t.deepEqual(reader.read(), said);
	t.is(reader.malformed, 1);
});

test('a record that no cell writes is left out and counted, and what follows is read', (t) => {
	const good: BusRecord = { tag: 'version', version: 7 };
	fc.assert(
		fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
			const { ring, writer, reader } = ends(512);
			const at = ring.writer.claim(bytes.length);
			ring.writer.bytes.set(bytes, at);
			writer.write(good, 1);
			ring.writer.commit();
			const heard: BusRecord[] = [];
			for (let next = reader.read(); next !== undefined; next = reader.read()) heard.push(next);
			t.deepEqual(heard.at(-1), good);
			return heard.length + reader.malformed === 2;
		}),
		// No head, or not all of one; a kind that is none; a piece whose other pieces never come.
		{
			examples: [
				[new Uint8Array(8)],
				[head([7]).subarray(0, 12)],
				[head([9])],
				[head([0, 0, 0, 0, 0, 0, 0, 500])],
			],
		},
	);
});
