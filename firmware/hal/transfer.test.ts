import test from 'ava';
import { detach } from './transfer.ts';

test('bytes that move leave the buffer they lay in whole', (t) => {
	const slab = Buffer.from('one two three');
	const { value, transfer } = detach({ tag: 'chunk', list: [{ bytes: slab.subarray(4, 7) }] });
	const moved = structuredClone(value, { transfer });
	t.is(Buffer.from(moved.list[0]?.bytes ?? []).toString(), 'two');
	t.is(slab.toString(), 'one two three');
	t.is(moved.list[0]?.bytes.buffer.byteLength, 3);
});

test('what is no plain object or list passes as it is', (t) => {
	const module = new WebAssembly.Module(new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]));
	const bucket = new Map([['key', new Uint8Array([1])]]);
	const { value } = detach({ module, bucket, none: undefined, big: 1n });
	t.is(value.module, module);
	t.is(value.bucket, bucket);
	t.is(value.big, 1n);
});
