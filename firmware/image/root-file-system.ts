/** The root of a slot: Node, the firmware as a bundle, and the little of Linux that they need. */
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';
import { allocation } from '../environment.ts';
import type { ImageDescription } from '../own-image.ts';
import { architectures } from './architectures.ts';
import type { Board } from './board.ts';
import { bundleFirmware, firmwareFolder, startFile } from './bundle.ts';
import { addCodeCache, codeCacheEnvironment } from './code-cache.ts';
import { driversOf, isDriver } from './drivers.ts';
import { type CarriedModule, stageModules } from './factory-modules.ts';
import { leanIcu } from './lean-icu.ts';
import { librariesOf } from './libraries.ts';
import { type PartitionName, partitionOf } from './partitions.ts';
import { kernelRelease, type Sources } from './sources.ts';
import { Staging } from './staging.ts';
import { tool } from './tool.ts';

const applets = [
	...[
		'[',
		'cat',
		'cut',
		'date',
		'dd',
		'echo',
		'grep',
		'hostname',
		'insmod',
		'ip',
		'mkdir',
		'mount',
		'mv',
		'reboot',
	],
	...['rm', 'sed', 'sh', 'sleep', 'sync', 'tr', 'udhcpc', 'umount'],
];
/** Of zstd, for the field: above it a build takes much longer for hardly less. */
export const fieldLevel = 19;
/** What makes glue for components of other toolchains weighs more than all the rest of the firmware. */
const left = ['@bytecodealliance/jco-transpile'];

export interface RootOptions {
	readonly board: Board;
	readonly sources: Sources;
	/** An empty folder. */
	readonly folder: string;
	readonly file: string;
	/** TUF root metadata. */
	readonly trust: Uint8Array;
	readonly release: number;
	readonly version: string;
	readonly builtAt: number;
	/** What the firmware carries for its boxes. */
	readonly modules: readonly CarriedModule[];
	/** A script that runs in place of the firmware, with the same arguments. */
	readonly program?: string;
	/** Of zstd; default `fieldLevel`. */
	readonly level?: number;
}

/** Makes the squashfs, padded to whole blocks. Returns what is in its bundle. @throws ImageError */
export async function makeRoot(options: RootOptions): Promise<Metafile> {
	const staging = new Staging(options.folder);
	const bundle = await stage(staging, options);
	await staging.settle(options.builtAt);
	await packRoot(options);
	return bundle;
}

/** What is another in each release. */
const changing = ['etc/mullion', firmwareFolder];

/**
 * A folder as the file system of a slot. What changes with a release comes last: what stands before it stays where it
 * is, and so do its hashes. The firmware is not packed: a patch brings what has changed of it, where packed it would bring
 * whole blocks, and a start does not unpack it.
 *
 * @throws ImageError
 */
export async function packRoot({
	folder,
	file,
	builtAt,
	level = fieldLevel,
}: Pick<RootOptions, 'folder' | 'file' | 'builtAt' | 'level'>): Promise<void> {
	const times = ['-all-time', `${builtAt}`, '-mkfs-time', `${builtAt}`];
	const packed = ['-comp', 'zstd', '-Xcompression-level', `${level}`, '-b', '256K'];
	const same = ['-all-root', '-no-xattrs', '-no-exports', ...times];
	const order = `${file}.order`;
	const paths = (await readdir(folder, { recursive: true }))
		.filter((path) => changing.some((each) => path.startsWith(`${each}/`)))
		.toSorted();
	await writeFile(order, paths.map((path) => `${path} -1\n`).join(''));
	const asItIs = ['-action', `uncompressed@subpathname(${firmwareFolder})`];
	const how = ['-noappend', '-no-progress', '-quiet', '-sort', order, ...asItIs];
	await tool('mksquashfs', [folder, file, ...how, ...packed, ...same]);
	await rm(order);
}

