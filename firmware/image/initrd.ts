/** The first file system in memory: drivers, and what opens the verified root. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Board } from './board.ts';
import { driversOf } from './drivers.ts';
import { librariesOf } from './libraries.ts';
import { kernelRelease, type Sources } from './sources.ts';
import { Staging } from './staging.ts';
import { tool } from './tool.ts';
import type { VerifiedRoot } from './verity.ts';

const applets = ['cat', 'insmod', 'mount', 'reboot', 'sh', 'sleep', 'switch_root'];

export interface InitrdOptions {
	readonly board: Board;
	readonly sources: Sources;
	readonly root: VerifiedRoot;
	/** An empty folder. */
	readonly folder: string;
	readonly file: string;
}

/**
 * The day of the build is nowhere in it: releases of one kernel differ in the hash of their root alone, which
 * keeps patches small. @throws ImageError
 */
export async function makeInitrd({ board, sources, root, folder, file }: InitrdOptions): Promise<void> {
	const { debian, kernel } = sources;
	const staging = new Staging(folder);
	await staging.folders('bin', 'dev', 'proc', 'root', 'sys');
	await staging.copy(join(debian, 'bin/busybox'), 'bin/busybox', 0o755);
	for (const applet of applets) await staging.link(`bin/${applet}`, 'busybox');
	await staging.copy(join(debian, 'sbin/dmsetup'), 'bin/dmsetup', 0o755);
	for (const { file, path } of await librariesOf(debian, [join(debian, 'sbin/dmsetup')]))
		await staging.copy(file, path, 0o755);
	const drivers = await driversOf(kernel, await kernelRelease(kernel), board.drivers.initrd);
	for (const path of drivers) await staging.copy(join(kernel, path), path);
	await staging.write('drivers', drivers.map((path) => `${path}\n`).join(''));
	await staging.write('verity', verityLines(root));
	await staging.write('init', await readFile(new URL('initrd/init.sh', import.meta.url)), 0o755);
	await staging.settle(0);
	// `verity` is the last one: nothing behind it is packed differently for it.
	const pack = 'find . | sort | cpio -o -H newc --reproducible -R 0:0 --quiet | zstd -19 -q -f -o "$0"';
	await tool('sh', ['-c', pack, file], { cwd: folder });
}

function verityLines({ dataBlocks, rootHash, salt }: VerifiedRoot): string {
	const lines = {
		sectors: dataBlocks * 8,
		blocks: dataBlocks,
		// The block behind the data is the header of `veritysetup`.
		hash_start: dataBlocks + 1,
		root_hash: rootHash,
		salt,
	};
	return Object.entries(lines)
		.map(([name, value]) => `${name}=${value}\n`)
		.join('');
}
