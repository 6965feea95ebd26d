/** Reads a file from an offset to its end, in order, with several requests on their way at a time. */
import type { Clock } from '../../runtime/clock.ts';
import { ChunkSize, type ChunkSizes } from './chunk-size.ts';
import { type RangeAnswer, type RangeReader, readRange } from './range-reader.ts';

export interface ChunkOptions {
	readonly reader: RangeReader;
	readonly clock: Clock;
	readonly path: string;
	/** Where to start. */
	readonly offset: number;
	/** Where the file must end. */
	readonly end: number;
	/** Bytes a request. */
	readonly chunkBytes: ChunkSizes;
	/** Requests on their way at a time: what is fetched again after a cut is at most so many chunks. */
	readonly window: number;
	readonly signal: AbortSignal;
	/** What a file that is not there, or is of another size, is thrown as. */
	readonly wrongSize: (size: number | undefined) => Error;
}

/**
 * A chunk is there until the next is asked for. Leaving it early cancels what is on its way. Errors: those of the
 * reader, and `wrongSize`.
 */
export async function* readChunks(options: ChunkOptions): AsyncGenerator<Uint8Array> {
	const { clock, offset, end, chunkBytes, window } = options;
	const cancel = new AbortController();
	const signal = AbortSignal.any([options.signal, cancel.signal]);
	const size = new ChunkSize(chunkBytes, clock);
	const onTheirWay: Promise<Chunk>[] = [];
	let next = offset;
	try {
		while (next < end || onTheirWay.length > 0) {
			while (next < end && onTheirWay.length < window) {
				const length = Math.min(size.bytes, end - next);
				const at = next;
				const chunk = size.timed(length, () => readWhole({ ...options, signal }, at, length));
				// A later chunk may fail while an earlier one is waited for.
				chunk.catch(() => undefined);
				onTheirWay.push(chunk);
				next += length;
			}
			const first = await onTheirWay[0];
			onTheirWay.shift();
			if (first === undefined) continue;
			yield first.data;
			first.release?.();
		}
	} finally {
		cancel.abort();
		await Promise.allSettled(onTheirWay);
	}
}

type Chunk = Pick<RangeAnswer, 'data' | 'release'>;

/** Answers may be shorter than asked for: the rest is asked for again. */
async function readWhole(options: ChunkOptions, offset: number, length: number): Promise<Chunk> {
	const { reader, path, end, signal, wrongSize } = options;
	const parts: RangeAnswer[] = [];
	for (let at = offset; at < offset + length; ) {
		const answer = await readRange(reader, { path, offset: at, length: offset + length - at, signal });
		if (answer?.size !== end) throw wrongSize(answer?.size);
		parts.push(answer);
		at += answer.data.length;
	}
	const [only] = parts;
	if (parts.length === 1 && only !== undefined) return only;
	const data = Buffer.concat(parts.map((part) => part.data));
	for (const part of parts) part.release?.();
	return { data };
}
