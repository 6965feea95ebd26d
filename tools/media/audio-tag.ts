/** Tags that stand before, between and after the frames of an audio file and are no sound. */

/** Length of the tag that begins at `offset`; 0 where none does. It may be longer than what is left. */
export function tagLength(bytes: Uint8Array, offset: number): number {
	const at = (index: number) => bytes[offset + index] ?? 0;
	const startsWith = (text: string) => [...text].every((letter, index) => at(index) === letter.charCodeAt(0));

	if (startsWith('ID3') && at(3) < 0xff && at(4) < 0xff) {
		// ID3v2.4 3.1: the size has seven bits a byte and counts neither the header nor the footer, ten bytes each.
		const sizeBytes = [at(6), at(7), at(8), at(9)];
		if (sizeBytes.some((byte) => byte > 0x7f)) return 0;
		const size = sizeBytes.reduce((sum, byte) => sum * 128 + byte, 0);
		return 10 + size + ((at(5) & 0x10) !== 0 ? 10 : 0);
	}
	// ID3v1 is the last 128 bytes of a file and nothing else.
	if (startsWith('TAG') && bytes.length - offset === 128) return 128;
	if (startsWith('APETAGEX')) {
		// APEv2: little-endian size with the footer and without the header; bit 29 says that this is the header.
		const size = at(12) + at(13) * 2 ** 8 + at(14) * 2 ** 16 + at(15) * 2 ** 24;
		return (at(23) & 0x20) !== 0 ? 32 + size : 32;
	}
	return 0;
}
