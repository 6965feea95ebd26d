/** Builds MPEG audio for the tests frame by frame, so that what must be found is known beforehand. */
export interface Shape {
	readonly version: 1 | 2 | 2.5;
	readonly layer: 1 | 2 | 3;
	/** 1 to 14. */
	readonly bitrateIndex: number;
	/** 0 to 2. */
	readonly rateIndex: number;
	readonly hasPadding: boolean;
	readonly hasCrc: boolean;
}

/** kbit/s, ISO/IEC 11172-3 2.4.2.3 and 13818-3 2.4.2.3. */
const kbps = {
	'1/1': [32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448],
	'1/2': [32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
	'1/3': [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
	'2/1': [32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256],
	'2/2': [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
	'2/3': [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
} as const;

const rates = {
	1: [44_100, 48_000, 32_000],
	2: [22_050, 24_000, 16_000],
	2.5: [11_025, 12_000, 8_000],
} as const;

export function rateOf(shape: Shape): number {
	return rates[shape.version][shape.rateIndex] as number;
}

export function samplesOf({ version, layer }: Shape): number {
	if (layer === 1) return 384;
	return layer === 3 && version !== 1 ? 576 : 1152;
}

export function bitrateOf({ version, layer, bitrateIndex }: Shape): number {
	return (kbps[`${version === 1 ? 1 : 2}/${layer}`][bitrateIndex - 1] as number) * 1000;
}

/** A slot is four bytes in layer I and one byte in the others; a frame is a whole number of slots. */
export function frameBytesOf(shape: Shape): number {
	const slotBytes = shape.layer === 1 ? 4 : 1;
	const slots = Math.floor((samplesOf(shape) * bitrateOf(shape)) / (rateOf(shape) * 8 * slotBytes));
	return (slots + (shape.hasPadding ? 1 : 0)) * slotBytes;
}

export function headerOf(shape: Shape): number {
	const version = { 1: 3, 2: 2, 2.5: 0 }[shape.version];
	return (
		((0x7ff << 21) |
			(version << 19) |
			((4 - shape.layer) << 17) |
			((shape.hasCrc ? 0 : 1) << 16) |
			(shape.bitrateIndex << 12) |
			(shape.rateIndex << 10) |
			((shape.hasPadding ? 1 : 0) << 9)) >>>
		0
	);
}

/** A frame whose payload is a function of `seed`; it may look like headers, as real payload may. */
export function frame(shape: Shape, seed: number): Uint8Array {
	const bytes = new Uint8Array(frameBytesOf(shape));
	let state = (seed * 2_654_435_761 + 1) >>> 0;
	for (let i = 4; i < bytes.length; i++) {
		state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
		bytes[i] = state >>> 24;
	}
	new DataView(bytes.buffer).setUint32(0, headerOf(shape));
	return bytes;
}

/** ID3v2.4 structure 3.1: header, `bodyBytes` of body, and the footer if asked for. */
export function id3v2(bodyBytes: number, { hasFooter = false, fill = 0xff } = {}): Uint8Array {
	const bytes = new Uint8Array(10 + bodyBytes + (hasFooter ? 10 : 0)).fill(fill);
	const head = [
		0x49,
		0x44,
		0x33,
		4,
		0,
		hasFooter ? 0x10 : 0,
		...[21, 14, 7, 0].map((bit) => (bodyBytes >> bit) & 0x7f),
	];
	bytes.set(head);
	if (hasFooter) bytes.set([0x33, 0x44, 0x49, ...head.slice(3)], 10 + bodyBytes);
	return bytes;
}

export function id3v1(): Uint8Array {
	const bytes = new Uint8Array(128).fill(0x20);
	bytes.set([0x54, 0x41, 0x47]);
	return bytes;
}

/** APEv2 with header, items and footer; the size counts items and footer. */
export function apeTag(itemBytes: number): Uint8Array {
	const bytes = new Uint8Array(64 + itemBytes).fill(0x41);
	const end = (at: number, flags: number): void => {
		bytes.set(new TextEncoder().encode('APETAGEX'), at);
		const view = new DataView(bytes.buffer, at);
		view.setUint32(8, 2000, true);
		view.setUint32(12, itemBytes + 32, true);
		view.setUint32(16, 1, true);
		view.setUint32(20, flags, true);
		bytes.fill(0, at + 24, at + 32);
	};
	end(0, 0xa0000000);
	end(32 + itemBytes, 0x80000000);
	return bytes;
}

export function concat(parts: readonly Uint8Array[]): Uint8Array {
	const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
	let at = 0;
	for (const part of parts) {
		bytes.set(part, at);
		at += part.length;
	}
	return bytes;
}
