/** `Packing` by Zstandard, as the engine brings it. */
import { promisify } from 'node:util';
import { constants, type ZstdOptions, zstdCompress, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import type { Packing } from '../../runtime/snapshot/packing.ts';

/** Named when it is used: to name a function of a module of Node is to load the module. */
const compressLater = (bytes: Uint8Array, options: ZstdOptions): Promise<Uint8Array> =>
	promisify(zstdCompress)(bytes, options);

/** By how much incompressible bytes may grow (ZSTD_compressBound), so that all output fits one buffer. */
function room(length: number): number {
	return length + (length >>> 8) + 128;
}

/** @param level 1 to 19; 1 packs heaps of services as small as 3 does in three quarters of the time, 19 some 10 % smaller */
export function zstdPacking(level = 1): Packing {
	const options = (length: number, dictionary?: Uint8Array) => ({
		chunkSize: room(length),
		...(dictionary && { dictionary }),
		params: {
			[constants.ZSTD_c_compressionLevel]: level,
			// What is packed carries its own sum and length.
			[constants.ZSTD_c_checksumFlag]: 0,
			[constants.ZSTD_c_contentSizeFlag]: 0,
		},
	});
	return {
		pack: (bytes, dictionary) => new Uint8Array(zstdCompressSync(bytes, options(bytes.length, dictionary))),
		packLater: async (bytes) => new Uint8Array(await compressLater(bytes, options(bytes.length))),
		unpack: (packed, length, dictionary) => {
			const bytes = zstdDecompressSync(packed, {
				chunkSize: Math.max(length, 64),
				maxOutputLength: Math.max(length, 1),
				...(dictionary && { dictionary }),
			});
			if (bytes.length !== length)
				throw new RangeError(`${bytes.length} bytes came out instead of ${length}`);
			return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
		},
	};
}
