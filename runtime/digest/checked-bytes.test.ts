import test from 'ava';
import fc from 'fast-check';
import { digester } from '../snapshot/testbed.ts';
import { CheckedBytes, Checker, checkUnit } from './checked-bytes.ts';

test('a check is the lower half of the digest, where the bytes lie and where they are copied', (t) => {
	const checker = new Checker();
	const units = (most: number) =>
		fc.integer({ min: 1, max: most }).chain((count) => {
			const length = count * checkUnit;
			return fc.uint8Array({ minLength: length, maxLength: length });
		});
	fc.assert(
		fc.property(units(128), fc.nat(200), (bytes, before) => {
			const { length } = bytes;
			digester.room.set(bytes);
			const digest = digester.hashRoom(length);
			const expected = new DataView(digest.buffer, digest.byteOffset).getUint32(0, true);
			const lying = new CheckedBytes(before + length);
			lying.bytes.set(bytes, before);
			t.is(lying.check(before, length), expected);
			t.is(checker.check(bytes), expected);
		}),
		{ numRuns: 200 },
	);
});
