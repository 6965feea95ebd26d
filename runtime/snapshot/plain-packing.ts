/** Leaves bytes as they are, behind a mark: the double of `Packing`. */
import type { Packing } from './packing.ts';

const mark = 0x50;
const markOnDictionary = 0x44;

export const plainPacking: Packing = {
	pack,
	packLater: async (bytes) => pack(bytes),
	unpack: (packed, length, dictionary) => {
		if (packed[0] !== markFor(dictionary) || packed.length !== length + 1)
			throw new Error('these bytes were not packed so');
		return packed.slice(1);
	},
};

function pack(bytes: Uint8Array, dictionary?: Uint8Array): Uint8Array {
	const packed = new Uint8Array(bytes.length + 1);
	packed[0] = markFor(dictionary);
	packed.set(bytes, 1);
	return packed;
}

function markFor(dictionary: Uint8Array | undefined): number {
	return dictionary === undefined ? mark : markOnDictionary;
}
