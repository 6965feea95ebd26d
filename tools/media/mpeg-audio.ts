/** Counts the frames of an MPEG audio file, on its own account: the judge of what a player should have played. */
import { tagLength } from './audio-tag.ts';
import { isSameStream, type MpegHeader, parseMpegHeader } from './mpeg-header.ts';

export interface MpegFrame {
	/** Place of its header in the file, and its bytes with the header. */
	readonly offset: number;
	readonly length: number;
	/** Exact, so not always whole: 1152 samples at 44.1 kHz are 26,122.45 microseconds. */
	readonly durationUs: number;
	/** A frame that holds a Xing, Info or VBRI table in place of sound; decoders leave it out. */
	readonly isInfo: boolean;
}

/** Every byte of the file is in exactly one of a frame, a tag, what was skipped, and what was cut off. */
export interface MpegAudio {
	readonly frames: readonly MpegFrame[];
	readonly durationUs: number;
	readonly tagBytes: number;
	/** Bytes that are neither sound nor tag. */
	readonly skippedBytes: number;
	/** Bytes of a last frame that is not all there. */
	readonly truncatedBytes: number;
}

/**
 * Walks the frames of a whole file; never throws. A frame is taken where it follows another of its stream, or
 * where another, a tag or the end follows it, so four stray bytes are not mistaken for one.
 */
export function walkMpegAudio(bytes: Uint8Array): MpegAudio {
	const frames: MpegFrame[] = [];
	let tagBytes = 0;
	let skippedBytes = 0;
	let previous: MpegHeader | undefined;
	let offset = 0;
	while (offset < bytes.length) {
		const tag = Math.min(tagLength(bytes, offset), bytes.length - offset);
		if (tag > 0) {
			tagBytes += tag;
			offset += tag;
			continue;
		}
		const header = parseMpegHeader(bytes, offset);
		const isTaken = header !== undefined && (isNext(previous, header) || isConfirmed(bytes, offset, header));
		if (!isTaken) {
			skippedBytes++;
			offset++;
			previous = undefined;
			continue;
		}
		if (offset + header.length > bytes.length) break;
		frames.push({
			offset,
			length: header.length,
			durationUs: (header.samples * 1e6) / header.sampleRate,
			isInfo: holdsInfo(bytes, offset, header),
		});
		previous = header;
		offset += header.length;
	}
	const durationUs = frames.reduce((sum, frame) => sum + (frame.isInfo ? 0 : frame.durationUs), 0);
	return { frames, durationUs, tagBytes, skippedBytes, truncatedBytes: bytes.length - offset };
}

function isNext(previous: MpegHeader | undefined, header: MpegHeader): boolean {
	return previous !== undefined && isSameStream(previous, header);
}

function isConfirmed(bytes: Uint8Array, offset: number, header: MpegHeader): boolean {
	const end = offset + header.length;
	if (end === bytes.length || tagLength(bytes, end) > 0) return true;
	const following = parseMpegHeader(bytes, end);
	return following !== undefined && isSameStream(header, following);
}

function holdsInfo(
	bytes: Uint8Array,
	offset: number,
	{ version, layer, isMono, length }: MpegHeader,
): boolean {
	if (layer !== 3) return false;
	const read = (from: number) => String.fromCharCode(...bytes.subarray(offset + from, offset + from + 4));
	// 11172-3 2.4.1.7, 13818-3 2.4.1.7: bytes of side information, after which the main data begins.
	const sideBytes = version === 1 ? (isMono ? 17 : 32) : isMono ? 9 : 17;
	const isXing = ['Xing', 'Info'].includes(read(4 + sideBytes)) && length >= 8 + sideBytes;
	return isXing || (read(36) === 'VBRI' && length >= 40);
}
