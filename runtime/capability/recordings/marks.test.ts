import { crc32 } from 'node:zlib';
import test from 'ava';
import fc from 'fast-check';
import { decodeMarks, encodeMark, type Mark, markBytes } from './marks.ts';

const arbitraryMarks = fc
	.array(fc.record({ length: fc.integer({ min: 1, max: 2 ** 40 }), checksum: fc.nat(2 ** 32 - 1) }), {
		maxLength: 20,
	})
	.map((groups) => {
		let end = 0;
		return groups.map(({ length, checksum }): Mark => {
			end += length;
			return { end, checksum };
		});
	});
const encoded = (marks: readonly Mark[]): Uint8Array =>
	new Uint8Array(Buffer.concat(marks.map((mark) => encodeMark(mark, crc32))));

test('marks read back as they were written, and of a torn file those before the tear', (t) => {
	fc.assert(
		fc.property(arbitraryMarks, fc.nat(), (marks, cut) => {
			const bytes = encoded(marks);
			t.deepEqual(decodeMarks(bytes, crc32), marks);
			const length = cut % (bytes.length + 1);
			const left = marks.slice(0, Math.floor(length / markBytes));
			t.deepEqual(decodeMarks(bytes.subarray(0, length), crc32), left);
		}),
	);
});

test('no mark behind a damaged byte is believed', (t) => {
	fc.assert(
		fc.property(
			arbitraryMarks.filter(({ length }) => length > 0),
			fc.nat(),
			fc.integer({ min: 1, max: 255 }),
			(marks, place, change) => {
				const bytes = encoded(marks);
				const at = place % bytes.length;
				bytes[at] = (bytes[at] ?? 0) ^ change;
				t.deepEqual(decodeMarks(bytes, crc32), marks.slice(0, Math.floor(at / markBytes)));
			},
		),
	);
});

test('marks that do not go on are not believed', (t) => {
	const backwards = encoded([
		{ end: 10, checksum: 1 },
		{ end: 10, checksum: 1 },
	]);
	t.is(decodeMarks(backwards, crc32).length, 1);
});
