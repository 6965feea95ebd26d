/**
 * U-Boot from Debian's sources, for boards whose ready-made one checks no signatures: with what the script needs
 * beside that. Environment and key are in its device tree, which `boot-loader.ts`
 * makes for each image; the code is the same for all of them, and built once.
 */
import { createHash } from 'node:crypto';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { architectures, type Board, badBoard, type LoaderForm } from './board.ts';
import { cached } from './cached.ts';
import { fetchDebianSource } from './debian-source.ts';
import { replaceInFit } from './fit-parts.ts';
import { ImageError } from './image-error.ts';
import { requirePrograms } from './required-programs.ts';
import { suite } from './suite.ts';
import { tool } from './tool.ts';

/** Where U-Boot looks for its environment in its device tree. */
export const environmentNode = '/config/environment';

/** On top of what U-Boot has for the board. */
const options = `
CONFIG_FIT_SIGNATURE=y
CONFIG_RSA=y
CONFIG_CMD_SETEXPR=y
CONFIG_ENV_IMPORT_FDT=y
CONFIG_ENV_FDT_PATH="${environmentNode}"
# CONFIG_ENV_IS_IN_MMC is not set
CONFIG_ENV_IS_NOWHERE=y
# CONFIG_BOOTSTAGE is not set
# CONFIG_TOOLS_MKEFICAPSULE is not set
`;

const code = 'u-boot-nodtb.bin';
const tree = 'u-boot.dtb';
const [start16, reset16] = ['u-boot-x86-start16.bin', 'u-boot-x86-reset16.bin'];
const parts: Record<LoaderForm, readonly string[]> = {
	rom: [code, tree, start16, reset16],
	fit: [code, tree],
};

/** Returns a folder with its parts. @param debian a tree of Debian's packages @throws ImageError */
export async function buildUBoot(board: Board, debian: string): Promise<string> {
	const { config, form } = requireBuild(board);
	const { triplet } = architectures[board.architecture];
	const name = createHash('sha256').update(`${suite} ${config} ${options}`).digest('hex').slice(0, 16);
	return cached(`u-boot-${config}-${name}`, async (folder) => {
		await requirePrograms({
			[`${triplet}-gcc`]: `gcc-${triplet.replace('_', '-')}`,
			'/usr/include/openssl/opensslv.h': 'libssl-dev',
			'/usr/include/stdlib.h': 'libc6-dev',
			'dpkg-source': 'dpkg-dev',
			...{ gcc: 'gcc', make: 'make', bison: 'bison', flex: 'flex', dtc: 'device-tree-compiler', bc: 'bc' },
		});
		const work = await mkdtemp(join(tmpdir(), 'mullion-u-boot-'));
		try {
			const { sources, changedAt } = await fetchDebianSource({ name: 'u-boot', debian, folder: work });
			const configs = join(sources, 'configs');
			const known = await readFile(join(configs, `${config}_defconfig`), 'utf8').catch((cause) => {
				throw badBoard(board.name, `loader.build.config: U-Boot knows no board "${config}"`, { cause });
			});
			await writeFile(join(configs, 'mullion_defconfig'), `${known}${options}`);
			// Its own compiler of device trees comes with bindings for Python, which nothing here needs.
			const set = [`CROSS_COMPILE=${triplet}-`, 'DTC=dtc', 'CONFIG_PYLIBFDT='];
			const how = { cwd: sources, env: { SOURCE_DATE_EPOCH: `${changedAt}` } };
			await tool('make', ['-s', ...set, 'mullion_defconfig'], how);
			await tool('nice', ['make', '-s', `-j${availableParallelism()}`, ...set, ...parts[form]], how);
			for (const part of parts[form]) await copyFile(join(sources, part), join(folder, part));
		} finally {
			await rm(work, { recursive: true, force: true });
		}
	});
}

function requireBuild({ name, loader }: Board): NonNullable<Board['loader']['build']> {
	if (loader.build === undefined) throw new ImageError('bad-board', `the loader of ${name} is not built`);
	return loader.build;
}

/** The device tree that U-Boot comes with. @param uBoot what `buildUBoot` gives */
export function ownTree(uBoot: string): string {
	return join(uBoot, tree);
}

export interface UBootParts {
	readonly board: Board;
	/** What `buildUBoot` gives. */
	readonly uBoot: string;
	readonly deviceTree: string;
	/** A tree of Debian's packages. */
	readonly debian: string;
	/** Of files in between. */
	readonly folder: string;
	readonly file: string;
}

/** Code and device tree as they are flashed. @throws ImageError */
export async function assembleUBoot(options: UBootParts): Promise<void> {
	const { uBoot, deviceTree, file } = options;
	if (requireBuild(options.board).form === 'rom') return writeFile(file, await romOf(uBoot, deviceTree));
	const own = { uboot: join(uBoot, code), fdt_1: deviceTree };
	await replaceInFit({ ...options, ready: readyMade(options, 'u-boot.itb'), own });
}

/** A file of the ready-made boot loader. */
export function readyMade({ board, debian }: Pick<UBootParts, 'board' | 'debian'>, file: string): string {
	return join(debian, 'usr/lib/u-boot', requireBuild(board).readyMade ?? '', file);
}

const romBytes = 1_048_576;
/** From the end: where the processor begins, and what it jumps to from there. */
const [resetPlace, startPlace] = [0x10, 0x800];

async function romOf(uBoot: string, deviceTree: string): Promise<Uint8Array> {
	const both = Buffer.concat([await readFile(join(uBoot, code)), await readFile(deviceTree)]);
	if (both.length > romBytes - startPlace)
		throw new ImageError('slot-too-small', `a boot loader of ${both.length} bytes has no room in its ROM`);
	const rom = new Uint8Array(romBytes).fill(0xff);
	rom.set(both);
	rom.set(await readFile(join(uBoot, start16)), romBytes - startPlace);
	rom.set(await readFile(join(uBoot, reset16)), romBytes - resetPlace);
	return rom;
}
