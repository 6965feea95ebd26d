import test from 'ava';
import fc from 'fast-check';
import { sha256 } from '../../runtime/module/store-digest.ts';
import { nodeSha256 } from './hasher.ts';

test('it makes the digests that Web Crypto makes, of few bytes and of many', async (t) => {
	await fc.assert(
		fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), fc.constantFrom(1, 2000), async (bytes, times) => {
			const all = Buffer.concat(Array(times).fill(bytes));
			t.is(await nodeSha256(all), await sha256(all));
		}),
		{ numRuns: 30 },
	);
});
