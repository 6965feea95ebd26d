/** What the boot loader starts: kernel and first file system in one signed FIT. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { architectures, type Board } from './board.ts';
import { type FitPart, kernelParts } from './kernel-parts.ts';
import { keyName } from './signing-key.ts';
import type { Sources } from './sources.ts';
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
	const { board, sources, initrd, keys, folder, file, builtAt } = options;
	const parts = await kernelParts({ board, kernel: sources.kernel, folder });
	const load = board.loadAt.ramdisk;
	parts.push({
		name: 'ramdisk',
		file: initrd,
		type: 'ramdisk',
		compression: 'none',
		...(load && { load, entry: load }),
	});
	const source = join(folder, 'slot.its');
	await writeFile(source, fitSource(board, parts));
	const env = { SOURCE_DATE_EPOCH: `${builtAt}` };
	await tool('mkimage', ['-f', source, file], { env });
	await tool('mkimage', ['-F', '-k', keys, '-r', file], { env });
}

function fitSource({ name: board, architecture }: Board, parts: readonly FitPart[]): string {
	const common = `arch = "${architectures[architecture].fit}"; os = "linux";`;
	const images = parts.map(({ name, file, type, compression, load, entry }) => {
		const places = Object.entries({ load, entry }).flatMap(([key, at]) => (at ? [`${key} = <${at}>;`] : []));
		const how = `type = "${type}"; compression = "${compression}"; ${places.join(' ')}`;
		return `${name} { data = /incbin/("${file}"); ${common} ${how} hash { algo = "sha256"; }; };`;
	});
	const names = parts.map(({ name }) => name);
	return `/dts-v1/;
/ {
	description = "Mullion for ${board}";
	images {
		${images.join('\n\t\t')}
	};
	configurations {
		default = "${fitConfiguration}";
		${fitConfiguration} {
			${names.map((name) => `${name} = "${name}";`).join('\n\t\t\t')}
			signature {
				algo = "sha256,rsa2048";
				key-name-hint = "${keyName}";
				sign-images = ${names.map((name) => `"${name}"`).join(', ')};
			};
		};
	};
};
`;
}
