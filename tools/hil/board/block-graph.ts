/** The disk of a virtual board as QEMU's block nodes: image <- record of writes <- faults <- speed. */
import type { DiskSpeed } from './board.ts';
import { BoardError } from './board-error.ts';

export interface BlockNode {
	readonly driver: string;
	readonly 'node-name': string;
	readonly [option: string]: unknown;
}

/** A file with a disk or a flash bank in it. */
export interface ImageFile {
	readonly path: string;
	readonly format: 'qcow2' | 'raw';
}

/** What stands between the device and the image; each filter has a name of its own, so that two sets can be compared. */
export interface DiskFilters {
	readonly log?: { readonly name: string; readonly path: string; readonly isContinued: boolean };
	readonly faults?: { readonly name: string; readonly align: number; readonly config: string };
}

/** The node that the device is attached to; what is below it may be changed while the box runs. */
export const diskDevice = 'disk';
export const diskImage = 'disk-image';
export const speedGroup = 'disk-speed';

/** The file and its format, from the bottom up; the last one is called `name`. */
export function imageNodes(name: string, { path, format }: ImageFile): BlockNode[] {
	return [
		{ driver: 'file', 'node-name': `${name}-file`, filename: path },
		{ driver: format, 'node-name': name, file: `${name}-file` },
	];
}

/** The filters over the image, from the bottom up. */
export function filterNodes({ log, faults }: DiskFilters): BlockNode[] {
	const nodes: BlockNode[] = [];
	if (log !== undefined)
		nodes.push(
			{ driver: 'file', 'node-name': `${log.name}-file`, filename: log.path },
			{
				driver: 'blklogwrites',
				'node-name': log.name,
				file: diskImage,
				log: `${log.name}-file`,
				'log-append': log.isContinued,
				// A box that is cut off leaves a log that counts every entry.
				'log-super-update-interval': 1,
			},
		);
	if (faults !== undefined)
		nodes.push({
			driver: 'blkdebug',
			'node-name': faults.name,
			image: log?.name ?? diskImage,
			align: faults.align,
			config: faults.config,
		});
	return nodes;
}

/** The node at the top, with what is below it as `filters` say. */
export function deviceNode({ log, faults }: DiskFilters): BlockNode {
	return {
		driver: 'throttle',
		'node-name': diskDevice,
		'throttle-group': speedGroup,
		file: faults?.name ?? log?.name ?? diskImage,
	};
}

/** @throws BoardError `bad-range` */
export function speedLimits({ readRate = 0, writeRate = 0 }: DiskSpeed): Readonly<Record<string, number>> {
	for (const rate of [readRate, writeRate])
		if (!Number.isInteger(rate) || rate < 0)
			throw new BoardError('bad-range', `a rate of ${rate}; it must be bytes a second, or 0 for no limit`);
	return { 'bps-read': readRate, 'bps-write': writeRate };
}
