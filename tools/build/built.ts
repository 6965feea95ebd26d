/** What a build has left in its folder, so that the next one need not do it again. */
import { createHash } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from '../../firmware/hal/make-folder.ts';

/** One component, as it is remembered. */
export interface BuiltFile {
	readonly file: string;
	readonly sha256: string;
	readonly coreBytes: number;
	/** The manifest inside. */
	readonly json: Readonly<Record<string, unknown>>;
}

export interface Component extends Omit<BuiltFile, 'sha256'> {
	readonly bytes: Uint8Array<ArrayBuffer>;
	/** Where its code comes from: a `DebugMap` as JSON. */
	readonly map: string;
}

interface Ledger {
	readonly digest: string;
	readonly files: readonly BuiltFile[];
}

/** What the map of a component is called beside it. */
export const mapOf = (file: string): string => `${file}.map`;

const ledgerName = 'build.json';

/** The components of a build with these inputs; undefined if any is missing or not what was written. */
export async function readBuilt(directory: string, digest: string): Promise<Component[] | undefined> {
	const ledger = await readLedger(directory);
	if (ledger?.digest !== digest) return undefined;
	const components = await Promise.all(
		ledger.files.map(async ({ sha256, ...rest }) => {
			const bytes = await readFile(join(directory, rest.file)).catch(() => undefined);
			const map = await readFile(join(directory, mapOf(rest.file)), 'utf8').catch(() => undefined);
			if (bytes === undefined || map === undefined || digestOf(bytes) !== sha256) return undefined;
			return { ...rest, bytes: new Uint8Array(bytes), map };
		}),
	);
	return components.every((each) => each !== undefined) ? components : undefined;
}

/** Replaces what an earlier build left, the ledger last. */
export async function writeBuilt(
	directory: string,
	{ digest, components }: { digest: string; components: readonly Component[] },
): Promise<void> {
	await makeFolder(directory);
	const before = await readLedger(directory);
	for (const { file, bytes, map } of components) {
		await replace(join(directory, mapOf(file)), map);
		await replace(join(directory, file), bytes);
	}
	const files = components.map(({ bytes, map, ...rest }) => ({ ...rest, sha256: digestOf(bytes) }));
	await replace(join(directory, ledgerName), JSON.stringify({ digest, files } satisfies Ledger, null, '\t'));
	const stale = (before?.files ?? []).filter(({ file }) => !components.some((each) => each.file === file));
	for (const { file } of stale)
		for (const name of [file, mapOf(file)]) await rm(join(directory, name), { force: true });
}

async function readLedger(directory: string): Promise<Ledger | undefined> {
	try {
		return JSON.parse(await readFile(join(directory, ledgerName), 'utf8')) as Ledger;
	} catch {
		// Missing or cut off: then it is built again.
		return undefined;
	}
}

async function replace(path: string, content: string | Uint8Array): Promise<void> {
	const temporary = `${path}.${process.pid}.new`;
	await writeFile(temporary, content);
	await rename(temporary, path);
}

function digestOf(bytes: Uint8Array): string {
	return createHash('sha256').update(bytes).digest('hex');
}
