/** A copy of a repository for boxes that cannot reach it: all of its metadata, signed to be valid for longer, and some targets. */
import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { TargetFile } from '@tufjs/models';
import { openDirectory } from '../../../firmware/hal/directory.ts';
import type { Directory } from '../../../runtime/directory.ts';
import type { Keys } from './keys.ts';
import type { Lifetimes } from './lifetimes.ts';
import { type Current, MetadataFiles, signedOf } from './metadata-files.ts';

export interface CopyOptions {
	/** What boxes read of the repository. */
	readonly from: string;
	/** Made if it is not there; what it holds of a copy before is replaced. */
	readonly to: string;
	readonly current: Current;
	readonly keys: Keys;
	/** Of snapshot and timestamp. */
	readonly lifetimes: Lifetimes;
	/** Whose files are copied. */
	readonly targets: readonly TargetFile[];
}

/**
 * Its timestamp is written last: a medium that is pulled out before is no copy at all.
 *
 * @returns until when all of it is valid. Errors: `disk-full`, `io`
 */
export async function copyRepository({
	from,
	to,
	current,
	keys,
	lifetimes,
	targets,
}: CopyOptions): Promise<Date> {
	const metadata = await openDirectory(join(to, 'metadata'));
	await metadata.remove('timestamp.json');
	for (const target of targets) {
		const { folder, name } = await placeOf(join(to, 'targets'), target);
		const { path } = target;
		await folder.write(name, await readFile(join(from, 'targets', dirname(path), name)));
	}
	const source = await openDirectory(join(from, 'metadata'));
	const files = [`${current.targets.signed.version}.targets.json`];
	for (const name of await source.list())
		if (name.endsWith('.root.json') || files.includes(name))
			await metadata.write(name, (await source.read(name)) ?? new Uint8Array());
	const copy = new MetadataFiles({ directory: metadata, keys, lifetimes });
	await copy.writeSnapshot(current.snapshot.signed.meta, signedOf(current));
	const { root, targets: signed, snapshot, timestamp } = await copy.current();
	const ends = [root, signed, snapshot, timestamp].map(({ signed: { expires } }) => Date.parse(expires));
	return new Date(Math.min(...ends));
}

/** Where the file of a target is, below a folder of targets. */
export async function placeOf(
	targets: string,
	{ path, hashes }: TargetFile,
): Promise<{ folder: Directory; name: string }> {
	let folder: Directory = await openDirectory(targets);
	for (const segment of dirname(path).split('/')) if (segment !== '.') folder = folder.folder(segment);
	return { folder, name: `${hashes['sha256']}.${basename(path)}` };
}
