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
