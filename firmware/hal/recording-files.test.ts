import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { recordingFilesContract } from '../../runtime/capability/recordings/recording-files-contract.ts';
import { openRecordingFiles } from './recording-files.ts';

recordingFilesContract(test, {
	name: 'on the disk',
	open: async (t) => {
		const folder = await mkdtemp(join(tmpdir(), 'mullion-recordings-'));
		t.teardown(() => rm(folder, { recursive: true, force: true }));
		return openRecordingFiles(join(folder, 'recordings'));
	},
});
