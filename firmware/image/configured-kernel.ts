/** A small kernel for one board, from Debian's sources of Linux and the options that stand in `kernel/`. */
import { createHash } from 'node:crypto';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { architectures, type Board } from './board.ts';
import { cached } from './cached.ts';
import { extractPackages } from './debian-packages.ts';
import { fileDigest } from './file-digest.ts';
import { ImageError } from './image-error.ts';
import { requirePrograms } from './required-programs.ts';
import { suite } from './suite.ts';
import { tool } from './tool.ts';

const source = 'linux-source-6.1';
/** What a kernel says of who built it when. */
const nobody = {
	KBUILD_BUILD_TIMESTAMP: 'Thu Jan  1 00:00:00 UTC 1970',
	KBUILD_BUILD_USER: 'mullion',
	KBUILD_BUILD_HOST: 'mullion',
	KBUILD_BUILD_VERSION: '1',
};

/** Returns a tree with kernel and drivers, as a package of Debian has them. @throws ImageError */
export async function configuredKernel(board: Board): Promise<string> {
	const config = await readFile(new URL(`kernel/${board.name}.config`, import.meta.url), 'utf8').catch(
		(cause) => {
			throw new ImageError('bad-board', `there is no kernel/${board.name}.config`, { cause });
		},
	);
	const archive = await sourceArchive();
	const digest = createHash('sha256').update(`${await fileDigest(archive)} ${board.architecture} ${config}`);
	const name = `linux-${board.name}-${digest.digest('hex').slice(0, 16)}`;
	const folder = await cached(name, async (path) => {
		await requirePrograms(neededPrograms(architectures[board.architecture].triplet));
		const work = await mkdtemp(join(tmpdir(), 'mullion-kernel-'));
		try {
			await tool('tar', ['xf', archive, '-C', work, '--strip-components=1']);
			await build({ board, config, sources: work, tree: join(path, 'tree') });
		} finally {
			await rm(work, { recursive: true, force: true });
		}
	});
	return join(folder, 'tree');
}

function neededPrograms(triplet: string): Record<string, string> {
	return {
		[`${triplet}-gcc`]: `gcc-${triplet.replace('_', '-')}`,
		...{ gcc: 'gcc', make: 'make', bison: 'bison', flex: 'flex', bc: 'bc', perl: 'perl' },
		'/usr/include/openssl/opensslv.h': 'libssl-dev',
		'/usr/include/stdlib.h': 'libc6-dev',
		'/usr/include/libelf.h': 'libelf-dev',
	};
}

async function sourceArchive(): Promise<string> {
	const folder = await cached(`${suite}-${source}`, async (path) => {
		const tree = await extractPackages({ packages: [source], folder: path });
		await copyFile(join(tree, `usr/src/${source}.tar.xz`), join(path, 'source.tar.xz'));
		await rm(tree, { recursive: true });
	});
	return join(folder, 'source.tar.xz');
}

interface KernelBuild {
	readonly board: Board;
	readonly config: string;
	readonly sources: string;
	readonly tree: string;
}

async function build({ board, config, sources, tree }: KernelBuild): Promise<void> {
	const { linux, triplet } = architectures[board.architecture];
	const [wanted, made] = [join(sources, 'wanted.config'), join(sources, '.config')];
	const env = { ...nobody, ARCH: linux.name, CROSS_COMPILE: `${triplet}-`, KCONFIG_ALLCONFIG: wanted };
	const make = (...args: string[]): Promise<string> =>
		tool('nice', ['make', '-s', `-j${availableParallelism()}`, ...args], { cwd: sources, env });
	await writeFile(wanted, config);
	await make('allnoconfig');
	requireOptions(board, config, await readFile(made, 'utf8'));
	await make(linux.target, 'modules.builtin');
	const release = (await make('kernelrelease')).trim();
	const drivers = join(tree, 'lib/modules', release);
	for (const folder of [join(tree, 'boot'), drivers]) await mkdir(folder, { recursive: true });
	await copyFile(join(sources, linux.image), join(tree, 'boot', `vmlinuz-${release}`));
	await copyFile(join(sources, 'modules.builtin'), join(drivers, 'modules.builtin'));
	await writeFile(join(drivers, 'modules.dep'), '');
}

/** What depends on something that is not there is left out without a word. */
function requireOptions({ name }: Board, config: string, made: string): void {
	const lines = new Set(made.split('\n'));
	const missing = config.split('\n').filter((line) => line.startsWith('CONFIG_') && !lines.has(line));
	if (missing.length > 0)
		throw new ImageError('bad-board', `kernel/${name}.config: Linux does not take ${missing.join(', ')}`);
}
