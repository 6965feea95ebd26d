/** Joins neighbouring pages, which are copied several times faster together than one by one. */

/** Numbers in ascending order as runs of neighbours. */
export function* runsOf(pages: readonly number[]): Generator<{ from: number; count: number }> {
	let from = 0;
	let count = 0;
	for (const page of pages) {
		if (page !== from + count) {
			if (count > 0) yield { from, count };
			from = page;
			count = 0;
		}
		count++;
	}
	if (count > 0) yield { from, count };
}

/** Pages as pieces of bytes, joined where they are neighbours in memory and in the buffer that they lie in. */
export function* piecesOf(
	pages: ReadonlyMap<number, Uint8Array>,
): Generator<{ page: number; bytes: Uint8Array }> {
	let first = 0;
	let next = -1;
	let start: Uint8Array = new Uint8Array(0);
	let length = 0;
	for (const [page, content] of pages) {
		const isNeighbour =
			page === next && content.buffer === start.buffer && content.byteOffset === start.byteOffset + length;
		if (!isNeighbour) {
			if (length > 0) yield { page: first, bytes: new Uint8Array(start.buffer, start.byteOffset, length) };
			first = page;
			start = content;
			length = 0;
		}
		length += content.length;
		next = page + 1;
	}
	if (length > 0) yield { page: first, bytes: new Uint8Array(start.buffer, start.byteOffset, length) };
}
