import test from 'ava';
import { specOf } from './cell.fixture.ts';
import { Vm } from './vm.ts';

test('what a VM has stored takes the room of its bytes, not of what they lay among', (t) => {
	const vm = new Vm({ id: 1, spec: specOf(1) });
	vm.remember('key', Uint8Array.of(1, 2, 3, 4).subarray(1, 3));
	const stored = vm.stored.get('key');
	t.deepEqual(stored, Uint8Array.of(2, 3));
	t.is(stored?.buffer.byteLength, 2);
});
