/** A program of the bench as files, made as the firmware of an image is: what it takes is what a box takes. */
import { join } from 'node:path';
import { bundleFirmware } from '../../firmware/image/bundle.ts';

/** Returns the file. @param program what the main thread runs */
export async function bundled(program: string, folder: string): Promise<string> {
	const file = join(folder, 'program.mjs');
	await bundleFirmware({ file, entry: program, without: ['@bytecodealliance/jco-transpile'] });
	return file;
}
