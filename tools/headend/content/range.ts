/** Reads what part of a resource a request is for (RFC 9110 section 14). */

/** First and last byte, both included; or nothing that the resource has; or no usable range, so the whole. */
export type RangeRequest = { readonly first: number; readonly last: number } | 'unsatisfiable' | 'whole';

/**
 * Several ranges at once, other units and what does not parse are answered with the whole, which
 * RFC 9110 14.2 leaves to a server.
 */
export function parseRange(header: string | undefined, size: number): RangeRequest {
	const [, from = '', to = ''] = /^bytes=[ \t]*(\d*)-(\d*)[ \t]*$/i.exec(header ?? '') ?? [];
	if (from === '' && to === '') return 'whole';
	if (from === '') {
		// RFC 9110 14.1.2: a suffix longer than the resource is all of it; one of no bytes is unsatisfiable.
		const length = Math.min(Number(to), size);
		return length === 0 ? 'unsatisfiable' : { first: size - length, last: size - 1 };
	}
	if (to !== '' && Number(to) < Number(from)) return 'whole';
	if (Number(from) >= size) return 'unsatisfiable';
	return { first: Number(from), last: to === '' ? size - 1 : Math.min(Number(to), size - 1) };
}
