/** What an image is made of that is not ours: packages of Debian, and Node, both for the board's processor. */
import { createHash } from 'node:crypto';
import { readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { architectures, type Board, badBoard } from './board.ts';
import { cached } from './cached.ts';
import { configuredKernel } from './configured-kernel.ts';
import { extractPackages } from './debian-packages.ts';
import { ImageError } from './image-error.ts';
import { suite } from './suite.ts';
import { tool } from './tool.ts';

/** The C library and what Node needs of others, a shell, and what sets up a verified root and mends the data. */
const packages = ['busybox-static', 'libc6', 'libstdc++6', 'libgcc-s1', 'libatomic1', 'dmsetup', 'e2fsprogs'];

export interface Sources {
	/** Packages of Debian as a tree; nothing in it has been run. */
	readonly debian: string;
	/** The tree that holds the kernel with its drivers. */
	readonly kernel: string;
	/** The program of Node, without its symbols. */
	readonly node: string;
	readonly nodeVersion: string;
}

/** Debian's, or a small one that is built for the board. */
export const kernelChoices = ['debian', 'configured'] as const;
export type KernelChoice = (typeof kernelChoices)[number];

/** Fetches what is not there yet. @throws ImageError */
export async function fetchSources(board: Board, choice: KernelChoice = 'debian'): Promise<Sources> {
	const nodeVersion = await ownNodeVersion();
	const [debian, node] = await Promise.all([debianTree(board), nodeProgram(board, nodeVersion)]);
	const kernel = choice === 'debian' ? debian : await configuredKernel(board);
	return { debian, kernel, node, nodeVersion };
}

/** The image runs the same version that everything is tested with. */
async function ownNodeVersion(): Promise<string> {
	const text = await readFile(new URL('../../package.json', import.meta.url), 'utf8');
	return JSON.parse(text).dependencies.node;
}

async function debianTree(board: Board): Promise<string> {
	const { architecture, kernelPackage, loader } = board;
	const ofLoader = loader.build?.package === undefined ? [] : [loader.build.package];
	const wanted = [...packages, kernelPackage, ...ofLoader];
	const name = createHash('sha256')
		.update(`${suite} ${wanted.join(',')}`)
		.digest('hex')
		.slice(0, 16);
	const tree = await cached(`debian-${architecture}-${name}`, async (folder) => {
		const made = await extractPackages({ packages: wanted, architecture, folder }).catch((error: Error) => {
			throw unfetched(board, error);
		});
		await readdir(join(made, 'lib/modules')).catch((cause) => {
			throw badBoard(board.name, `kernelPackage: ${kernelPackage} holds no kernel`, { cause });
		});
		await rm(join(made, 'usr/share'), { recursive: true, force: true });
		await tool('depmod', ['-b', made, await kernelRelease(made)]);
	});
	return join(tree, 'tree');
}

/** Why packages could not be had, in one line. @param cause with what the program said last */
export function unfetched(
	{
		name,
		architecture,
		kernelPackage,
		loader,
	}: Pick<Board, 'name' | 'architecture' | 'kernelPackage' | 'loader'>,
	cause: Error,
): Error {
	const line = cause.message.split('\n').find((each) => each.startsWith('E: '));
	if (line === undefined) return cause;
	const words = line.slice('E: '.length);
	const names = words.replaceAll("'", '').split(' ');
	const fields = { kernelPackage, 'loader.build.package': loader.build?.package };
	for (const [field, wanted] of Object.entries(fields))
		if (wanted !== undefined && names.includes(wanted))
			return badBoard(name, `${field}: ${suite} for ${architecture} has no ${wanted} (${words})`, { cause });
	return new ImageError('tool-failed', `mmdebstrap: ${words}`, { cause });
}

/** Of the one kernel in a tree. */
export async function kernelRelease(tree: string): Promise<string> {
	const [release = ''] = await readdir(join(tree, 'lib/modules'));
	return release;
}

/** Of the one kernel in a tree, as it is loaded. */
export async function kernelFile(tree: string): Promise<string> {
	return join(tree, 'boot', `vmlinuz-${await kernelRelease(tree)}`);
}

async function nodeProgram({ architecture }: Board, version: string): Promise<string> {
	const { node, triplet } = architectures[architecture];
	const folder = await cached(`${node}-${version}`, async (path) => {
		const packed = await tool('npm', ['pack', '--silent', `${node}@${version}`], { cwd: path });
		const archive = packed.trim().split('\n').at(-1) ?? '';
		await tool('tar', ['xzf', archive, 'package/bin/node'], { cwd: path });
		await tool(`${triplet}-strip`, ['package/bin/node'], { cwd: path });
		await rename(join(path, 'package/bin/node'), join(path, 'node'));
		for (const rest of ['package', archive]) await rm(join(path, rest), { recursive: true });
	});
	return join(folder, 'node');
}
