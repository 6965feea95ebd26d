import { totalmem } from 'node:os';
import test from 'ava';
import { kernelMemory, parseMemory } from './memory.ts';

test('memory is what the kernel counts of it, and what of it could be had at once', async (t) => {
	const { totalBytes, freeBytes } = await kernelMemory().read();
	t.is(totalBytes, totalmem());
	t.true(freeBytes > 0 && freeBytes < totalBytes);
});

test('what only caches something is free', (t) => {
	const text = 'MemTotal:         199884 kB\nMemFree:           12092 kB\nMemAvailable:     112000 kB\n';
	t.deepEqual(parseMemory(text), { totalBytes: 199_884 * 1024, freeBytes: 112_000 * 1024 });
});

test('a kernel that does not say is no reason to fail', (t) => {
	t.deepEqual(parseMemory('nothing'), { totalBytes: 0, freeBytes: 0 });
});
