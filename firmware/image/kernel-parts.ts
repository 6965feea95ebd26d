/** A kernel as its boot loader takes it out of a slot: by processor, and with what must not stay where it lies. */
import { readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { architectures, type Board, badBoard } from './board.ts';
import { cached } from './cached.ts';
import type { KernelSize } from './load-ranges.ts';
import { kernelFile, kernelRelease } from './sources.ts';
import { tool } from './tool.ts';

/** An image of a FIT. */
export interface FitPart {
	/** In the FIT, and in its configuration. */
	readonly name: 'kernel' | 'setup' | 'ramdisk' | 'fdt';
	readonly file: string;
	/** As U-Boot calls it. */
	readonly type: string;
	readonly compression: 'gzip' | 'none';
	/** Where it is put; it stays in the FIT where this is missing. */
	readonly load?: string;
	readonly entry?: string;
}

export interface KernelOptions {
	readonly board: Board;
	/** A tree that holds the kernel. */
	readonly kernel: string;
	/** Of files in between. */
	readonly folder: string;
}

/** @throws ImageError */
export async function kernelParts(options: KernelOptions): Promise<FitPart[]> {
	const { board, kernel } = options;
	const forms = { gzip: packedKernel, bzimage: splitKernel };
	const parts = await forms[architectures[board.architecture].kernel](options);
	const file = await kernelTree(board, kernel);
	if (file === undefined) return parts;
	const { deviceTree: load } = board.loadAt;
	return [...parts, { name: 'fdt', file, type: 'flat_dt', compression: 'none', ...(load && { load }) }];
}

/** The device tree that comes with the kernel; undefined where the board is told by another one, or by none. */
export async function kernelTree({ deviceTree }: Board, kernel: string): Promise<string | undefined> {
	if (deviceTree === undefined || deviceTree === 'loader') return undefined;
	return join(kernel, 'usr/lib', `linux-image-${await kernelRelease(kernel)}`, deviceTree);
}

/** Documentation/arm64/booting.rst: how much memory it takes, with what is empty at its start. */
const imageSizeAt = 16;
/** Documentation/x86/boot.rst: how much memory it takes while it unpacks itself, and once it runs. */
const initSizeAt = 0x260;
const headerBytes = 0x264;

/** What a kernel takes in memory, by what it says itself. */
export function kernelSize(kernel: Buffer, { architecture }: Pick<Board, 'architecture'>): KernelSize {
	const says = {
		gzip: () => Number(kernel.readBigUInt64LE(imageSizeAt)),
		bzimage: () => kernel.readUInt32LE(initSizeAt),
	};
	const running = kernel.length < headerBytes ? 0 : says[architectures[architecture].kernel]();
	return { loaded: kernel.length, running: Math.max(running, kernel.length) };
}

/** U-Boot unpacks it; all slots of a kernel have the same. */
async function packedKernel({ board, kernel }: KernelOptions): Promise<FitPart[]> {
	const pack = ['-c', 'gzip -9 -n <"$0" >"$1"', await kernelFile(kernel)];
	const folder = await cached(`${basename(dirname(kernel))}-kernel`, async (path) => {
		await tool('sh', [...pack, join(path, 'kernel.gz')]);
	});
	const load = board.loadAt.kernel;
	const file = join(folder, 'kernel.gz');
	return [{ name: 'kernel', file, type: 'kernel', compression: 'gzip', load, entry: load }];
}

/** Documentation/x86/boot.rst: so many sectors behind the first hold what sets the machine up in real mode. */
const setupSectorsAt = 0x1f1;
const sectorBytes = 512;

/** It unpacks itself; what would set the machine up in real mode becomes the parameters it is given. */
async function splitKernel({ board, kernel, folder }: KernelOptions): Promise<FitPart[]> {
	const bytes = await readFile(await kernelFile(kernel));
	const setupBytes = ((bytes[setupSectorsAt] || 4) + 1) * sectorBytes;
	const [setup, rest] = [join(folder, 'setup'), join(folder, 'kernel')];
	await writeFile(setup, bytes.subarray(0, setupBytes));
	await writeFile(rest, bytes.subarray(setupBytes));
	const at = board.loadAt;
	if (at.setup === undefined) throw badBoard(board.name, 'loadAt.setup is missing');
	const raw = { compression: 'none' } as const;
	return [
		{ name: 'kernel', file: rest, type: 'kernel', ...raw, load: at.kernel, entry: at.kernel },
		{ name: 'setup', file: setup, type: 'x86_setup', ...raw, load: at.setup, entry: at.setup },
	];
}
