/** Damage as links, disks and attackers do it to encoded messages. */
import fc from 'fast-check';

/** Valid messages cut short, with flipped, lost, doubled or foreign bytes, glued together; and mere noise. */
export function mutatedArbitrary(valid: fc.Arbitrary<Uint8Array>): fc.Arbitrary<Uint8Array> {
	const at = fc.nat({ max: 2 ** 16 });
	const cut = fc.tuple(valid, at).map(([bytes, where]) => bytes.subarray(0, where % (bytes.length + 1)));
	const flip = fc
		.tuple(valid, fc.array(fc.tuple(at, fc.nat({ max: 7 })), { minLength: 1, maxLength: 4 }))
		.map(([bytes, flips]) => {
			const copy = bytes.slice();
			for (const [where, bit] of flips) {
				const index = where % Math.max(1, copy.length);
				copy[index] = (copy[index] ?? 0) ^ (1 << bit);
			}
			return copy;
		});
	const splice = fc.tuple(valid, at, at, piece).map(([bytes, from, lost, inserted]) => {
		const start = from % (bytes.length + 1);
		return concat(bytes.subarray(0, start), inserted, bytes.subarray(start + (lost % 4)));
	});
	const glued = fc.tuple(valid, valid).map(([one, other]) => concat(one, other));
	const noise = fc.array(piece, { maxLength: 8 }).map((pieces) => concat(...pieces));
	return fc.oneof(cut, flip, splice, glued, noise, fc.uint8Array({ maxLength: 40 }));
}

// What is interesting on the wire: short tags and lengths of every wire type, ends of ranges, odd UTF-8.
const piece = fc.oneof(
	fc.uint8Array({ maxLength: 6 }),
	fc.nat({ max: 0xff }).map((tag) => Uint8Array.of(tag)),
	fc.tuple(fc.nat({ max: 0x7f }), fc.uint8Array({ maxLength: 9 })).map(([tag, bytes]) => {
		return Uint8Array.of((tag & ~7) | 2, bytes.length, ...bytes);
	}),
	fc.constantFrom(
		Uint8Array.of(0x00),
		Uint8Array.of(0x80, 0x00),
		Uint8Array.of(0x0b, 0x08, 0x01, 0x0c),
		Uint8Array.of(0x1b, 0x23, 0x24, 0x1c),
		Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x07),
		Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x0f),
		Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01),
		Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f),
		Uint8Array.of(0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00),
		Uint8Array.of(0xc0, 0x80),
		Uint8Array.of(0xed, 0xa0, 0x80),
		Uint8Array.of(0xf4, 0x90, 0x80, 0x80),
		Uint8Array.of(0xe2, 0x82, 0xac),
		Uint8Array.of(0xf0, 0x9f, 0x98, 0x80),
	),
);

function concat(...parts: readonly Uint8Array[]): Uint8Array {
	return new Uint8Array(Buffer.concat(parts));
}
