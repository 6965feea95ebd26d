/** How the box reads the operator's repository: ranges of named files, whatever carries them. */
import { ReadError } from './read-error.ts';

export interface RangeRequest {
	/** Segments joined by `/`, such as `metadata/timestamp.json`. */
	readonly path: string;
	readonly offset: number;
	/** At least 1; the answer may be shorter, but is empty only past the end of the file. */
	readonly length: number;
	readonly signal?: AbortSignal | undefined;
}

export interface RangeAnswer {
	/** Bytes of the whole file. */
	readonly size: number;
	readonly offset: number;
	readonly data: Uint8Array;
	/** To be called by who reads the data no more, and may be forgotten: its memory is used again. */
	readonly release?: () => void;
}

/** An implementation passes on what it was told, true or not: callers read through `readRange`. */
export interface RangeReader {
	/**
	 * Undefined is: the repository has no such file. Errors: `repository-unreachable`, `malformed-answer`,
	 * `read-refused`, and the signal's reason.
	 */
	read(request: RangeRequest): Promise<RangeAnswer | undefined>;
}

/** Reads a range from a reader that may be lying. Errors: those of `RangeReader`. */
export async function readRange(
	reader: RangeReader,
	request: RangeRequest,
): Promise<RangeAnswer | undefined> {
	request.signal?.throwIfAborted();
	const answer = await reader.read(request);
	if (answer === undefined) return undefined;
	const { path, offset, length } = request;
	const { size, data } = answer;
	const problem =
		!Number.isSafeInteger(size) || size < 0
			? `a file of ${size} bytes`
			: answer.offset !== offset
				? `bytes from ${answer.offset}`
				: data.length > length
					? `${data.length} bytes`
					: data.length > Math.max(0, size - offset)
						? `bytes past the end of its ${size}`
						: data.length === 0 && offset < size
							? 'no bytes'
							: undefined;
	if (problem === undefined) return answer;
	throw new ReadError(
		'malformed-answer',
		`${path}: asked for ${length} bytes from ${offset}, got ${problem}`,
	);
}
