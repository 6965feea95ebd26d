/** What is in a slot and why: a row for each part, so that nothing comes in unseen. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';
import { firmwareFolder } from './bundle.ts';
import { codeCacheFolder } from './code-cache.ts';

export interface FootprintRow {
	readonly part: string;
	readonly why: string;
	/** As files, before the slot packs them. */
	readonly bytes: number;
}

export interface FootprintOptions {
	/** Folder that becomes the root. */
	readonly root: string;
	/** Folder that becomes the first file system. */
	readonly initrd: string;
	readonly kernel: string;
	/** What `bundleFirmware` says of the bundle in the root. */
	readonly bundle: Metafile;
}

/** Smaller packages share one row. */
const ownRowBytes = 20_000;

const kinds = {
	bundle: { part: 'firmware', why: 'the firmware itself; its packages have rows of their own' },
	code: { part: 'compiled firmware', why: 'the engine reads it instead of the sources, which takes longer' },
	drivers: { part: 'drivers', why: 'disk, network, watchdog and data partition of the board' },
	node: {
		part: 'Node',
		why: 'runs the firmware and compiles modules; 22 MB of it, other languages, are zeros',
	},
	modules: { part: 'modules', why: 'what the firmware carries for its boxes' },
	libraries: { part: 'C libraries', why: 'Node and e2fsck are linked with them' },
	busybox: { part: 'busybox', why: 'mounts, sets the network up and starts the platform' },
	mender: { part: 'e2fsck', why: 'puts the data partition in order; its libraries are with those of C' },
	settings: { part: 'scripts and settings', why: 'what is started how, and whom the box trusts' },
	initrd: { part: 'initrd tools', why: 'open the verified root before there is a file system' },
	initrdDrivers: { part: 'initrd drivers', why: 'reach the disk and verify what is read from it' },
} as const;
type Kind = keyof typeof kinds;

/** Largest first. All files are in it, each in one row. */
export async function footprintOf({
	root,
	initrd,
	kernel,
	bundle,
}: FootprintOptions): Promise<FootprintRow[]> {
	const sums = new Map<Kind, number>();
	const add = (kind: Kind, bytes: number): void => void sums.set(kind, (sums.get(kind) ?? 0) + bytes);
	for (const [path, bytes] of await filesIn(root)) add(kindOf(path), bytes);
	for (const [path, bytes] of await filesIn(initrd))
		add(kindOf(path) === 'drivers' ? 'initrdDrivers' : 'initrd', bytes);
	const packages = packageRows(bundle);
	for (const { bytes } of packages) add('bundle', -bytes);
	const parts = [...sums].map(([kind, bytes]) => ({ ...kinds[kind], bytes }));
	const kernelRow = { part: 'kernel', why: 'Linux', bytes: (await stat(kernel)).size };
	return [kernelRow, ...parts, ...packages].toSorted((a, b) => b.bytes - a.bytes);
}

function kindOf(path: string): Kind {
	if (path.startsWith('lib/modules/')) return 'drivers';
	if (path === 'bin/node') return 'node';
	if (path === 'bin/busybox') return 'busybox';
	if (path === 'bin/e2fsck') return 'mender';
	if (/\.so(\.|$)/.test(path)) return 'libraries';
	if (path.startsWith('usr/share/mullion/')) return 'modules';
	if (path.startsWith(`${codeCacheFolder}/`)) return 'code';
	return path.startsWith(`${firmwareFolder}/`) ? 'bundle' : 'settings';
}

async function filesIn(folder: string): Promise<[path: string, bytes: number][]> {
	const entries = await readdir(folder, { recursive: true, withFileTypes: true });
	return Promise.all(
		entries
			.filter((entry) => entry.isFile())
			.map(async (entry) => {
				const path = join(entry.parentPath, entry.name);
				return [path.slice(folder.length + 1), (await stat(path)).size] as [string, number];
			}),
	);
}

/** Of the packages in a bundle. Why one is there is who imports it. */
export function packageRows({ inputs, outputs }: Metafile): FootprintRow[] {
	const bytesOf = new Map<string, number>();
	for (const output of Object.values(outputs))
		for (const [path, { bytesInOutput }] of Object.entries(output.inputs)) {
			const name = packageOf(path);
			if (name !== undefined) bytesOf.set(name, (bytesOf.get(name) ?? 0) + bytesInOutput);
		}
	const importers = new Map<string, Set<string>>();
	for (const [path, { imports }] of Object.entries(inputs))
		for (const imported of imports) {
			const name = packageOf(imported.path);
			const importer = packageOf(path) ?? path.split('/').slice(0, 2).join('/');
			if (name === undefined || importer === name) continue;
			importers.set(name, (importers.get(name) ?? new Set()).add(importer));
		}
	const rows: FootprintRow[] = [];
	const small: string[] = [];
	let smallBytes = 0;
	for (const [name, bytes] of bytesOf) {
		if (bytes > ownRowBytes) {
			const why = `used by ${[...(importers.get(name) ?? [])].sort().join(', ')}`;
			rows.push({ part: `npm ${name}`, why, bytes });
		} else if (bytes > 0) {
			small.push(name);
			smallBytes += bytes;
		}
	}
	if (small.length > 0)
		rows.push({ part: 'npm, small', why: `what those need: ${small.sort().join(', ')}`, bytes: smallBytes });
	return rows;
}

function packageOf(path: string): string | undefined {
	return /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1];
}

/** A line each, and their sum. */
export function footprintTable(rows: readonly FootprintRow[]): string {
	const width = Math.max(...rows.map(({ part }) => part.length));
	const sum = rows.reduce((bytes, row) => bytes + row.bytes, 0);
	return [...rows, { part: 'sum', why: 'as files, before they are packed', bytes: sum }]
		.map(
			({ part, why, bytes }) =>
				`${part.padEnd(width)} ${`${(bytes / 1e6).toFixed(2)} MB`.padStart(10)}   ${why}`,
		)
		.join('\n');
}
