/** A file that takes the writes to an image, so that the image stays as it is. */
import { resolve } from 'node:path';
import { run } from '../link/command.ts';
import type { ImageFile } from './block-graph.ts';
import { BoardError } from './board-error.ts';

export interface OverlayOptions {
	readonly path: string;
	/** Raw image below it. Default: nothing but zeros. */
	readonly base?: string;
	/** Default: as large as the base. */
	readonly bytes?: number;
}

/** Replaces what is at the path. @throws BoardError `command-failed` */
export async function createOverlay({ path, base, bytes }: OverlayOptions): Promise<ImageFile> {
	const backing = base === undefined ? [] : ['-b', resolve(base), '-F', 'raw'];
	const size = bytes === undefined ? [] : [`${bytes}`];
	const args = ['create', '-q', '-f', 'qcow2', ...backing, path, ...size];
	await run('qemu-img', args).catch((cause: Error) => {
		throw new BoardError('command-failed', cause.message, { cause });
	});
	return { path, format: 'qcow2' };
}
