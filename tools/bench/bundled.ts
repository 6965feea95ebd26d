/** A program of the bench as one file, made as the firmware of an image is: what it takes is what a box takes. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleFirmware } from '../../firmware/image/bundle.ts';

const cell = fileURLToPath(new URL('../../firmware/hal/cell-worker.ts', import.meta.url));

/** Returns the file. @param program what the main thread runs */
export async function bundled(program: string, folder: string): Promise<string> {
	const entry = join(folder, 'entry.ts');
	const file = join(folder, 'program.mjs');
	await writeFile(
		entry,
		`import { isMainThread } from 'node:worker_threads';
if (isMainThread) await import(${JSON.stringify(program)});
else await import(${JSON.stringify(cell)});
`,
	);
	await bundleFirmware({ file, entry, without: ['@bytecodealliance/jco-transpile'] });
	return file;
}
