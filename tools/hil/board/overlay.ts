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

/** Replaces what is at the path. @throws BoardError `missing-tool`, `command-failed` */
export async function createOverlay({ path, base, bytes }: OverlayOptions): Promise<ImageFile> {
	const backing = base === undefined ? [] : ['-b', resolve(base), '-F', 'raw'];
	const size = bytes === undefined ? [] : [`${bytes}`];
	await run('qemu-img', ['create', '-q', '-f', 'qcow2', ...backing, path, ...size]).catch((cause: Error) => {
		const isMissing = 'code' in cause && cause.code === 'missing-tool';
		throw isMissing
			? new BoardError('missing-tool', 'not installed: apt-get install qemu-utils', { cause })
			: new BoardError('command-failed', cause.message, { cause });
	});
	return { path, format: 'qcow2' };
}
