/** Sources of a package of Debian, with Debian's patches, from where its other packages come. */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { requirePrograms } from './required-programs.ts';
import { tool } from './tool.ts';

export interface SourceOptions {
	readonly name: string;
	/** A tree of Debian's packages, which says where it came from. */
	readonly debian: string;
	/** An empty folder. */
	readonly folder: string;
}

/** Returns the folder with the sources, and when they were last changed. @throws ImageError */
export async function fetchDebianSource({
	name,
	debian,
	folder,
}: SourceOptions): Promise<{ readonly sources: string; readonly changedAt: number }> {
	await requirePrograms({ 'dpkg-source': 'dpkg-dev', 'apt-get': 'apt' });
	const lists = join(folder, 'apt');
	await mkdir(join(lists, 'lists/partial'), { recursive: true });
	await mkdir(join(lists, 'cache/archives/partial'), { recursive: true });
	const packages = await readFile(join(debian, 'etc/apt/sources.list'), 'utf8');
	const list = join(lists, 'sources.list');
	await writeFile(list, packages.replaceAll(/^deb\s/gm, 'deb-src '));
	const own = {
		'Dir::Etc::SourceList': list,
		'Dir::Etc::SourceParts': '-',
		'Dir::State::lists': join(lists, 'lists'),
		'Dir::Cache': join(lists, 'cache'),
		'APT::Sandbox::User': 'root',
	};
	const options = ['-q', ...Object.entries(own).flatMap(([key, value]) => ['-o', `${key}=${value}`])];
	await tool('apt-get', [...options, 'update'], { cwd: folder });
	await tool('apt-get', [...options, 'source', name], { cwd: folder });
	await rm(lists, { recursive: true });
	const entries = await readdir(folder, { withFileTypes: true });
	const sources = join(folder, entries.find((entry) => entry.isDirectory())?.name ?? '');
	const changed = await tool('dpkg-parsechangelog', ['-S', 'Timestamp'], { cwd: sources });
	return { sources, changedAt: Number(changed) };
}
