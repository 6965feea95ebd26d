import test from 'ava';
import { MemoryRecordingFiles } from './memory-recording-files.ts';
import { recordingFilesContract } from './recording-files-contract.ts';

recordingFilesContract(test, { name: 'in memory', open: async () => new MemoryRecordingFiles() });

test('a disk that is full takes what it has room for, and says so', async (t) => {
	const folder = new MemoryRecordingFiles({ capacity: 5 }).folder('m');
	await folder.extend('a', 0, Uint8Array.of(1, 2, 3));
	await t.throwsAsync(folder.extend('a', 3, Uint8Array.of(4, 5, 6)), { code: 'disk-full' });
	t.deepEqual(await folder.read('a', 0, 3), Uint8Array.of(1, 2, 3));
	await folder.extend('a', 3, Uint8Array.of(4, 5));
	await t.throwsAsync(folder.replace('b', Uint8Array.of(1)), { code: 'disk-full' });
});
