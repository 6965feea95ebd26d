/** Written by `npm run generate` from cloud/repository.proto; do not edit. */
// biome-ignore-all format: generated
// biome-ignore-all lint/suspicious/noShadowRestrictedNames: the names are those of the contract
import { type Codec, codecsOf } from '../codec.ts';

export const ReadStatus = {
	READ_STATUS_UNSPECIFIED: 0,
	READ_STATUS_OK: 1,
	READ_STATUS_NOT_FOUND: 2,
	READ_STATUS_REFUSED: 3,
} as const;
export type ReadStatus = number;

export interface ReadRange {
	path: string;
	offset: number;
	length: number;
}

export interface FileRange {
	status: ReadStatus;
	offset: number;
	size: number;
	data: Uint8Array;
}

const codec = codecsOf('{"nested":{"mullion":{"nested":{"cloud":{"nested":{"FileRange":{"fields":{"status":{"type":"ReadStatus","id":1},"offset":{"type":"uint64","id":2},"size":{"type":"uint64","id":3},"data":{"type":"bytes","id":4}}},"ReadRange":{"fields":{"path":{"type":"string","id":1},"offset":{"type":"uint64","id":2},"length":{"type":"uint32","id":3}}},"ReadStatus":{"values":{"READ_STATUS_UNSPECIFIED":0,"READ_STATUS_OK":1,"READ_STATUS_NOT_FOUND":2,"READ_STATUS_REFUSED":3}}}}}}}}');

export const ReadRange: Codec<ReadRange> = codec('mullion.cloud.ReadRange');
export const FileRange: Codec<FileRange> = codec('mullion.cloud.FileRange');
