/** Firmware releases as a repository offers them, for tests. */
import type { Target } from '../update/target-view.ts';
import { imageOf } from './image.fixture.ts';
import type { Partition, UpdateDelta } from './update-manifest.ts';

export interface Release {
	readonly release: number;
	readonly board?: string;
	readonly images: Readonly<Record<Partition, Uint8Array>>;
	readonly deltas?: readonly UpdateDelta[];
}

export function releaseTargets({ release, board = 'qemu-arm64', images, deltas }: Release): Target[] {
	const parts = (['boot', 'root'] as const).map((partition) => ({
		partition,
		...imageOf(images[partition]),
	}));
	const firmware = {
		board,
		version: `1.${release}.0`,
		release,
		slotBytes: { boot: 25_165_824, root: 75_497_472 },
		parts,
		...(deltas && { deltas }),
	};
	return parts.map(({ partition, length, sha256 }) => {
		const path = `firmware/${board}/1.${release}.0/${partition}.img`;
		return { path, file: `targets/${sha256}.${partition}.img`, length, sha256, custom: { firmware } };
	});
}
