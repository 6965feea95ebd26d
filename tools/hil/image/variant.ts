/** Slots of an image with another root, signed as it is: what a broken release would be. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Board } from '../../../firmware/image/board.ts';
import { type BuiltImage, releaseOf } from '../../../firmware/image/build-image.ts';
import { makeInitrd } from '../../../firmware/image/initrd.ts';
import { packRoot } from '../../../firmware/image/root-file-system.ts';
import { makeSlotImage } from '../../../firmware/image/slot-image.ts';
import { fetchSources, type KernelChoice } from '../../../firmware/image/sources.ts';
import { Staging } from '../../../firmware/image/staging.ts';
import { tool } from '../../../firmware/image/tool.ts';
import { addVerity } from '../../../firmware/image/verity.ts';
import type { ImageDescription } from '../../../firmware/own-image.ts';
import type { Partition } from '../../../firmware/slots/update-manifest.ts';

export interface VariantOptions {
	readonly board: Board;
	readonly kernel?: KernelChoice;
	readonly image: BuiltImage;
	readonly keys: string;
	/** Where it is put, as a build would put it. */
	readonly out: string;
	readonly builtAt: number;
	readonly release: number;
	readonly version: string;
	/** How hard the root is packed; default 1, as for a few starts. */
	readonly level?: number;
	readonly change: (root: Root) => Promise<void>;
}

/** Files of a slot. */
export type Slot = Readonly<Record<Partition, { readonly file: string }>>;

/** The root of an image, unpacked. */
export class Root extends Staging {
	read(path: string): Promise<string> {
		return readFile(join(this.folder, path), 'utf8');
	}

	remove(path: string): Promise<void> {
		return rm(join(this.folder, path), { recursive: true });
	}

	/** Changes what the root says of itself. */
	async describe(change: Partial<ImageDescription>): Promise<void> {
		const path = 'etc/mullion/image.json';
		await this.write(path, JSON.stringify({ ...JSON.parse(await this.read(path)), ...change }));
	}
}

/** @throws ImageError */
export async function makeVariant(options: VariantOptions): Promise<Slot> {
	const { board, kernel, image, out, builtAt, release, version, level = 1, change } = options;
	await mkdir(out, { recursive: true });
	const work = await mkdtemp(join(tmpdir(), 'mullion-variant-'));
	try {
		const slot = { boot: { file: join(out, 'boot.img') }, root: { file: join(out, 'root.img') } };
		const folder = join(work, 'root');
		await tool('unsquashfs', ['-quiet', '-no-progress', '-dest', folder, image.root.file]);
		const root = new Root(folder);
		await root.describe({ release, version });
		await change(root);
		await root.settle(builtAt);
		await packRoot({ folder, file: slot.root.file, builtAt, level });
		const common = { ...options, sources: await fetchSources(board, kernel) };
		const initrd = join(work, 'initrd.zst');
		const [initrdFolder, slotFolder] = [join(work, 'initrd'), join(work, 'slot')];
		for (const path of [initrdFolder, slotFolder]) await mkdir(path);
		const verified = await addVerity(slot.root.file);
		await makeInitrd({ ...common, root: verified, folder: initrdFolder, file: initrd });
		await makeSlotImage({ ...common, initrd, folder: slotFolder, file: slot.boot.file });
		await writeFile(join(out, 'release.json'), JSON.stringify(releaseOf(options)));
		return slot;
	} finally {
		await rm(work, { recursive: true, force: true });
	}
}
