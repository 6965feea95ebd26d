/** How a disk is divided: the same on every board, but for sizes. */
import type { Board } from './board.ts';

export const partitionNames = ['bootstate', 'boot-a', 'root-a', 'boot-b', 'root-b', 'data'] as const;
export type PartitionName = (typeof partitionNames)[number];

export interface DiskPartition {
	readonly name: PartitionName;
	/** In bytes. */
	readonly start: number;
	readonly size: number;
}

/** In bytes, as `firstMb` and the sizes of a board count them. */
export const megabyte = 1_048_576;

/** Its number on the disk, from 1. */
export function partitionOf(name: PartitionName): number {
	return partitionNames.indexOf(name) + 1;
}

export function partitionsOf({ storage: { firstMb = 1, bootMb, rootMb, dataMb } }: Board): DiskPartition[] {
	const sizes: Record<PartitionName, number> = {
		bootstate: 1,
		'boot-a': bootMb,
		'root-a': rootMb,
		'boot-b': bootMb,
		'root-b': rootMb,
		data: dataMb,
	};
	let start = firstMb * megabyte;
	return partitionNames.map((name) => {
		const partition = { name, start, size: sizes[name] * megabyte };
		start += partition.size;
		return partition;
	});
}
