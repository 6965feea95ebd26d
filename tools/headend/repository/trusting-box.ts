/** A repository and a box that trusts it, for the tests of what boxes believe. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { MemoryRangeReader } from '../../../firmware/update/memory-range-reader.ts';
import { Trust } from '../../../firmware/update/trust.ts';
import { ManualClock } from '../../../runtime/manual-clock.ts';
import { MemoryDirectory } from '../../../runtime/memory-directory.ts';
import { Repository } from './repository.ts';

export type Files = Map<string, Uint8Array>;

export async function published(repository: Repository): Promise<Files> {
	const folder = repository.publicDirectory;
	const entries = await readdir(folder, { recursive: true, withFileTypes: true });
	const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
	return new Map(
		await Promise.all(
			paths.map(async (path) => [path.slice(folder.length + 1), await readFile(path)] as const),
		),
	);
}

/** A repository with one module, and a box that has seen it. */
export async function startBox(t: ExecutionContext, startUs = 1_800_000_000_000_000) {
	const directory = await mkdtemp(join(tmpdir(), 'mullion-trust-'));
	t.teardown(() => rm(directory, { recursive: true, force: true }));
	const clock = new ManualClock(startUs);
	const repository = await Repository.create({ directory, clock });
	const rootJson = await repository.rootJson();
	const add = (version: number): Promise<void> =>
		repository.addTarget({
			path: `modules/a-${version}.wasm`,
			bytes: Uint8Array.of(version),
			custom: { version },
		});
	await add(1);
	const reader = new MemoryRangeReader(await published(repository));
	const box = new MemoryDirectory();
	const open = (folder = box): Promise<Trust> => Trust.open({ directory: folder, rootJson, reader, clock });
	const trust = await open();
	await trust.refresh();
	const publish = async (): Promise<Files> => (reader.files = await published(repository));
	return { directory, clock, repository, rootJson, add, reader, box, open, trust, publish };
}

export const versions = (trust: Trust): unknown[] =>
	trust.find(() => true).map((target) => target.custom['version']);
