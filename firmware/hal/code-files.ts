/**
 * Keeps the code of services as files. It was made on this box from modules that were verified then; what is read
 * later has to have the digest that was remembered, or it is not run.
 */
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { CodeKey, CodeReader, CodeStore } from '../../runtime/component/service-code.ts';
import { makeFolder } from './make-folder.ts';

/** Code of most services has fewer bytes. */
const roomBytes = 65_536;

export function codeReader(folder: string): CodeReader {
	let room: Uint8Array<ArrayBuffer> | undefined;
	return {
		read: (key) => {
			room ??= new Uint8Array(roomBytes);
			const code = readInto(room, fileOf(folder, key));
			if (keyOf(code) !== key) throw new Error(`the code ${key} is damaged`);
			return code;
		},
	};
}

/** Who is asked something waits for this: without asking for the length first it takes half as long. */
function readInto(room: Uint8Array<ArrayBuffer>, file: string): Uint8Array<ArrayBuffer> {
	const handle = openSync(file, 'r');
	try {
		const length = readSync(handle, room);
		return length < room.length ? room.subarray(0, length) : new Uint8Array(readFileSync(file));
	} finally {
		closeSync(handle);
	}
}

/** In a folder of its own. What a cut has left unfinished there is not as it should be, and is written again. */
export async function openCodeFiles(folder: string): Promise<CodeStore> {
	await makeFolder(folder);
	/** Two modules may have the same code. */
	const uses = new Map<CodeKey, number>();
	return {
		...codeReader(folder),
		put: async (code) => {
			const key = keyOf(code);
			// Flash wears out: what is there and whole is not written again.
			if (!(await isThere(folder, key))) await writeFile(fileOf(folder, key), code);
			uses.set(key, (uses.get(key) ?? 0) + 1);
			return key;
		},
		remove: async (key) => {
			const left = (uses.get(key) ?? 0) - 1;
			if (left > 0) uses.set(key, left);
			else {
				uses.delete(key);
				await rm(fileOf(folder, key), { force: true });
			}
		},
		sweep: async () => {
			for (const name of await readdir(folder))
				if (!uses.has(basename(name, extension))) await rm(join(folder, name), { force: true });
		},
	};
}

async function isThere(folder: string, key: CodeKey): Promise<boolean> {
	const code = await readFile(fileOf(folder, key)).catch(() => undefined);
	return code !== undefined && keyOf(code) === key;
}

const extension = '.wasm';
const fileOf = (folder: string, key: CodeKey): string => join(folder, `${key}${extension}`);

function keyOf(code: Uint8Array): CodeKey {
	// Loaded when it is needed first: a cell whose services never sleep does without its megabytes.
	return process.getBuiltinModule('node:crypto').hash('sha256', code);
}
