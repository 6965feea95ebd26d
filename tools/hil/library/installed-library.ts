/** The package as somebody has it: built, packed, and installed without a network into a folder of a program. */
import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { buildLibrary } from '../../library/build-library.ts';

const run = promisify(execFile);
const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const boxProgram = here('box-program.mjs');

export class InstalledLibrary implements AsyncDisposable {
	/** Of the program that it is installed for. */
	readonly folder: string;
	readonly #all: string;

	private constructor(all: string) {
		this.#all = all;
		this.folder = join(all, 'program');
	}

	static async install(): Promise<InstalledLibrary> {
		const all = await mkdtemp(join(tmpdir(), 'mullion-installed-'));
		const library = new InstalledLibrary(all);
		await buildLibrary(join(all, 'library'));
		const { stdout } = await run('npm', ['pack', '--silent', join(all, 'library')], { cwd: all });
		await mkdir(library.folder);
		await library.write('package.json', '{"name": "program", "private": true, "type": "module"}');
		const quietly = ['--offline', '--no-audit', '--no-fund'];
		await run('npm', ['install', ...quietly, join(all, stdout.trim())], { cwd: library.folder });
		await copyFile(boxProgram, join(library.folder, basename(boxProgram)));
		return library;
	}

	/** Starts a box by the package: for `boxCommand`. */
	get command(): readonly string[] {
		return [process.execPath, join(this.folder, basename(boxProgram))];
	}

	/** A file beside the program. */
	async write(name: string, text: string): Promise<void> {
		await writeFile(join(this.folder, name), text);
	}

	/** Has a package of ours beside it too. */
	async add(name: string): Promise<void> {
		const place = join(this.folder, 'node_modules', name);
		await mkdir(join(place, '..'), { recursive: true });
		await symlink(here(`../../../node_modules/${name}`), place);
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await rm(this.#all, { recursive: true, force: true });
	}
}
