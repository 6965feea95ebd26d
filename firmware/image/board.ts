/** What an image has to know of the hardware it is for: a file each in `boards/`. */
import { readdir, readFile } from 'node:fs/promises';
import type { Architecture } from './architectures.ts';
import { boardFields } from './board-fields.ts';
import { ruleBroken } from './board-rules.ts';
import { ImageError } from './image-error.ts';
import type { LoaderForm } from './loader-form.ts';
import { orRather } from './near-name.ts';

export { type Architecture, architectures } from './architectures.ts';
export type { LoaderForm } from './loader-form.ts';

const folder = new URL('boards/', import.meta.url);

export interface Board {
	readonly name: string;
	readonly about: string;
	/** As Debian calls it. */
	readonly architecture: Architecture;
	/** As QEMU calls it; of a machine that QEMU makes, default that machine's. */
	readonly processor?: string;
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
	 * kernel's package, which is in the slot then. On a PC it is missing: the kernel is told nothing.
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
	/** Null where the board has none: a box without one stays as it is when it hangs, which nobody should get by mistake. */
	readonly watchdog: Watchdog | null;
	/** Where the board is one that QEMU makes. */
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
	/** How U-Boot finds its disks; empty where it does so by itself. */
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
		throw new ImageError(
			'unknown-board',
			`there is no board "${name}", but ${names.join(', ')}${orRather(name, names)}`,
		);
	return parseBoard(name, await readFile(new URL(`${name}.json`, folder), 'utf8'));
}

/**
 * Fields that are not known are an error, as are those that say what cannot be: what a description gets wrong
 * would be noticed on the board only, if at all.
 *
 * @throws ImageError `bad-board` naming the field
 */
export function parseBoard(name: string, text: string): Board {
	let json: unknown;
	try {
		json = JSON.parse(text);
	} catch (error) {
		throw badBoard(name, (error as Error).message);
	}
	const misshapen = boardFields.wrong(json, '');
	if (misshapen !== undefined) throw badBoard(name, misshapen);
	const board = { ...(json as Omit<Board, 'name'>), name };
	const broken = ruleBroken(board);
	if (broken !== undefined) throw badBoard(name, broken);
	return board;
}

/** @param why begins with the field */
export function badBoard(name: string, why: string, options?: ErrorOptions): ImageError {
	return new ImageError('bad-board', `boards/${name}.json: ${why}`, options);
}
