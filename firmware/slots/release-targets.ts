/** How a release is offered: its targets for the repository, each with the manifest that a box finds it by. */
import { createHash } from 'node:crypto';
import { type Partition, partitions } from './update-manifest.ts';

export interface ReleaseOptions {
	readonly board: string;
	readonly version: string;
	readonly release: number;
	/** Of the partitions it was made for. */
	readonly slotBytes: Readonly<Record<Partition, number>>;
	readonly images: Readonly<Record<Partition, Uint8Array>>;
	/** Patches by `makeDelta`, each with the SHA-256 of the image it starts from. */
	readonly deltas?: readonly {
		readonly partition: Partition;
		readonly base: string;
		readonly patch: Uint8Array;
	}[];
}

export interface ReleaseTarget {
	readonly path: string;
	readonly bytes: Uint8Array;
	readonly custom: object;
}

/** What the URL of a release names, without its scheme: the folder of its targets. */
export function releasePath({ board, version }: Pick<ReleaseOptions, 'board' | 'version'>): string {
	return `firmware/${board}/${version}`;
}

/** For `Repository.addTarget`, the images last: a box that finds them finds the patches too. */
export function releaseTargets(options: ReleaseOptions): ReleaseTarget[] {
	const { board, version, release, slotBytes, images, deltas = [] } = options;
	const folder = releasePath(options);
	const patches = deltas.map(({ partition, base, patch }) => ({
		partition,
		base,
		path: `${folder}/${partition}-from-${base.slice(0, 16)}.delta`,
		patch,
	}));
	const firmware = {
		board,
		version,
		release,
		slotBytes,
		parts: partitions.map((partition) => ({
			partition,
			length: images[partition].length,
			sha256: createHash('sha256').update(images[partition]).digest('hex'),
		})),
		deltas: patches.map(({ partition, base, path }) => ({ partition, base, path })),
	};
	return [
		...patches.map(({ path, patch }) => ({ path, bytes: patch, custom: {} })),
		...partitions.map((partition) => ({
			path: `${folder}/${partition}.img`,
			bytes: images[partition],
			custom: { firmware },
		})),
	];
}
