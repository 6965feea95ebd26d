/** Builds everything that a board is flashed with, without root: the same sources make the same bytes. */
import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { type BootState, copyPlaces, encodeBootState, startsOfGood } from '../slots/boot-state.ts';
import type { Board } from './board.ts';
import { checkOwnFiles, checkSources } from './board-sources.ts';
import { makeBootLoader } from './boot-loader.ts';
import { buildPrograms } from './build-programs.ts';
import { configText, makeData } from './data-file-system.ts';
import { makeDisk } from './disk.ts';
import type { CarriedModule } from './factory-modules.ts';
import { fileDigest } from './file-digest.ts';
import { type FootprintRow, footprintOf } from './footprint.ts';
import { makeInitrd } from './initrd.ts';
import { type PartitionName, partitionsOf } from './partitions.ts';
import { requirePrograms } from './required-programs.ts';
import { makeRoot } from './root-file-system.ts';
import { signingKey } from './signing-key.ts';
import { makeSlotImage } from './slot-image.ts';
import { fetchSources, type KernelChoice, kernelFile } from './sources.ts';
import { addVerity } from './verity.ts';
import { wholeOutput } from './whole-output.ts';

export interface BuildOptions {
	readonly board: Board;
	/** Where it is put. */
	readonly out: string;
	/** Folder of the key that slots are signed with. */
	readonly keys: string;
	/** TUF root metadata: whom the box trusts. */
	readonly trust: Uint8Array;
	/** Of the box, as JSON; paths in it are those of the box. */
	readonly config: object;
	/** What the firmware carries for its boxes. */
	readonly modules: readonly CarriedModule[];
	/** A script that runs in place of the firmware, with the same arguments. */
	readonly program?: string;
	/** What counts up with each release. */
	readonly release: number;
	readonly version: string;
	/** Seconds since the epoch. */
	readonly builtAt: number;
	/** Default: Debian's. */
	readonly kernel?: KernelChoice;
	/** How hard the root is packed, of zstd; default `fieldLevel`. */
	readonly level?: number;
	/** Told before each step. */
	readonly step?: (what: string) => void;
	/** Ends the build before its next step, with the signal's reason. */
	readonly signal?: AbortSignal;
}

export interface BuiltFile {
	readonly file: string;
	readonly bytes: number;
	readonly sha256: string;
}

export interface BuiltImage {
	readonly board: string;
	readonly version: string;
	readonly release: number;
	/** What a slot takes: kernel, first file system and root. */
	readonly slotBytes: number;
	readonly boot: BuiltFile;
	readonly root: BuiltFile;
	/** The data partition as it leaves the factory. */
	readonly data: BuiltFile;
	/** To be flashed: both slots, the first of them filled, and the data partition. */
	readonly disk: BuiltFile;
	/** Of the boot loader: what the board's reads, or one that is whole. */
	readonly environment?: BuiltFile;
	readonly deviceTree?: BuiltFile;
	readonly firmware?: BuiltFile;
	/** What is in a slot. */
	readonly footprint: readonly FootprintRow[];
}

/** Says what the images of a slot are. */
const releaseFile = 'release.json';

/** @throws ImageError; the reason of `signal` */
export async function buildImage(options: BuildOptions): Promise<BuiltImage> {
	const { board, out } = options;
	await checkOwnFiles(board);
	await requirePrograms(buildPrograms(board));
	const make = async (made: string): Promise<BuiltImage> => {
		const work = await mkdtemp(join(tmpdir(), 'mullion-image-'));
		try {
			return await buildInto(made, { ...options, work });
		} finally {
			await rm(work, { recursive: true, force: true });
		}
	};
	return wholeOutput({ out, last: releaseFile, make });
}

