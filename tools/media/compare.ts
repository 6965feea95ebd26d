/** Decodes two files with ffmpeg and says whether they sound the same to the last sample. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { buffer, text } from 'node:stream/consumers';
import { MediaError } from './media-error.ts';

export interface Decoded {
	/** Interleaved 16-bit samples in the file's own rate and channels. */
	readonly pcm: Buffer;
	/** What ffmpeg logged as an error, line by line; empty for a clean file. */
	readonly errors: readonly string[];
}

export interface Comparison {
	/** The same samples, all of them. */
	readonly isEqual: boolean;
	/** Place of the first sample that differs, or that only one file has; undefined if all are equal. */
	readonly firstDifference: number | undefined;
	/** Samples of each file, channels counted one by one. */
	readonly samples: readonly [number, number];
	readonly errors: readonly [readonly string[], readonly string[]];
}

/** @throws MediaError `missing-tool`, `not-audio` */
export async function compareAudio(left: string, right: string): Promise<Comparison> {
	const [a, b] = await Promise.all([decodeAudio(left), decodeAudio(right)]);
	const isEqual = a.pcm.equals(b.pcm);
	return {
		isEqual,
		firstDifference: isEqual ? undefined : firstDifference(a.pcm, b.pcm),
		samples: [a.pcm.length / 2, b.pcm.length / 2],
		errors: [a.errors, b.errors],
	};
}

/** @throws MediaError `missing-tool`, `not-audio` */
export async function decodeAudio(path: string): Promise<Decoded> {
	const args = [
		'-nostdin',
		'-v',
		'error',
		'-i',
		path,
		'-map',
		'0:a:0',
		'-f',
		's16le',
		'-c:a',
		'pcm_s16le',
		'-',
	];
	const child = spawn('ffmpeg', args, { stdio: ['ignore', 'pipe', 'pipe'] });
	const closed = once(child, 'close').catch((cause) => {
		throw new MediaError('missing-tool', 'not installed: apt-get install ffmpeg', { cause });
	});
	const [pcm, log, [code]] = await Promise.all([buffer(child.stdout), text(child.stderr), closed]);
	const errors = log.split('\n').filter(Boolean);
	if (code !== 0 && pcm.length === 0) throw new MediaError('not-audio', `${path}: ${errors.join('; ')}`);
	return { pcm, errors };
}

function firstDifference(a: Buffer, b: Buffer): number {
	const shared = Math.min(a.length, b.length);
	let byte = 0;
	while (byte < shared && a[byte] === b[byte]) byte++;
	return byte >> 1;
}
