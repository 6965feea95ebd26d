/** A file as HTTP sees it: where it is, which version it is, and what kind of thing (RFC 9110 sections 8 and 13). */
import { constants } from 'node:fs';
import { type FileHandle, open, realpath } from 'node:fs/promises';
import { extname, join, sep } from 'node:path';

export interface Resource extends AsyncDisposable {
	readonly file: FileHandle;
	readonly size: number;
	/** Strong: it changes with every write to the file. */
	readonly etag: string;
	/** HTTP date, in whole seconds. */
	readonly lastModified: string;
	readonly contentType: string;
}

const contentTypes: Readonly<Record<string, string>> = {
	'.json': 'application/json',
	'.mp3': 'audio/mpeg',
	'.txt': 'text/plain; charset=utf-8',
	'.wasm': 'application/wasm',
	'.wav': 'audio/wav',
};

/**
 * Opens the file that a URL path names.
 * @returns undefined where there is none, or where the path leads out of the root by `..` or by a link
 */
export async function openResource(root: string, path: string): Promise<Resource | undefined> {
	const within = await realpath(root);
	try {
		const place = await realpath(join(within, decodeURIComponent(path)));
		if (!place.startsWith(within + sep)) return undefined;
		// Without O_NONBLOCK, opening a named pipe would wait for a writer that never comes.
		return await describe(await open(place, constants.O_RDONLY | constants.O_NONBLOCK), place);
	} catch {
		// Not there, not readable, not a well-formed path: to a client all of them are "not found".
		return undefined;
	}
}

async function describe(file: FileHandle, place: string): Promise<Resource | undefined> {
	const stat = await file.stat({ bigint: true });
	if (!stat.isFile()) {
		await file.close();
		return undefined;
	}
	return {
		file,
		size: Number(stat.size),
		etag: `"${stat.ino.toString(36)}-${stat.size.toString(36)}-${stat.mtimeNs.toString(36)}"`,
		lastModified: stat.mtime.toUTCString(),
		contentType: contentTypes[extname(place).toLowerCase()] ?? 'application/octet-stream',
		[Symbol.asyncDispose]: () => file.close(),
	};
}

/** Whether a range is to be honoured: If-Range names exactly this version (RFC 9110 13.1.5), or is not there. */
export function isSameVersion(ifRange: string | undefined, { etag, lastModified }: Resource): boolean {
	return ifRange === undefined || ifRange === etag || ifRange === lastModified;
}

/** Whether If-None-Match names this version, so that the client has it already (RFC 9110 13.1.2). */
export function isKnownVersion(ifNoneMatch: string | undefined, { etag }: Resource): boolean {
	const tags = (ifNoneMatch ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''));
	return tags.includes(etag) || tags.includes('*');
}
