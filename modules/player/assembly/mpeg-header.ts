/**
 * The 32 bits in front of every MPEG audio frame: ISO/IEC 11172-3 2.4.2.3, ISO/IEC 13818-3 2.4.2.3
 * (lower sampling rates), and the MPEG-2.5 extension with its eleven-bit sync word.
 */

/** kbit/s by bitrate index; a row per table of ISO/IEC 11172-3 2.4.2.3 and 13818-3 2.4.2.3. Index 0 is free format. */
const BITRATES: StaticArray<u16> = [
	0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448, // MPEG-1 layer I
	0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384, // MPEG-1 layer II
	0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, // MPEG-1 layer III
	0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256, // MPEG-2 layer I
	0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, // MPEG-2 layers II and III
];
const BITRATE_COLUMNS = 15;
const SAMPLE_RATES: StaticArray<u32> = [44100, 48000, 32000];

/** Longest frame of any header that `isHeader` accepts: layer II, 160 kbit/s at 8 kHz, padded. */
export const MAX_FRAME_BYTES: i32 = 2881;

/**
 * Whether these bits can open a frame. Free format has no length of its own and is turned down, and
 * so is the reserved emphasis.
 */
export function isHeader(header: u32): bool {
	if (header >>> 21 != 0x7ff) return false;
	if (((header >>> 19) & 3) == 1) return false;
	if (((header >>> 17) & 3) == 0) return false;
	if ((header & 3) == 2) return false;
	const bitrate = (header >>> 12) & 15;
	return bitrate != 0 && bitrate != 15 && ((header >>> 10) & 3) != 3;
}

/** Whether two headers can belong to one stream: same version, layer and sample rate. */
export function isSameStream(a: u32, b: u32): bool {
	return ((a ^ b) & 0xfffe0c00) == 0;
}

/** 1, 2 or 3. */
export function layerOf(header: u32): u32 {
	return 4 - ((header >>> 17) & 3);
}

/** Bits per second. */
export function bitrateOf(header: u32): u32 {
	const layer = layerOf(header);
	const row = isMpeg1(header) ? layer - 1 : layer == 1 ? 3 : 4;
	return <u32>unchecked(BITRATES[row * BITRATE_COLUMNS + ((header >>> 12) & 15)]) * 1000;
}

/** Samples per second and channel. */
export function sampleRateOf(header: u32): u32 {
	const version = (header >>> 19) & 3;
	const shift: u32 = version == 3 ? 0 : version == 2 ? 1 : 2;
	return unchecked(SAMPLE_RATES[(header >>> 10) & 3]) >>> shift;
}

/** Samples per channel in one frame. */
export function samplesOf(header: u32): u32 {
	const layer = layerOf(header);
	if (layer == 1) return 384;
	return layer == 3 && !isMpeg1(header) ? 576 : 1152;
}

/** Bytes from this header to the next one. A CRC, if there is one, is within. */
export function frameBytesOf(header: u32): i32 {
	const padding = (header >>> 9) & 1;
	const bitrate = bitrateOf(header);
	const rate = sampleRateOf(header);
	if (layerOf(header) == 1) return (12 * bitrate / rate + padding) * 4;
	return samplesOf(header) / 8 * bitrate / rate + padding;
}

function isMpeg1(header: u32): bool {
	return ((header >>> 19) & 3) == 3;
}
