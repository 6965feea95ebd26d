/** What may stand between frames on purpose: ID3v2, ID3v1 and APE tags. */
import { ByteWindow } from "./byte-window";

/** Not enough bytes yet to tell whether a tag begins here. */
export const TAG_UNSURE: i64 = -1;
/** No tag begins here. */
export const NO_TAG: i64 = 0;

const ID3V1_BYTES: i64 = 128;
const ID3V1_EXTENDED_BYTES: i64 = 227;
const APE_HEADER_BYTES: i64 = 32;

/** Whether a tag begins with this big-endian word; enough to end a run of frames, not to skip it. */
export function opensTag(word: u32): bool {
	return word >>> 8 == 0x494433 || word >>> 8 == 0x544147 || word == 0x41504554; // ID3, TAG, APET
}

/** Bytes of the tag that begins at `place`, NO_TAG, or TAG_UNSURE. Bytes are there up to `end`. */
export function tagBytes(window: ByteWindow, place: u64, end: u64): i64 {
	if (end <= place) return TAG_UNSURE;
	switch (window.at(place)) {
		case 0x49: return id3v2Bytes(window, place, end);
		case 0x54: return id3v1Bytes(window, place, end);
		case 0x41: return apeBytes(window, place, end);
		default: return NO_TAG;
	}
}

/** ID3v2.4 structure 3.1 and 3.4: ten bytes, the size without them, and a footer of ten more if flagged. */
function id3v2Bytes(window: ByteWindow, place: u64, end: u64): i64 {
	if (!agrees(window, place, end, "ID3")) return NO_TAG;
	if (end - place < 10) return TAG_UNSURE;
	if (window.at(place + 3) == 0xff || window.at(place + 4) == 0xff) return NO_TAG;
	const size = window.word(place + 6);
	if ((size & 0x80808080) != 0) return NO_TAG;
	const body = (size & 0x7f) | ((size & 0x7f00) >>> 1) | ((size & 0x7f0000) >>> 2) | ((size & 0x7f000000) >>> 3);
	const hasFooter = (window.at(place + 5) & 0x10) != 0;
	return 10 + <i64>body + (hasFooter ? 10 : 0);
}

function id3v1Bytes(window: ByteWindow, place: u64, end: u64): i64 {
	if (!agrees(window, place, end, "TAG")) return NO_TAG;
	if (end - place < 4) return TAG_UNSURE;
	return window.at(place + 3) == 0x2b ? ID3V1_EXTENDED_BYTES : ID3V1_BYTES;
}

/** APE tag header: preamble, version, size of items and footer, item count, flags; all little-endian. */
function apeBytes(window: ByteWindow, place: u64, end: u64): i64 {
	if (!agrees(window, place, end, "APETAGEX")) return NO_TAG;
	if (<i64>(end - place) < APE_HEADER_BYTES) return TAG_UNSURE;
	const size = <i64>bswap(window.word(place + 12));
	const isHeader = (window.at(place + 23) & 0x20) != 0;
	return isHeader ? APE_HEADER_BYTES + size : APE_HEADER_BYTES;
}

/** Whether the bytes that are there do not contradict `mark`. */
function agrees(window: ByteWindow, place: u64, end: u64, mark: string): bool {
	const length = min<u64>(mark.length, end - place);
	for (let i: u64 = 0; i < length; i++) {
		if (window.at(place + i) != <u8>mark.charCodeAt(<i32>i)) return false;
	}
	return true;
}
