/** Writes the generated AssemblyScript that a module and the SDK are compiled with. */
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from '../../firmware/hal/make-folder.ts';
import { busFolder, sdkFolder, servicesWit } from './house.ts';
import { protoBindings } from './proto/assemblyscript.ts';
import { type GuestBindings, generateGuest } from './wit/guest/generate.ts';
import { parseWit } from './wit/parse.ts';

export const serviceWorld = 'service';

/** For the SDK: its world, and the messages it speaks itself. */
export async function writeSdkBindings(): Promise<GuestBindings & { readonly wit: string }> {
	const wit = await readFile(servicesWit, 'utf8');
	const bindings = generateGuest({
		package: parseWit(wit, servicesWit),
		world: serviceWorld,
		implementation: () => '../guest',
	});
	await writeChanged(join(sdkFolder, 'wit'), bindings.files);
	const protoFiles = ['session.proto', 'container.proto'].map((file) => join(busFolder, file));
	await writeChanged(join(sdkFolder, 'bus'), await protoBindings({ protoFiles, importPaths: [busFolder] }));
	return { ...bindings, wit };
}

/** @param protoFiles of the platform and of the module */
export async function writeModuleBindings(directory: string, protoFiles: readonly string[]): Promise<void> {
	const files = await protoBindings({ protoFiles, importPaths: [join(directory, 'proto'), busFolder] });
	await writeChanged(join(directory, 'assembly/bus'), files);
}

/** Other builds may read the same files now, so each is replaced at once or left alone. */
async function writeChanged(folder: string, files: ReadonlyMap<string, string>): Promise<void> {
	await makeFolder(folder);
	for (const [name, text] of files) {
		const path = join(folder, name);
		if ((await readFile(path, 'utf8').catch(() => undefined)) === text) continue;
		const temporary = `${path}.${process.pid}.new`;
		await writeFile(temporary, text);
		await rename(temporary, path);
	}
}
