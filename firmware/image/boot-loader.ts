/** What the boot loader of a board has: its environment, and a device tree with the key that slots are signed by. */
import { copyFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Board } from './board.ts';
import { bootEnvironment } from './boot-environment.ts';
import { keyName } from './signing-key.ts';
import { tool } from './tool.ts';

export interface BootLoaderOptions {
	readonly board: Board;
	readonly keys: string;
	/** The device tree of the machine. */
	readonly deviceTree: string;
	readonly folder: string;
	readonly environmentFile: string;
	readonly deviceTreeFile: string;
}

/** @throws ImageError */
export async function makeBootLoader(options: BootLoaderOptions): Promise<void> {
	const { board, keys, deviceTree, folder, environmentFile, deviceTreeFile } = options;
	const text = join(folder, 'environment.txt');
	await writeFile(text, await bootEnvironment(board));
	await tool('mkenvimage', ['-s', `${board.loader.environmentBytes}`, '-o', environmentFile, text]);
	await truncate(environmentFile, board.loader.environmentFlashBytes);
	await copyFile(deviceTree, deviceTreeFile);
	// A signature of its own is made to get the key into the tree: the slots are signed apart from it.
	const nothing = join(folder, 'nothing');
	await writeFile(nothing, keyName);
	const source = join(folder, 'key.its');
	await writeFile(source, keySource(nothing));
	await tool('mkimage', ['-f', source, '-k', keys, '-K', deviceTreeFile, '-r', join(folder, 'key.fit')]);
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
