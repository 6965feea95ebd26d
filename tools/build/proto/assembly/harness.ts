/** Where a test puts the bytes for a codec, and finds what it made of them. */

let input: Uint8Array = new Uint8Array(0);
let output: Uint8Array = new Uint8Array(0);

/** Address of `size` bytes that the next call reads. */
export function prepare(size: i32): usize {
	input = new Uint8Array(size);
	return input.dataStart;
}

export function given(): Uint8Array {
	return input;
}

export function answer(bytes: Uint8Array): i32 {
	output = bytes;
	return bytes.byteLength;
}

/** Address of what the last call answered. */
export function answerAt(): usize {
	return output.dataStart;
}
