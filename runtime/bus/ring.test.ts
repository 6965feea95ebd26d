import { Worker } from 'node:worker_threads';
import test from 'ava';
import fc from 'fast-check';
import { Doorbell } from './doorbell.ts';
import { makeRing, RingReader, RingWriter } from './ring.ts';

/** Writes a record of `length` bytes that all say `value`; false when there is no room. */
function write(writer: RingWriter, { length, value }: { length: number; value: number }): boolean {
	const at = writer.claim(length);
	if (at < 0) return false;
	writer.bytes.fill(value, at, at + length);
	return true;
}

function read(reader: RingReader): number[] | undefined {
	const at = reader.peek();
	if (at < 0) return undefined;
	const record = [...reader.bytes.slice(at, at + reader.length)];
	reader.next();
	return record;
}

test('what is written is seen when it is committed, and not before', (t) => {
	const ring = makeRing(64);
	const writer = new RingWriter(ring);
	const reader = new RingReader(ring);
	write(writer, { length: 3, value: 7 });
	t.is(read(reader), undefined);
	writer.commit();
	t.deepEqual(read(reader), [7, 7, 7]);
	t.is(read(reader), undefined);
});

test('a writer that dies within a record leaves nothing of it', (t) => {
	const ring = makeRing(64);
	const writer = new RingWriter(ring);
	write(writer, { length: 3, value: 7 });
	writer.commit();
	write(writer, { length: 5, value: 8 });
	const reader = new RingReader(ring);
	t.deepEqual(read(reader), [7, 7, 7]);
	t.is(read(reader), undefined);
	// Who takes its place goes on after the last whole one.
	const next = new RingWriter(ring);
	write(next, { length: 1, value: 9 });
	next.commit();
	t.deepEqual(read(reader), [9]);
});

test('a full ring takes nothing more, and its writer is told when there is room', (t) => {
	const ring = makeRing(64);
	const writer = new RingWriter(ring);
	const reader = new RingReader(ring);
	let count = 0;
	while (write(writer, { length: 12, value: count })) count++;
	t.is(count, 4);
	writer.commit();
	read(reader);
	t.false(reader.release(), 'more than half is still to be read: there is time');
	read(reader);
	t.true(reader.release());
	t.true(write(writer, { length: 12, value: count }));
	read(reader);
	t.false(reader.release());
});

test('a record longer than half the ring is a mistake of the writer', (t) => {
	t.throws(() => new RingWriter(makeRing(64)).claim(33), { instanceOf: RangeError });
	t.throws(() => makeRing(100), { instanceOf: RangeError });
});

test('what no writer writes is dropped and counted, and the ring goes on', (t) => {
	fc.assert(
		fc.property(fc.array(fc.integer(), { minLength: 16, maxLength: 16 }), fc.integer(), (words, tail) => {
			const ring = makeRing(64);
			const all = new Int32Array(ring);
			all.set(words, all.length - 16);
			all[16] = tail & ~3;
			const reader = new RingReader(ring);
			for (let left = 17; read(reader) !== undefined; left--) if (left === 0) return false;
			reader.release();
			const writer = new RingWriter(ring);
			write(writer, { length: 2, value: 5 });
			writer.commit();
			return reader.peek() >= 0 && String(read(reader)) === '5,5';
		}),
	);
	t.pass();
});

test('whatever is written, committed and read when, every record arrives once, whole and in order', (t) => {
	const step = fc.oneof(
		fc.record({ do: fc.constant('write' as const), length: fc.nat(60) }),
		fc.record({ do: fc.constantFrom('commit' as const, 'read' as const, 'release' as const) }),
	);
	fc.assert(
		fc.property(fc.array(step, { maxLength: 300 }), fc.integer(), (steps, start) => {
			const ring = makeRing(128);
			// The counters have run for long: they wrap on the way.
			new Int32Array(ring)[0] = new Int32Array(ring)[16] = start & ~3;
			const writer = new RingWriter(ring);
			const reader = new RingReader(ring);
			const written: { length: number; value: number }[] = [];
			const heard: number[][] = [];
			for (const [value, at] of steps.entries()) {
				if (at.do === 'write') {
					const record = { length: at.length, value: value & 255 };
					if (write(writer, record)) written.push(record);
				} else if (at.do === 'commit') writer.commit();
				else if (at.do === 'release') reader.release();
				else heard.push(...[read(reader)].filter((record) => record !== undefined));
			}
			writer.commit();
			for (let next = read(reader); next !== undefined; next = read(reader)) heard.push(next);
			const expected = written.map(({ length, value }) => Array<number>(length).fill(value));
			return JSON.stringify(heard) === JSON.stringify(expected) && reader.breaks === 0;
		}),
		{ examples: [[Array(40).fill({ do: 'write', length: 3 }), -8]] },
	);
	t.pass();
});

test('between two threads every record arrives once, whole and in order, with sleep on both sides', async (t) => {
	const ring = makeRing(1024);
	const here = new Doorbell();
	const count = 20_000;
	const bell = new SharedArrayBuffer(4);
	const worker = new Worker(new URL('./ring.fixture.ts', import.meta.url), {
		workerData: { ring, bell, readerBell: here.buffer, count },
	});
	const there = new Doorbell(bell, () => worker.postMessage(null));
	t.teardown(() => worker.terminate());
	let wake = (): void => undefined;
	worker.on('message', () => wake());
	const reader = new RingReader(ring);
	let wrong = 0;
	for (let next = 0; next < count; ) {
		for (let at = reader.peek(); at >= 0; at = reader.peek(), next++) {
			const bytes = reader.bytes.subarray(at, at + reader.length);
			if (reader.length !== next % 97 || bytes.some((byte) => byte !== (next & 255))) wrong++;
			reader.next();
		}
		if (reader.release()) there.ring();
		if (next < count && here.lieDown(() => reader.peek() < 0))
			await new Promise<void>((resolve) => {
				wake = resolve;
			});
	}
	t.is(wrong, 0);
	t.is(reader.breaks, 0);
});
