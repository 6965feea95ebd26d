/** Makes a message fit to cross a thread: bytes move instead of being copied with the slab they lie in. */
/**
 * A cloned view takes its whole buffer with it, and a slab may hold hundreds of payloads: each view
 * of a part gets a buffer of its own. Views of a whole buffer are cloned, since others may hold them.
 */
export function detach<Value>(value: Value): { value: Value; transfer: ArrayBuffer[] } {
	const transfer: ArrayBuffer[] = [];
	return { value: copy(value, transfer) as Value, transfer };
}

function copy(value: unknown, transfer: ArrayBuffer[]): unknown {
	if (typeof value !== 'object' || value === null) return value;
	if (value instanceof Uint8Array) {
		// Not `slice`: that of a Buffer is another view of the same bytes, and transferring it takes them away.
		const own = new Uint8Array(value);
		transfer.push(own.buffer);
		return own;
	}
	if (Array.isArray(value)) return value.map((item) => copy(item, transfer));
	if (Object.getPrototypeOf(value) !== Object.prototype) return value;
	return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, copy(item, transfer)]));
}
