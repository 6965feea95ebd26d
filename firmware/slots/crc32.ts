/** The sum of a boot state. Node's own comes with all that it can compress, for which a start would wait. */

/** Made with the first sum. */
let table: Uint32Array | undefined;

/** CRC-32 (polynomial 0xEDB88320, reflected), as U-Boot has it over its environment. */
export function crc32(bytes: Uint8Array): number {
	table ??= makeTable();
	let crc = 0xffff_ffff;
	for (let at = 0; at < bytes.length; at++)
		crc = (table[(crc ^ (bytes[at] as number)) & 0xff] as number) ^ (crc >>> 8);
	return ~crc >>> 0;
}

function makeTable(): Uint32Array {
	return Uint32Array.from({ length: 256 }, (_, byte) => {
		let crc = byte;
		for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (0xedb8_8320 & -(crc & 1));
		return crc;
	});
}
