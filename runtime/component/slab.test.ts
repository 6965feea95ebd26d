import test from 'ava';
import fc from 'fast-check';
import { Slab } from './slab.ts';

const anyBytes = fc.oneof(
	fc.uint8Array({ maxLength: 80 }),
	fc.integer({ min: 60, max: 5000 }).map((length) => Uint8Array.from({ length }, (_, at) => at * length)),
);

test('copies hold what was copied, whatever becomes of it and of other copies', (t) => {
	fc.assert(
		fc.property(fc.array(anyBytes, { maxLength: 40 }), (sources) => {
			const slab = new Slab();
			const around = sources.map((source) => Uint8Array.of(1, ...source, 2));
			const copies = around.flatMap((bytes) => [
				slab.copyPart(bytes, 1, bytes.length - 1),
				slab.copy(bytes.subarray(1, -1)),
			]);
			for (const bytes of around) bytes.fill(255);
			copies.forEach((copy, at) => {
				t.deepEqual(copy, sources[at >> 1]);
				copy.fill(at);
			});
		}),
		{ numRuns: 50 },
	);
});

test('short copies share buffers, and no buffer is much larger than what is in it', (t) => {
	const slab = new Slab();
	const copies = Array.from({ length: 1000 }, () => slab.copy(new Uint8Array(100)));
	t.true(new Set(copies.map(({ buffer }) => buffer)).size <= 25);
	t.is(slab.copy(new Uint8Array(2000)).buffer.byteLength, 2000);
});

test('a copy that came back is the next one of its length, once, and of no other', (t) => {
	const slab = new Slab();
	for (const length of [1, 64, 65, 1024]) {
		const held = slab.copy(new Uint8Array(length).fill(1));
		const back = slab.copy(new Uint8Array(length).fill(2));
		slab.takeBack(back);
		t.not(slab.copy(new Uint8Array(length + 32).fill(3)), back);
		const next = slab.copy(new Uint8Array(length).fill(4));
		t.is(next, back);
		const after = slab.copy(new Uint8Array(length).fill(5));
		t.deepEqual([...new Set(held), ...new Set(next), ...new Set(after)], [1, 4, 5]);
	}
});

test('many of a length may come back, and each is a copy of its own again', (t) => {
	const slab = new Slab();
	const back = Array.from({ length: 100 }, () => slab.copy(new Uint8Array(256)));
	for (const copy of back) slab.takeBack(copy);
	const next = Array.from({ length: 100 }, (_, at) => slab.copy(new Uint8Array(256).fill(at)));
	t.is(new Set(next).size, 100);
	t.true(next.filter((copy) => back.includes(copy)).length >= 16);
	for (const [at, copy] of next.entries()) t.deepEqual([...new Set(copy)], [at]);
});

test('nothing is kept that would leave much of a buffer empty, or is empty itself', (t) => {
	const slab = new Slab();
	for (const length of [0, 1025]) {
		const back = slab.copy(new Uint8Array(length));
		slab.takeBack(back);
		t.not(slab.copy(new Uint8Array(length)), back);
	}
});
