/** What the image that a box runs from carries for it. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { FactoryFirmware } from '../factory/factory-modules.ts';
import type { OwnImage } from '../own-image.ts';

/** Undefined for firmware that leaves the modules of its box alone. */
export function factoryFirmware(
	image: Pick<OwnImage, 'release' | 'version' | 'modules'> | undefined,
): FactoryFirmware | undefined {
	if (image?.modules === undefined) return undefined;
	const { modules } = image;
	return {
		id: firmwareId(image),
		modules,
		read: ({ file }) => readFile(file),
		made: async (digest) => {
			const code = modules.find((module) => module.digest === digest)?.code;
			return code && { memoryPages: code.memoryPages, bytes: new Uint8Array(await readFile(code.file)) };
		},
	};
}

/** Another one for each release, of 16 hexadecimal digits. */
export function firmwareId({
	release,
	version,
	modules = [],
}: Pick<OwnImage, 'release' | 'version' | 'modules'>): string {
	const carried = modules.map(({ name, digest, policy }) => [name, digest, policy]);
	const said = JSON.stringify([release, version, carried]);
	return createHash('sha256').update(said).digest('hex').slice(0, 16);
}
