/** A piece of the spoken sample, cut where a frame ends, so that a whole playing takes seconds. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { walkMpegAudio } from '../../media/mpeg-audio.ts';

export interface ShortMedia {
	readonly path: string;
	readonly frames: number;
	/** All that is to be heard of it: its frames, one after the other. */
	readonly heard: Uint8Array;
}

const sample = fileURLToPath(new URL('../../media/sample.mp3', import.meta.url));

/** Writes `directory/media/short.mp3`, of at least `ms` milliseconds. */
export async function cutSample({ directory, ms }: { directory: string; ms: number }): Promise<ShortMedia> {
	const bytes = await readFile(sample);
	const { frames: all } = walkMpegAudio(bytes);
	let durationUs = 0;
	const frames = all.filter(({ durationUs: length }) => {
		durationUs += length;
		return durationUs - length < ms * 1000;
	});
	const { offset = 0, length = 0 } = frames.at(-1) ?? {};
	const path = join(directory, 'media', 'short.mp3');
	await mkdir(join(directory, 'media'), { recursive: true });
	await writeFile(path, bytes.subarray(0, offset + length));
	const heard = Buffer.concat(
		frames.map((frame) => bytes.subarray(frame.offset, frame.offset + frame.length)),
	);
	return { path, frames: frames.length, heard: new Uint8Array(heard) };
}
