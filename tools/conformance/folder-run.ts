/** Runs every script of a folder, each in a process of its own. */
import { execFile } from 'node:child_process';
import { glob } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { ConformanceError } from './conformance-error.ts';
import type { FileResults, Result } from './result.ts';

const scriptProcess = fileURLToPath(new URL('./script-process.ts', import.meta.url));
const mostAnswerBytes = 67_108_864;

export interface FolderRunOptions {
	/** A checkout of the suite. */
	readonly folder: string;
	readonly isLeftOut: (file: string) => boolean;
}

/** @throws ConformanceError `no-files` */
export async function runFolder({ folder, isLeftOut }: FolderRunOptions): Promise<FileResults[]> {
	const files = (await Array.fromAsync(glob('**/*.wast', { cwd: folder })))
		.map((file) => file.replaceAll('\\', '/'))
		.filter((file) => !isLeftOut(file))
		.sort();
	if (files.length === 0) throw new ConformanceError('no-files', `${folder} holds no .wast file`);
	const all: FileResults[] = [];
	for (const file of files) all.push({ file, results: await runFile(join(folder, file)) });
	return all;
}

async function runFile(path: string): Promise<Result[]> {
	try {
		const { stdout } = await promisify(execFile)(process.execPath, [scriptProcess, path], {
			// The suite names exports in two ways; its parser is told to take the older one too.
			env: { PATH: process.env['PATH'], WAST_STRICT_COMPONENT_INDICES: '0' },
			maxBuffer: mostAnswerBytes,
		});
		return JSON.parse(stdout);
	} catch (error) {
		const why = error instanceof Error ? error.message : String(error);
		return [{ line: 0, what: 'script', outcome: 'not-run', why: `its process ended: ${why}` }];
	}
}
