import test from 'ava';
import { ServiceCode } from './service-code.ts';
import { WarmCode } from './warm-code.ts';

const empty = Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00);

/** Code that counts how often it is compiled, beyond the first time. */
function counted(bytes: Uint8Array<ArrayBuffer> = empty) {
	const seen = { reads: 0 };
	const reader = {
		read: () => {
			seen.reads++;
			return bytes;
		},
	};
	return { seen, code: new ServiceCode(new WebAssembly.Module(bytes), { key: 'any', reader }) };
}

/** As a cell does: its module is asked for, and from then on it is in use. */
function wake(warm: WarmCode, code: ServiceCode): WebAssembly.Module {
	const { module } = code;
	warm.take(code);
	return module;
}

test('code that was never read again is let go at its first sleep', (t) => {
	const warm = new WarmCode();
	const { seen, code } = counted();
	warm.rest(code);
	wake(warm, code);
	t.is(seen.reads, 1);
	warm.rest(code);
	wake(warm, code);
	t.is(seen.reads, 1);
});

test('what has slept longest gives way, and what is in use does not count', (t) => {
	const warm = new WarmCode(2 * empty.length);
	const [a, b, c] = [counted(), counted(), counted()] as const;
	for (const { code } of [a, b, c]) {
		warm.rest(code);
		wake(warm, code);
	}
	for (const { code } of [a, b, c]) warm.rest(code);
	for (const { code } of [b, c, a]) wake(warm, code);
	t.deepEqual([a.seen.reads, b.seen.reads, c.seen.reads], [2, 1, 1]);
	for (const { code } of [b, c]) warm.rest(code);
	for (const { code } of [b, c]) wake(warm, code);
	t.deepEqual([b.seen.reads, c.seen.reads], [1, 1]);
});

test('code that is larger than the room is never kept, and displaces none', (t) => {
	const warm = new WarmCode(empty.length);
	const small = counted();
	// A custom section makes it longer.
	const large = counted(Uint8Array.of(...empty, 0x00, 0x02, 0x01, 0x61));
	for (const { code } of [small, large]) {
		warm.rest(code);
		wake(warm, code);
	}
	for (const { code } of [small, large]) warm.rest(code);
	for (const { code } of [small, large]) wake(warm, code);
	t.deepEqual([small.seen.reads, large.seen.reads], [1, 2]);
});
