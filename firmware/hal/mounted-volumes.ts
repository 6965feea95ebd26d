/**
 * Volumes that nobody but the box mounts: file systems of USB media, read-only and with nothing on them that counts
 * as a program or a device.
 *
 * `mount` and `umount` are those of the system. That something came or went is told by its files in `/dev`.
 */
import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, readlink, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Clock } from '../../runtime/clock.ts';
import { VolumeError } from '../volumes/volume-error.ts';
import { mostVolumes, type Volume, type Volumes } from '../volumes/volumes.ts';
import { watchFolders } from './watch-folders.ts';

const run = promisify(execFile);

/** What sticks are sold with, as far as the kernel knows it. */
const fileSystems = ['vfat', 'exfat'];
const known = '/proc/filesystems';
const options = 'ro,nosuid,nodev,noexec';

export interface MountedVolumesOptions {
	readonly clock: Clock;
	/** Where they are mounted, a folder each. Default `/run/volumes`. */
	readonly folder?: string;
	/** Default `/sys/class/block`. */
	readonly devices?: string;
	/** Default `/dev`. */
	readonly files?: string;
}

export function mountedVolumes({
	clock,
	folder = '/run/volumes',
	devices = '/sys/class/block',
	files = '/dev',
}: MountedVolumesOptions): Volumes {
	const mounted = new Map<string, Volume>();
	const unreadable = new Set<string>();
	const mount = async ({ id, name }: Partition): Promise<void> => {
		const where = join(folder, name);
		await mkdir(where, { recursive: true });
		const failures: string[] = [];
		const types = (await readFile(known, 'utf8')).split('\n').map((line) => line.trim());
		for (const type of fileSystems.filter((each) => types.includes(each))) {
			try {
				await run('mount', ['-t', type, '-o', options, join(files, name), where]);
				mounted.set(id, { id, name, folder: where });
				return;
			} catch (error) {
				failures.push((error as Error).message.split('\n').at(1)?.trim() ?? '');
			}
		}
		await rmdir(where).catch(() => undefined);
		throw new VolumeError(
			'volume-unreadable',
			`${name}: ${failures.join('; ') || 'no file system is known'}`,
		);
	};
	const unmount = async ({ id, folder: where }: Volume): Promise<void> => {
		// Its device is gone: whoever has a file open has it no longer than he reads.
		await run('umount', ['-l', where]).catch(() => undefined);
		await rmdir(where).catch(() => undefined);
		mounted.delete(id);
	};
	return {
		list: async (trouble) => {
			const present = new Map((await partitions(devices)).map((each) => [each.id, each]));
			for (const volume of mounted.values()) if (!present.has(volume.id)) await unmount(volume);
			for (const id of unreadable) if (!present.has(id)) unreadable.delete(id);
			for (const partition of [...present.values()].slice(0, mostVolumes + 1)) {
				const { id } = partition;
				if (mounted.has(id) || unreadable.has(id)) continue;
				await mount(partition).catch((error: Error) => {
					unreadable.add(id);
					trouble(error);
				});
			}
			return [...mounted.values()];
		},
		watch: (onChange) => {
			const watch = watchFolders({ clock, folders: () => [files], onChange });
			return {
				close: async () => {
					watch.close();
					for (const volume of mounted.values()) await unmount(volume);
				},
			};
		},
	};
}

interface Partition {
	readonly id: string;
	/** Such as `sda1`, or `sda` of a medium without partitions. */
	readonly name: string;
}

/** Of media on USB: the kernel names them below the port that they are plugged into. */
async function partitions(devices: string): Promise<Partition[]> {
	const names = (await readdir(devices).catch(() => []))
		.filter((name) => /^sd[a-z]{1,2}\d{0,3}$/.test(name))
		.sort();
	const found = names.map(async (name) => {
		const path = await readlink(join(devices, name)).catch(() => '');
		const disk = name.replace(/\d+$/, '');
		const isWhole = name === disk;
		if (
			!path.includes('/usb') ||
			(isWhole && names.some((other) => other !== disk && other.startsWith(disk)))
		)
			return undefined;
		// Counts up with each medium that comes (Documentation/ABI/stable/sysfs-block).
		const sequence = await readFile(join(devices, disk, 'diskseq'), 'utf8').catch(() => '');
		const size = await readFile(join(devices, name, 'size'), 'utf8').catch(() => '0');
		// A reader of cards is there without a card.
		return Number(size) > 0 ? { id: `${name} ${sequence.trim()}`, name } : undefined;
	});
	return (await Promise.all(found)).filter((partition) => partition !== undefined);
}
