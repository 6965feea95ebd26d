/** A repository in memory: the double of `RangeReader`, whose files a test may change at any time. */
import type { RangeAnswer, RangeReader, RangeRequest } from './range-reader.ts';

export class MemoryRangeReader implements RangeReader {
	/** By path. */
	files: Map<string, Uint8Array>;
	/** Every request so far. */
	readonly requests: RangeRequest[] = [];
	/** Comes between: may wait, throw, or give another answer than the one it gets. */
	answer: (request: RangeRequest, truth: RangeAnswer | undefined) => Promise<RangeAnswer | undefined>;

	constructor(files: Iterable<readonly [path: string, bytes: Uint8Array]> = []) {
		this.files = new Map(files);
		this.answer = async (_request, truth) => truth;
	}

	read(request: RangeRequest): Promise<RangeAnswer | undefined> {
		this.requests.push(request);
		const file = this.files.get(request.path);
		const { offset, length } = request;
		const truth = file && { size: file.length, offset, data: file.slice(offset, offset + length) };
		return this.answer(request, truth);
	}
}
