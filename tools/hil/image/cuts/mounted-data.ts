/** What is in a data partition after a power cut, as a box has it before it once it is mounted. */
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { tool } from '../../../../firmware/image/tool.ts';

/** What the kernel does as well when it mounts: play the journal back, let go of what was removed while open, count. */
const mounting =
	/recovering journal|Clearing orphaned inode|^Setting free (?:inodes|blocks) count|clean, |: \d+\/\d+ files|Free (?:inodes|blocks) count wrong/;

/** The only block that the journal does not put right: half of it may be new and half of it old. */
const tornSuperblock = /Superblock checksum does not match superblock/;

export interface MountedData {
	/** Its files, in a folder that is there until the next one is mounted. */
	readonly files: string;
	/** Of all names and contents: equal ones need to be looked at once. */
	readonly digest: string;
	/** What was wrong with the file system beyond what a mount sees to; empty for nothing. */
	readonly damage: readonly string[];
	/** A torn superblock has been put in order from its copy, as the start of a box does. */
	readonly isMended: boolean;
}

/** @param folder for the files @throws ImageError `tool-failed` where nothing can be made of it */
export async function mountData(partition: string, folder: string): Promise<MountedData> {
	const image = join(folder, 'mounted.img');
	const files = join(folder, 'mounted');
	await rm(files, { recursive: true, force: true });
	await mkdir(files, { recursive: true });
	await tool('cp', ['--sparse=always', partition, image]);
	const said = await check('-p', image).catch((error: Error) => {
		if (!tornSuperblock.test(error.message)) throw error;
	});
	if (said === undefined) await check('-y', image);
	await tool('debugfs', ['-R', `rdump / ${files}`, image]);
	const damage = said?.split('\n').filter((line) => line.trim() !== '' && !mounting.test(line)) ?? [];
	return { files, digest: await digestOf(files), damage, isMended: said === undefined };
}

/** It ends with 1 where it has changed something, which playing back the journal is. */
function check(how: '-p' | '-y', image: string): Promise<string> {
	return tool('sh', ['-c', `e2fsck ${how} -f "$0" || test $? = 1`, image]);
}

async function digestOf(folder: string): Promise<string> {
	const digest = createHash('sha256');
	const entries = await readdir(folder, { recursive: true, withFileTypes: true });
	const paths = entries
		.filter((entry) => entry.isFile())
		.map(({ parentPath, name }) => join(parentPath, name));
	for (const path of paths.toSorted())
		digest
			.update(`${path}\0`)
			.update(await readFile(path))
			.update('\0');
	return digest.digest('hex');
}
