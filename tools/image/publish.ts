/** Offers a built image as a release: its two slot images in the repository that boxes trust. */
import { readFile } from 'node:fs/promises';
import type { Board } from '../../firmware/image/board.ts';
import type { BuiltImage } from '../../firmware/image/build-image.ts';
import { partitionsOf } from '../../firmware/image/partitions.ts';
import { releasePath, releaseTargets } from '../../firmware/slots/release-targets.ts';
import type { Repository } from '../headend/repository/repository.ts';

/** Returns the URL by which a box downloads it. Errors: those of `Repository.addTarget`. */
export async function publishImage(repository: Repository, board: Board, image: BuiltImage): Promise<string> {
	const sizeOf = (name: string): number => partitionsOf(board).find((one) => one.name === name)?.size ?? 0;
	const release = {
		board: board.name,
		version: image.version,
		release: image.release,
		slotBytes: { boot: sizeOf('boot-a'), root: sizeOf('root-a') },
		images: { boot: await readFile(image.boot.file), root: await readFile(image.root.file) },
	};
	for (const target of releaseTargets(release)) await repository.addTarget(target);
	return `tuf:${releasePath(release)}`;
}
