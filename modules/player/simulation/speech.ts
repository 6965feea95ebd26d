/** A stretch of speech-like audio: 64 kbit/s at 22.05 kHz, whose frame is no whole number of microseconds. */
import { concat, frame, frameBytesOf, id3v1, id3v2, type Shape } from '../mpeg-stream.ts';

export const shape: Shape = {
	version: 2,
	layer: 3,
	bitrateIndex: 8,
	rateIndex: 0,
	hasPadding: false,
	hasCrc: false,
};

export interface Recording {
	readonly bytes: Uint8Array;
	readonly frames: readonly Uint8Array[];
}

/** @param count frames of 26.12 ms; padding as an encoder would set it, so that the bitrate is exact */
export function recording(count: number, { front = id3v2(200), back = id3v1() } = {}): Recording {
	const exactBytes = (576 * 64_000) / (22_050 * 8);
	let owed = 0;
	const frames = Array.from({ length: count }, (_, seed) => {
		owed += exactBytes - frameBytesOf(shape);
		const hasPadding = owed >= 1;
		if (hasPadding) owed--;
		return frame({ ...shape, hasPadding }, seed);
	});
	return { bytes: concat([front, ...frames, back]), frames };
}
