/** The data partition as it leaves the factory. */
import { rm, writeFile } from 'node:fs/promises';
import type { Board } from './board.ts';
import { Staging } from './staging.ts';
import { tool } from './tool.ts';

export interface DataOptions {
	readonly board: Board;
	/** Configuration of the box, as JSON. */
	readonly config: object;
	/** An empty one, or with what else is to be on the partition. */
	readonly folder: string;
	readonly file: string;
	readonly builtAt: number;
}

const identity = '6d756c6c-696f-6e00-8000-0000000000da';

/** @throws ImageError */
export async function makeData({ board, config, folder, file, builtAt }: DataOptions): Promise<void> {
	const staging = new Staging(folder);
	await staging.write('box.json', configText(config), 0o600);
	await staging.folders('state');
	await staging.settle(builtAt);
	const same = [
		'-U',
		identity,
		'-E',
		`hash_seed=${identity},root_owner=0:0,lazy_itable_init=0,lazy_journal_init=0`,
	];
	const env = { E2FSPROGS_FAKE_TIME: `${builtAt}` };
	const size = `${board.storage.dataMb}M`;
	await tool('mkfs.ext4', ['-q', '-F', '-m', '0', ...same, '-d', folder, file, size], { env });
	await forgetOrigin({ file, paths: await staging.paths(), builtAt, env });
}

/** As it stands in `box.json`. */
export function configText(config: object): string {
	return `${JSON.stringify(config, null, '\t')}\n`;
}

/** When a file was made here, and the number that it was given by chance, say something of this machine. */
async function forgetOrigin({
	file,
	paths,
	builtAt,
	env,
}: {
	readonly file: string;
	readonly paths: readonly string[];
	readonly builtAt: number;
	readonly env: Readonly<Record<string, string>>;
}): Promise<void> {
	const commands = ['', ...paths].flatMap((path) => [
		`set_inode_field /${path} ctime @${builtAt}`,
		`set_inode_field /${path} generation 0`,
	]);
	const script = `${file}.commands`;
	await writeFile(script, `${commands.join('\n')}\n`);
	await tool('debugfs', ['-w', '-f', script, file], { env });
	await rm(script);
}