async function stage(
	staging: Staging,
	{ board, sources, trust, release, version, builtAt, modules, program }: RootOptions,
): Promise<Metafile> {
	const { debian, kernel, node } = sources;
	const script = (name: string): Promise<Uint8Array> => readFile(new URL(`root/${name}.sh`, import.meta.url));
	await staging.folders('data', 'dev', 'proc', 'run', 'sys', 'tmp', 'var');
	await staging.copy(join(debian, 'bin/busybox'), 'bin/busybox', 0o755);
	for (const applet of applets) await staging.link(`bin/${applet}`, 'busybox');
	await staging.write('bin/node', leanIcu(await readFile(node)), 0o755);
	const mender = join(debian, 'sbin/e2fsck');
	await staging.copy(mender, 'bin/e2fsck', 0o755);
	// Without a clock of its own the box is often before what it wrote last, which is no damage.
	await staging.write('etc/e2fsck.conf', '[options]\nbroken_system_clock = true\n');
	for (const { file, path } of await librariesOf(debian, [node, mender]))
		await staging.copy(file, path, 0o755);
	const { watchdog } = board;
	const names = [...board.drivers.root, ...(watchdog ? [watchdog.driver] : [])];
	const driversFor = async (wanted: readonly string[]): Promise<string[]> =>
		driversOf(kernel, await kernelRelease(kernel), wanted);
	const loaded = new Set(await driversFor(board.drivers.initrd));
	const drivers = (await driversFor(names)).filter((path) => !loaded.has(path));
	for (const path of drivers) await staging.copy(join(kernel, path), path);
	// Without what only a debugger reads. With it goes their signature, which says less than that of the root.
	const { triplet } = architectures[board.architecture];
	const staged = drivers.map((path) => join(staging.folder, path));
	if (staged.length > 0) await tool(`${triplet}-strip`, ['--strip-unneeded', ...staged]);
	const lineOf = (path: string): string =>
		watchdog?.option && isDriver(path, watchdog.driver)
			? `${path} ${watchdog.option}=${watchdog.seconds}`
			: path;
	await staging.write('etc/mullion/drivers', drivers.map((path) => `${lineOf(path)}\n`).join(''));
	await staging.write('etc/mullion/dhcp', await script('dhcp'), 0o755);
	await staging.write('sbin/init', await script('init'), 0o755);
	await staging.write('etc/mullion/root.json', trust);
	await staging.write('etc/passwd', 'root:x:0:0:root:/data:/bin/sh\n');
	await staging.write('etc/hosts', '127.0.0.1 localhost\n');
	await staging.link('etc/resolv.conf', '/run/resolv.conf');
	const description = describe({ board, version, release });
	await staging.write(
		'etc/mullion/image.json',
		JSON.stringify({ ...description, modules: await stageModules(staging, modules) }, null, '\t'),
	);
	const lines = {
		built_at: builtAt,
		boot_state: `/dev/${board.storage.disk}${partitionOf('bootstate')}`,
		data: `/dev/${board.storage.disk}${partitionOf('data')}`,
		networks: `"${board.networks.map(({ device }) => device).join(' ')}"`,
		// Anything but the firmware starts as Node does by itself.
		program: `/${firmwareFolder}/${program === undefined ? startFile : 'program.mjs'}`,
	};
	const text = Object.entries(lines).map(([name, value]) => `${name}=${value}\n`);
	const environment = { ...allocation, ...(program === undefined && codeCacheEnvironment()) };
	const exported = Object.entries(environment).map(([name, value]) => `export ${name}=${value}\n`);
	await staging.write('etc/mullion/release', [...text, ...exported].join(''));
	await staging.folders(firmwareFolder);
	const bundle = await bundleFirmware({
		file: join(staging.folder, firmwareFolder, program === undefined ? 'firmware.cjs' : 'program.mjs'),
		without: left,
		...(program !== undefined && { entry: program, hasCells: false }),
	});
	if (program === undefined) await addCodeCache(staging, board);
	return bundle;
}

/** What the firmware reads of the image that it runs from. */
function describe({
	board,
	version,
	release,
}: Pick<RootOptions, 'board' | 'version' | 'release'>): ImageDescription {
	const device = (name: PartitionName): string => `/dev/${board.storage.disk}${partitionOf(name)}`;
	return {
		board: board.name,
		version,
		release,
		devices: {
			...(board.powerSupply !== undefined && { powerSupply: board.powerSupply }),
			bootState: device('bootstate'),
			slots: {
				a: { boot: device('boot-a'), root: device('root-a') },
				b: { boot: device('boot-b'), root: device('root-b') },
			},
			// As `root/init.sh` holds it.
			...(board.watchdog && { watchdog: 9 }),
		},
		...(board.watchdog && { watchdogSeconds: board.watchdog.seconds }),
	};
}
