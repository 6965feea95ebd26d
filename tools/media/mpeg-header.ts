/** The four bytes before every MPEG audio frame (ISO/IEC 11172-3 2.4.1.3, 13818-3 2.4.2.3, and "MPEG 2.5"). */

export interface MpegHeader {
	readonly version: 1 | 2 | 2.5;
	readonly layer: 1 | 2 | 3;
	/** Kilobits a second. */
	readonly bitrate: number;
	/** Hertz. */
	readonly sampleRate: number;
	readonly isMono: boolean;
	/** Samples of each channel in the frame. */
	readonly samples: number;
	/** Bytes of the frame with its header. */
	readonly length: number;
}

/** By index 1 to 14; kbit/s. */
const bitratesV1 = {
	1: [32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448],
	2: [32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
	3: [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
} as const;
const lowBitrates = [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160] as const;
const bitratesV2 = {
	1: [32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256],
	2: lowBitrates,
	3: lowBitrates,
} as const;
const sampleRatesV1 = [44_100, 48_000, 32_000] as const;
const versions = [2.5, undefined, 2, 1] as const;
const layers = [undefined, 3, 2, 1] as const;

/**
 * @returns undefined where no frame can begin: no sync word, a reserved value, or free format, whose
 * length the header does not tell
 */
export function parseMpegHeader(bytes: Uint8Array, offset: number): MpegHeader | undefined {
	const [b0, b1, b2, b3] = bytes.subarray(offset, offset + 4);
	if (b0 !== 0xff || b1 === undefined || b2 === undefined || b3 === undefined || b1 < 0xe0) return undefined;
	const version = versions[(b1 >> 3) & 3];
	const layer = layers[(b1 >> 1) & 3];
	const baseRate = sampleRatesV1[((b2 >> 2) & 3) as 0 | 1 | 2];
	if (version === undefined || layer === undefined || baseRate === undefined) return undefined;
	const bitrate = (version === 1 ? bitratesV1 : bitratesV2)[layer][(b2 >> 4) - 1];
	// 11172-3 2.4.2.3: the value 2 of emphasis is reserved; noise has it as often as any other.
	if (bitrate === undefined || (b3 & 3) === 2) return undefined;

	const sampleRate = version === 1 ? baseRate : version === 2 ? baseRate / 2 : baseRate / 4;
	const samples = layer === 1 ? 384 : layer === 3 && version !== 1 ? 576 : 1152;
	const padding = (b2 >> 1) & 1;
	const length =
		layer === 1
			? (Math.floor((12_000 * bitrate) / sampleRate) + padding) * 4
			: Math.floor((samples * 125 * bitrate) / sampleRate) + padding;
	return { version, layer, bitrate, sampleRate, isMono: b3 >> 6 === 3, samples, length };
}

/** Whether two frames can follow each other in one stream; bit rate and stereo mode may change between them. */
export function isSameStream(a: MpegHeader, b: MpegHeader): boolean {
	return a.version === b.version && a.layer === b.layer && a.sampleRate === b.sampleRate;
}
