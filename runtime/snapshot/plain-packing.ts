/** Leaves bytes as they are, behind a mark: the double of `Packing`. */
import type { Packing } from './packing.ts';

const mark = 0x50;

export const plainPacking: Packing = {
	pack,
	packLater: async (bytes) => pack(bytes),
	unpack: (packed, length) => {
		if (packed[0] !== mark || packed.length !== length + 1) throw new Error('these bytes were not packed');
		return packed.slice(1);
	},
};

function pack(bytes: Uint8Array): Uint8Array {
	const packed = new Uint8Array(bytes.length + 1);
	packed[0] = mark;
	packed.set(bytes, 1);
	return packed;
}
