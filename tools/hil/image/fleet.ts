/** Many boxes of one image: each is itself, and all are of the same operator. */
import { mkdir, open, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type BuiltImage, bootStatePartition, firstBootState } from '../../../firmware/image/build-image.ts';
import { makeData } from '../../../firmware/image/data-file-system.ts';
import { partitionsOf } from '../../../firmware/image/partitions.ts';
import { tool } from '../../../firmware/image/tool.ts';
import type { BoardImage } from '../board/board.ts';
import { emulatorOf } from '../board/qemu-requirements.ts';
import type { ImageBench } from './image-bench.ts';

export function endpointOf(number: number): string {
	return `os::00D09E-MULLION-${`${number}`.padStart(6, '0')}`;
}

/**
 * The disk of one box: the image's, but for who it is.
 * @param common flashed by all of them otherwise; nothing is in its data partition
 */
export async function personalDisk(
	bench: ImageBench,
	{ common, endpointId }: { readonly common: BoardImage; readonly endpointId: string },
): Promise<BoardImage> {
	const { board } = bench;
	const folder = join(bench.folder, endpointId.replaceAll(':', ''));
	await mkdir(join(folder, 'data'), { recursive: true });
	const [disk, data] = [join(folder, 'disk.img'), join(folder, 'data.img')];
	const config = bench.configOf(endpointId);
	await makeData({
		board,
		config,
		folder: join(folder, 'data'),
		file: data,
		builtAt: 1_790_000_000,
	});
	await tool('cp', ['--sparse=always', common.disk ?? '', disk]);
	const startOf = (wanted: string): number =>
		partitionsOf(board).find(({ name }) => name === wanted)?.start ?? 0;
	const place = ['oflag=seek_bytes', 'bs=1M', 'conv=notrunc,sparse', 'status=none'];
	await tool('dd', [`if=${data}`, `of=${disk}`, `seek=${startOf('data')}`, ...place]);
	await using file = await open(disk, 'r+');
	const identity = bootStatePartition(firstBootState(1), config);
	await file.write(identity, 0, identity.length, startOf('bootstate'));
	return { ...common, disk };
}

/** Without anything of a box on it. */
export function commonImage(bench: ImageBench, image: BuiltImage): Promise<BoardImage> {
	return bench.flashable(image, { contents: { bootstate: new Uint8Array(1), data: new Uint8Array(1) } });
}

/** What the emulators of this process take of the machine, in MiB: what they share is shared out among them. */
export async function emulatorMiB(): Promise<number> {
	const { program } = await emulatorOf();
	let kilobytes = 0;
	for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
		const read = (name: string): Promise<string> =>
			readFile(join('/proc', pid, name), 'utf8').catch(() => '');
		const isOurs = (await read('status')).includes(`\nPPid:\t${process.pid}\n`);
		if (!isOurs || !(await read('cmdline')).startsWith(program)) continue;
		kilobytes += Number(/^Pss:\s+(\d+) kB/m.exec(await read('smaps_rollup'))?.[1] ?? 0);
	}
	return kilobytes / 1024;
}
