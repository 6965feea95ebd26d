/** Volumes that the system mounts, each in a folder of its own below one: as desktops do below `/media/NAME`. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../runtime/clock.ts';
import type { Volumes } from '../volumes/volumes.ts';
import { watchFolders } from './watch-folders.ts';

export function volumeFolders({
	clock,
	folder,
}: {
	readonly clock: Clock;
	readonly folder: string;
}): Volumes {
	return {
		list: async () => {
			const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
			const volumes = entries
				.filter((entry) => entry.isDirectory())
				.map(async ({ name }) => {
					const path = join(folder, name);
					// What is mounted there tells by its device, and a folder that was made anew by its number.
					const found = await stat(path).catch(() => undefined);
					return found && { id: `${name} ${found.dev} ${found.ino}`, name, folder: path };
				});
			return (await Promise.all(volumes)).filter((volume) => volume !== undefined);
		},
		watch: (onChange) => {
			const watch = watchFolders({ clock, folders: () => [folder], onChange });
			return { close: async () => watch.close() };
		},
	};
}
