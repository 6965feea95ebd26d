/** What a build leaves comes into its folder once all of it is made: one that breaks off changes nothing there. */
import { mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from '../hal/make-folder.ts';
import { isRunning } from '../hal/process-number.ts';
import { ImageError } from './image-error.ts';

export interface WholeOutputOptions<T> {
	/** Made where there is none. */
	readonly out: string;
	/** The file that says that the others belong together: there is none while they are exchanged. */
	readonly last: string;
	/** Fills a folder on the same file system. */
	readonly make: (folder: string) => Promise<T>;
}

const placeErrors: Readonly<Record<string, string>> = {
	EACCES: 'this user may not write there',
	EPERM: 'this user may not write there',
	EROFS: 'it can only be read',
	ENOTDIR: 'a part of it is no folder',
	EEXIST: 'it is no folder',
	ENOENT: 'no folder can be made there',
};

/** @throws ImageError `no-place`; those of `make` */
export async function wholeOutput<T>({ out, last, make }: WholeOutputOptions<T>): Promise<T> {
	const folder = await folderIn(out);
	try {
		const made = await make(folder);
		const names = (await readdir(folder)).filter((name) => name !== last);
		await rm(join(out, last), { force: true });
		for (const name of [...names, last]) await rename(join(folder, name), join(out, name));
		return made;
	} catch (error) {
		throw codeIn(error) === 'ENOSPC'
			? new ImageError('no-place', `${out}: the disk is full`, { cause: error })
			: error;
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
}

async function folderIn(out: string): Promise<string> {
	try {
		await makeFolder(out);
		for (const name of await readdir(out))
			if (isLeftBehind(name)) await rm(join(out, name), { recursive: true, force: true });
		return await mkdtemp(join(out, `new-${process.pid}-`));
	} catch (error) {
		const code = codeIn(error);
		throw new ImageError('no-place', `${out}: ${placeErrors[code] ?? code}`, { cause: error });
	}
}

/** Of a build that was killed, which could not clean up behind itself. */
function isLeftBehind(name: string): boolean {
	const [, pid] = /^new-(\d+)-/.exec(name) ?? [];
	return pid !== undefined && !isRunning(Number(pid));
}

function codeIn(error: unknown): string {
	return error instanceof Error && 'code' in error ? String(error.code) : '';
}
