/** Firmware releases as a box sees them in the repository, for tests. */
import type { Target } from '../update/target-view.ts';
import { imageOf } from './image.fixture.ts';
import { type ReleaseOptions, releaseTargets as targetsOf } from './release-targets.ts';

export type Release = Pick<ReleaseOptions, 'release' | 'images' | 'deltas'> & { readonly board?: string };

export function releaseTargets({
	board = 'qemu-arm64',
	...release
}: Release): (Target & { bytes: Uint8Array })[] {
	const slotBytes = { boot: 25_165_824, root: 75_497_472 };
	return targetsOf({ board, version: `1.${release.release}.0`, slotBytes, ...release }).map((target) => ({
		...target,
		...imageOf(target.bytes),
		file: `targets/${target.path}`,
		custom: target.custom as Target['custom'],
	}));
}
