/** What the boot loader starts: kernel and first file system in one signed FIT. */
import { writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { architectures, type Board } from './board.ts';
import { cached } from './cached.ts';
import { keyName } from './signing-key.ts';
import { kernelFile, type Sources } from './sources.ts';
import { tool } from './tool.ts';

/** Name of its only configuration. */
export const fitConfiguration = 'slot';

export interface SlotImageOptions {
	readonly board: Board;
	readonly sources: Sources;
	readonly initrd: string;
	readonly keys: string;
	/** Of files in between. */
	readonly folder: string;
	readonly file: string;
	readonly builtAt: number;
}

/** @throws ImageError */
export async function makeSlotImage(options: SlotImageOptions): Promise<void> {
	const { sources, keys, folder, file, builtAt } = options;
	const source = join(folder, 'slot.its');
	await writeFile(source, fitSource({ ...options, kernel: await packedKernel(sources) }));
	const env = { SOURCE_DATE_EPOCH: `${builtAt}` };
	await tool('mkimage', ['-f', source, file], { env });
	await tool('mkimage', ['-F', '-k', keys, '-r', file], { env });
}

/** As U-Boot unpacks it; all slots of a kernel have the same. */
async function packedKernel({ debian }: Sources): Promise<string> {
	const pack = ['-c', 'gzip -9 -n <"$0" >"$1"', await kernelFile(debian)];
	const folder = await cached(`${basename(dirname(debian))}-kernel`, async (path) => {
		await tool('sh', [...pack, join(path, 'kernel.gz')]);
	});
	return join(folder, 'kernel.gz');
}

function fitSource({ board, kernel, initrd }: SlotImageOptions & { kernel: string }): string {
	const arch = architectures[board.architecture].fit;
	const at = `<${board.loadAt.kernel}>`;
	const part = (name: string, lines: readonly string[]): string =>
		`${name} { ${lines.map((line) => `${line};`).join(' ')} hash { algo = "sha256"; }; };`;
	const common = [`arch = "${arch}"`, 'os = "linux"'];
	const how = ['type = "kernel"', 'compression = "gzip"', `load = ${at}`, `entry = ${at}`];
	return `/dts-v1/;
/ {
	description = "Mullion for ${board.name}";
	images {
		${part('kernel', [`data = /incbin/("${kernel}")`, ...common, ...how])}
		${part('ramdisk', [`data = /incbin/("${initrd}")`, ...common, 'type = "ramdisk"', 'compression = "none"'])}
	};
	configurations {
		default = "${fitConfiguration}";
		${fitConfiguration} {
			kernel = "kernel";
			ramdisk = "ramdisk";
			signature { algo = "sha256,rsa2048"; key-name-hint = "${keyName}"; sign-images = "kernel", "ramdisk"; };
		};
	};
};
`;
}
