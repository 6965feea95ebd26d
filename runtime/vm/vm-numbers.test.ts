import test from 'ava';
import { MemoryDirectory } from '../memory-directory.ts';
import { VmNumbers } from './vm-numbers.ts';

test('a VM has the same number after a restart of the box, in whatever order VMs are started', async (t) => {
	const directory = new MemoryDirectory();
	const numbers = await VmNumbers.open(directory);
	t.deepEqual(
		['clock', 'doorbell', 'clock'].map((name) => numbers.of(name)),
		[1, 2, 1],
	);
	await numbers.settled();

	const again = await VmNumbers.open(await directory.restart());
	t.deepEqual(
		['player', 'doorbell', 'clock'].map((name) => again.of(name)),
		[3, 2, 1],
	);
});

test('a number that could not be kept is not given out as if it were', async (t) => {
	const directory = new MemoryDirectory();
	const numbers = await VmNumbers.open(directory);
	directory.disk.failAfter(0, 'disk-full');
	numbers.of('clock');
	await t.throwsAsync(numbers.settled(), { code: 'disk-full' });
	numbers.of('doorbell');
	await numbers.settled();
	t.is((await VmNumbers.open(await directory.restart())).of('doorbell'), 2);
});

test('a file of numbers that is damaged is one that is not there', async (t) => {
	const directory = new MemoryDirectory();
	await directory.write('numbers.json', new Uint8Array([1, 2, 3]));
	t.is((await VmNumbers.open(directory)).of('clock'), 1);
});
