/** Offers a built image as a release: its two slot images as targets of the repository that boxes trust. */
import { readFile } from 'node:fs/promises';
import type { Board } from '../../firmware/image/board.ts';
import type { BuiltImage } from '../../firmware/image/build-image.ts';
import { partitionsOf } from '../../firmware/image/partitions.ts';
import type { Repository } from '../headend/repository/repository.ts';

/** @returns the paths of its targets. Errors: those of `Repository.addTarget` */
export async function publishImage(
	repository: Repository,
	board: Board,
	image: BuiltImage,
): Promise<string[]> {
	const sizes = new Map(partitionsOf(board).map(({ name, size }) => [name, size]));
	const firmware = {
		board: board.name,
		version: image.version,
		release: image.release,
		slotBytes: { boot: sizes.get('boot-a'), root: sizes.get('root-a') },
		parts: [
			{ partition: 'boot', length: image.boot.bytes, sha256: image.boot.sha256 },
			{ partition: 'root', length: image.root.bytes, sha256: image.root.sha256 },
		],
	};
	const paths: string[] = [];
	for (const part of ['boot', 'root'] as const) {
		const path = `firmware/${board.name}/${image.release}/${part}.img`;
		await repository.addTarget({ path, bytes: await readFile(image[part].file), custom: { firmware } });
		paths.push(path);
	}
	return paths;
}
