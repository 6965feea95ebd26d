/** What a description of a board says of files, held against those files before a build takes its time. */
import { access, readdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { orRather } from '../../runtime/near-name.ts';
import { type Board, badBoard } from './board.ts';
import { describedTree } from './device-tree.ts';
import { driversOf } from './drivers.ts';
import { kernelSize, kernelTree } from './kernel-parts.ts';
import { collision } from './load-ranges.ts';
import { kernelFile, kernelRelease, type Sources } from './sources.ts';
import { readyMade } from './u-boot.ts';

/** What has to be here before anything is fetched. @throws ImageError `bad-board` */
export async function checkOwnFiles(board: Board): Promise<void> {
	const { loader, emulator } = board;
	if (loader.environment === undefined || emulator?.boot !== undefined) return;
	if (await isThere(describedTree(board))) return;
	const why = `loader.environment is of a U-Boot that is there: its device tree has to be in boards/${board.name}.dtb, beside this file`;
	throw badBoard(board.name, `${why}${emulator ? ', or emulator.boot says where that U-Boot is' : ''}`);
}

/** What the packages have to hold. @throws ImageError `bad-board` */
export async function checkSources(
	board: Board,
	{ debian, kernel }: Pick<Sources, 'debian' | 'kernel'>,
): Promise<void> {
	await checkTree(board, kernel);
	await checkDrivers(board, kernel);
	const bytes = await readFile(await kernelFile(kernel));
	const runsInto = collision(board, kernelSize(bytes, board));
	if (runsInto !== undefined) throw badBoard(board.name, runsInto);
	await checkReadyMade(board, debian);
}

async function checkTree(board: Board, kernel: string): Promise<void> {
	const file = await kernelTree(board, kernel);
	if (file === undefined || (await isThere(file))) return;
	const name = board.deviceTree ?? '';
	const all = await readdir(file.slice(0, -name.length), { recursive: true }).catch(() => []);
	const trees = all.filter((path) => dirname(path) === dirname(name));
	const hint = all.length === 0 ? ', which holds none' : orRather(name, trees.length > 0 ? trees : all);
	const release = await kernelRelease(kernel);
	throw badBoard(board.name, `deviceTree: there is no ${name} of the kernel ${release}${hint}`);
}

async function checkDrivers({ name, drivers, watchdog }: Board, kernel: string): Promise<void> {
	const release = await kernelRelease(kernel);
	const wanted = {
		'drivers.initrd': drivers.initrd,
		'drivers.root': drivers.root,
		'watchdog.driver': watchdog === null ? [] : [watchdog.driver],
	};
	for (const [field, names] of Object.entries(wanted))
		await driversOf(kernel, release, names).catch((cause: Error) => {
			throw badBoard(name, `${field}: ${cause.message}`, { cause });
		});
}

async function checkReadyMade(board: Board, debian: string): Promise<void> {
	const { build } = board.loader;
	if (build?.package === undefined) return;
	const needed = new Set([
		...Object.keys(build.onDisk ?? {}),
		...(build.form === 'fit' ? ['u-boot.itb'] : []),
	]);
	for (const file of needed) {
		const path = readyMade({ board, debian }, file);
		if ((build.form === 'rom' && file === 'u-boot.itb') || (await isThere(path))) continue;
		const place = path.slice(debian.length);
		throw badBoard(board.name, `loader.build.readyMade: ${build.package} holds no ${place}`);
	}
}

function isThere(file: string): Promise<boolean> {
	return access(file).then(
		() => true,
		() => false,
	);
}
