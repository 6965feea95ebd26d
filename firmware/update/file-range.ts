/** Reads a range of a file of a repository that lies in a folder. */
import { constants, open } from 'node:fs/promises';
import { join } from 'node:path';

/** Most bytes one answer carries. */
export const mostAnswerBytes = 524_288;

// Nothing that starts with a dot, so never the folder above; nothing unfinished, which starts with a tilde.
const PATH = /^(metadata|targets)(\/[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}){1,8}$/;

export interface FileRange {
	readonly size: number;
	readonly offset: number;
	readonly data: Uint8Array;
}

/** Fewer bytes than asked for at the end of the file, none past it. @param most bytes of an answer */
export async function readFileRange(
	directory: string,
	{ path, offset, length }: { path: string; offset: number; length: number },
	most = mostAnswerBytes,
): Promise<FileRange | 'not-found' | 'refused'> {
	if (!PATH.test(path) || !Number.isSafeInteger(offset) || offset < 0) return 'refused';
	try {
		// What is no file, such as a pipe, must not be waited for.
		await using file = await open(join(directory, path), constants.O_RDONLY | constants.O_NONBLOCK);
		const status = await file.stat();
		if (!status.isFile()) return 'not-found';
		const data = new Uint8Array(Math.max(0, Math.min(length, most, status.size - offset)));
		const { bytesRead } = await file.read(data, 0, data.length, offset);
		return { size: status.size, offset, data: data.subarray(0, bytesRead) };
	} catch (error) {
		if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return 'not-found';
		throw error;
	}
}
