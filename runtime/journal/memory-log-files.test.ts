import test from 'ava';
import { logFilesContract } from './log-files-contract.ts';
import { MemoryLogFiles } from './memory-log-files.ts';

logFilesContract(test, { name: 'in memory', open: async () => new MemoryLogFiles() });

const bytes = (length: number): Uint8Array => new Uint8Array(length).fill(1);

test('what was synced survives a cut, and of the rest what the test chooses', async (t) => {
	const files = new MemoryLogFiles();
	const file = await files.create('a');
	file.append(bytes(10));
	await file.sync();
	file.append(bytes(10));
	files.restart((most) => Math.min(most, 4));

	t.deepEqual(await files.read('a', 100), bytes(14));
});

test('without power nothing works, and a disk that was told to fail fails once', async (t) => {
	const files = new MemoryLogFiles({ capacity: 15 });
	const file = await files.create('a');
	files.fail('io');
	t.throws(() => file.append(bytes(1)), { code: 'io' });
	file.append(bytes(10));
	t.throws(() => file.append(bytes(10)), { code: 'disk-full' });
	files.cutAfter(0);
	await t.throwsAsync(file.sync(), { name: 'PowerCut' });
	await t.throwsAsync(files.list(), { name: 'PowerCut' });
});
