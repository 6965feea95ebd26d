/** Adds custom sections to a WebAssembly binary (core spec 5.5.3; the same in components). */

export function appendSections(
	binary: Uint8Array,
	sections: ReadonlyMap<string, Uint8Array>,
): Uint8Array<ArrayBuffer> {
	const parts: Uint8Array[] = [binary];
	for (const [name, content] of sections) {
		const title = new TextEncoder().encode(name);
		const body = [leb128(title.length), title, content];
		parts.push(Uint8Array.of(0), leb128(body.reduce((sum, part) => sum + part.length, 0)), ...body);
	}
	return new Uint8Array(Buffer.concat(parts));
}

function leb128(value: number): Uint8Array {
	const bytes: number[] = [];
	for (let left = value; ; left >>>= 7) {
		if (left < 0x80) return Uint8Array.from([...bytes, left]);
		bytes.push((left & 0x7f) | 0x80);
	}
}
