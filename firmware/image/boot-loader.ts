/** What the boot loader of a board has: its environment, and a device tree with the key that slots are signed by. */
import { copyFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Board } from './board.ts';
import { bootEnvironment } from './boot-environment.ts';
import { deviceTreeOf } from './device-tree.ts';
import { keyName } from './signing-key.ts';
import { tool } from './tool.ts';
import { assembleUBoot, buildUBoot, environmentNode, ownTree, readyMade } from './u-boot.ts';

export interface BootLoaderOptions {
	readonly board: Board;
	readonly keys: string;
	/** A tree of Debian's packages; a boot loader that is built has its sources from where they came. */
	readonly debian: string;
	/** Of files in between. */
	readonly folder: string;
	/** Where it is put. */
	readonly out: string;
}

/** Files: either the environment and the device tree of a boot loader that is there, or a boot loader. */
export interface BootLoaderFiles {
	readonly environment?: string;
	readonly deviceTree?: string;
	readonly firmware?: string;
	/** What is on the disk before its first partition, by sector. */
	readonly onDisk?: Readonly<Record<number, string>>;
}

/** @throws ImageError */
export function makeBootLoader(options: BootLoaderOptions): Promise<BootLoaderFiles> {
	const { build, environment } = options.board.loader;
	return build === undefined ? equip(options, environment) : makeWhole(options, build);
}

/** For a boot loader that the board has: what it reads. */
async function equip(
	{ board, keys, folder, out }: BootLoaderOptions,
	{ bytes, flashBytes }: NonNullable<Board['loader']['environment']> = { bytes: 0, flashBytes: 0 },
): Promise<BootLoaderFiles> {
	const files = { environment: join(out, 'environment.img'), deviceTree: join(out, 'board.dtb') };
	const text = join(folder, 'environment.txt');
	await writeFile(text, await bootEnvironment(board));
	await tool('mkenvimage', ['-s', `${bytes}`, '-o', files.environment, text]);
	await truncate(files.environment, flashBytes);
	await copyFile(await deviceTreeOf(board, folder), files.deviceTree);
	await addKey(files.deviceTree, { keys, folder });
	return files;
}

/** A boot loader with all of it inside. */
async function makeWhole(
	{ board, keys, debian, folder, out }: BootLoaderOptions,
	{ onDisk = {} }: NonNullable<Board['loader']['build']>,
): Promise<BootLoaderFiles> {
	const uBoot = await buildUBoot(board, debian);
	const [deviceTree, file] = [join(folder, 'u-boot.dtb'), join(out, 'u-boot.img')];
	await copyFile(ownTree(uBoot), deviceTree);
	for (const line of (await bootEnvironment(board)).trim().split('\n')) {
		const end = line.indexOf('=');
		const [name, value] = [line.slice(0, end), line.slice(end + 1)];
		await tool('fdtput', ['-p', '-t', 's', '--', deviceTree, environmentNode, name, value]);
	}
	await addKey(deviceTree, { keys, folder });
	await assembleUBoot({ board, uBoot, deviceTree, debian, folder, file });
	const places = Object.entries(onDisk).map(([name, sector]) => {
		return [sector, name === 'u-boot.itb' ? file : readyMade({ board, debian }, name)];
	});
	return { firmware: file, ...(places.length > 0 && { onDisk: Object.fromEntries(places) }) };
}

/** A signature of its own is made to get the key into the tree: the slots are signed apart from it. */
async function addKey(
	deviceTree: string,
	{ keys, folder }: Pick<BootLoaderOptions, 'keys' | 'folder'>,
): Promise<void> {
	const nothing = join(folder, 'nothing');
	await writeFile(nothing, keyName);
	const source = join(folder, 'key.its');
	await writeFile(source, keySource(nothing));
	await tool('mkimage', ['-f', source, '-k', keys, '-K', deviceTree, '-r', join(folder, 'key.fit')]);
}

function keySource(data: string): string {
	return `/dts-v1/;
/ {
	description = "key";
	images {
		nothing { data = /incbin/("${data}"); type = "firmware"; arch = "sandbox"; compression = "none"; hash { algo = "sha256"; }; };
	};
	configurations {
		default = "key";
		key {
			firmware = "nothing";
			signature { algo = "sha256,rsa2048"; key-name-hint = "${keyName}"; sign-images = "firmware"; };
		};
	};
};
`;
}
