/** Writes the frames that are heard into a file, which a restarted box goes on with. */
import { close, constants, fdatasync, fstatSync, ftruncate, openSync, write } from 'node:fs';
import { promisify } from 'node:util';
import type { AudioOutput } from '../../runtime/capability/media-sink/audio-output.ts';

export function fileOutput(path: string): AudioOutput {
	const file = {
		write: promisify(write),
		datasync: promisify(fdatasync),
		truncate: promisify(ftruncate),
		close: promisify(close),
	};
	// Not 'a': on Linux that ignores positions, and going back would leave a hole.
	const handle = openSync(path, constants.O_RDWR | constants.O_CREAT, 0o644);
	let size = fstatSync(handle).size;
	let written: Promise<unknown> = Promise.resolve();
	return {
		write: (frame) => {
			const at = size;
			size += frame.length;
			written = written.then(() => file.write(handle, frame, 0, frame.length, at));
			// Reported by the next flush; an error that nobody waits for must not end the box.
			written.catch(() => undefined);
		},
		size: () => size,
		flush: async () => {
			await written;
			await file.datasync(handle);
		},
		truncate: async (length) => {
			await written;
			await file.truncate(handle, length);
			size = length;
		},
		close: async () => {
			await written.catch(() => undefined);
			await file.close(handle);
		},
	};
}
