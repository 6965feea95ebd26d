/** Makes a new module that can be built at once. */
import { access, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { makeFolder } from '../../firmware/hal/make-folder.ts';
import { rules } from '../../runtime/module/manifest-rules.ts';
import { BuildError } from './build-error.ts';
import { packagesFolder, repositoryFolder, sdkFolder } from './house.ts';

export interface NewModule {
	/** Kebab-case. */
	readonly name: string;
	/** Folder to make it in, inside or outside of the repository. */
	readonly parent: string;
}

const templateFolder = join(import.meta.dirname, 'template');

/**
 * @returns the folder, and the files in it
 * @throws BuildError `bad-name`, `already-there`
 */
export async function createModule({
	name,
	parent,
}: NewModule): Promise<{ directory: string; files: string[] }> {
	if (!rules.module.pattern.test(name) || name.length > rules.module.longest) {
		const message = `"${name}" is no name for a module: use up to 64 small letters and digits, in words joined by hyphens, and not "box"`;
		throw new BuildError('bad-name', message);
	}
	const directory = resolve(parent, name);
	const isThere = await access(directory).then(
		() => true,
		() => false,
	);
	if (isThere) throw new BuildError('already-there', `${directory} exists; choose another name or folder`);
	const words = name.split('-');
	const assembly = join(directory, 'assembly');
	const values: Readonly<Record<string, string>> = {
		__name__: name,
		// Words that begin with a digit are none for protobuf, so they hang on to the one before.
		__package__: words.join('_').replaceAll(/_(\d)/g, '$1'),
		__Name__: words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join(''),
		__std__: relative(assembly, join(packagesFolder, 'assemblyscript/std/assembly.json')),
		// Elsewhere npx would look for a package of that name, and the command for a headend.
		__path__: relative(repositoryFolder, directory),
		__sdk__: relative(assembly, sdkFolder),
	};
	const filled = (text: string) => text.replaceAll(/__\w+?__/g, (key) => values[key] ?? key);
	const files: string[] = [];
	for (const entry of await readdir(templateFolder, { recursive: true, withFileTypes: true })) {
		if (!entry.isFile()) continue;
		const from = join(entry.parentPath, entry.name);
		const to = filled(relative(templateFolder, from)).replace(/^gitignore$/, '.gitignore');
		await makeFolder(dirname(join(directory, to)));
		await writeFile(join(directory, to), filled(await readFile(from, 'utf8')), { flag: 'wx' });
		files.push(to);
	}
	return { directory, files: files.sort() };
}
