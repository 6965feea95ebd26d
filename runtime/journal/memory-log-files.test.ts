import test from 'ava';
import { logFilesContract } from './log-files-contract.ts';
import { MemoryLogFiles } from './memory-log-files.ts';

logFilesContract(test, { name: 'in memory', open: async () => new MemoryLogFiles() });

const bytes = (length: number): Uint8Array => new Uint8Array(length).fill(1);

test('what was appended survives a cut, and of what was under way what the test chooses', async (t) => {
	const files = new MemoryLogFiles();
	const file = await files.create('a');
	await file.append(bytes(10));
	files.cutAfter(1);
	await t.throwsAsync(file.append(bytes(10)), { name: 'PowerCut' });
	files.restart((most) => Math.min(most, 4));

	t.deepEqual(await files.read('a', 100), bytes(14));
});

test('without power nothing works, and a disk that was told to fail fails once', async (t) => {
	const files = new MemoryLogFiles({ capacity: 15 });
	const file = await files.create('a');
	files.failAfter(0, 'io');
	await t.throwsAsync(file.append(bytes(1)), { code: 'io' });
	await file.append(bytes(10));
	await t.throwsAsync(file.append(bytes(10)), { code: 'disk-full' });
	files.cutAfter(0);
	await t.throwsAsync(file.append(bytes(1)), { name: 'PowerCut' });
	await t.throwsAsync(files.list(), { name: 'PowerCut' });
});