/** @param made the folder for what is to be in `out`; `work` is for files in between */
async function buildInto(
	made: string,
	{ work, ...options }: BuildOptions & { readonly work: string },
): Promise<BuiltImage> {
	const { board, out, keys, release, version, signal } = options;
	const step = (what: string): void => {
		signal?.throwIfAborted();
		options.step?.(what);
	};
	const place = async (name: string): Promise<string> => {
		const folder = join(work, name);
		await mkdir(folder);
		return folder;
	};
	const files = {
		boot: join(made, 'boot.img'),
		root: join(made, 'root.img'),
		data: join(made, 'data.img'),
		disk: join(made, 'disk.img'),
	};
	step('packages and Node');
	const sources = await fetchSources(board, options.kernel);
	await checkSources(board, sources);
	const common = { ...options, sources };
	step('root file system');
	const rootFolder = await place('root');
	const bundle = await makeRoot({ ...common, folder: rootFolder, file: files.root });
	const root = await addVerity(files.root);
	step('kernel');
	const initrd = join(work, 'initrd.zst');
	const initrdFolder = await place('initrd');
	await makeInitrd({ ...common, root, folder: initrdFolder, file: initrd });
	const footprint = await footprintOf({
		root: rootFolder,
		initrd: initrdFolder,
		kernel: await kernelFile(sources.kernel),
		bundle,
	});
	await signingKey(keys);
	await makeSlotImage({ ...common, initrd, folder: await place('slot'), file: files.boot });
	step('boot loader');
	const loaderFolder = await place('loader');
	const { onDisk: before = {}, ...loader } = await makeBootLoader({
		...options,
		out: made,
		debian: sources.debian,
		folder: loaderFolder,
	});
	step('disk');
	await makeData({ ...options, folder: await place('data'), file: files.data });
	const contents = {
		bootstate: bootStatePartition(firstBootState(release), options.config),
		'boot-a': files.boot,
		'root-a': files.root,
		data: files.data,
	};
	await makeDisk({ board, file: files.disk, contents, before, folder: await place('disk') });
	await writeFile(join(made, releaseFile), JSON.stringify(releaseOf(options), null, '\t'));
	const described = describedIn(out);
	const [boot, slotRoot] = [await described(files.boot), await described(files.root)];
	const ofLoader = Object.entries(loader).map(async ([part, file]) => [part, await described(file)] as const);
	signal?.throwIfAborted();
	return {
		board: board.name,
		version,
		release,
		slotBytes: boot.bytes + slotRoot.bytes,
		boot,
		root: slotRoot,
		data: await described(files.data),
		disk: await described(files.disk),
		...Object.fromEntries(await Promise.all(ofLoader)),
		footprint,
	};
}

/** What stands beside the images of a slot, for who offers them as a release. */
export function releaseOf({ board, version, release }: Pick<BuildOptions, 'board' | 'version' | 'release'>) {
	const sizeOf = (name: PartitionName): number =>
		partitionsOf(board).find((one) => one.name === name)?.size ?? 0;
	const slotBytes = { boot: sizeOf('boot-a'), root: sizeOf('root-a') };
	return { board: board.name, version, release, slotBytes };
}

/** As a box leaves the factory: the first slot is good, the other one empty. */
export function firstBootState(release: number): BootState {
	return {
		seq: 1,
		order: ['a', 'b'],
		a: { left: startsOfGood, isGood: true },
		b: { left: 0, isGood: false },
		floor: release,
		reason: '',
	};
}

/** Where the box says who it is, behind both copies of the boot state: the init of the root reads it. */
const identityPlace = 65_536;

/** A partition with both copies the same, and who the box is. */
export function bootStatePartition(state: BootState, config: object): Uint8Array {
	const identity = new TextEncoder().encode(configText(config));
	const bytes = new Uint8Array(identityPlace + identity.length);
	for (const at of copyPlaces) bytes.set(encodeBootState(state), at);
	bytes.set(identity, identityPlace);
	return bytes;
}

/** A file as it will be in `out`. */
function describedIn(out: string): (file: string) => Promise<BuiltFile> {
	return async (file) => ({
		file: join(out, basename(file)),
		bytes: (await stat(file)).size,
		sha256: await fileDigest(file),
	});
}
