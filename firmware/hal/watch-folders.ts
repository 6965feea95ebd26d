/** Tells of files that come into folders and go: once all is quiet, and now and then in case nothing was told. */
import { type FSWatcher, watch } from 'node:fs';
import type { Clock, Timer } from '../../runtime/clock.ts';

export interface WatchFoldersOptions {
	readonly clock: Clock;
	/** Which they are at present; those that are not there are looked for again. */
	readonly folders: () => readonly string[];
	readonly onChange: () => void;
}

/** What comes with a device comes in steps, and its driver may take its time; an event may be lost. */
const quietMs = 200;
const againMs = 2000;
const anywayMs = 60_000;

export function watchFolders({ clock, folders, onChange }: WatchFoldersOptions): { close(): void } {
	const timers = new Map<number, Timer>();
	const watchers = new Map<string, FSWatcher>();
	const look = (): void => {
		follow();
		onChange();
	};
	const lookIn = (ms: number): void => {
		timers.get(ms)?.cancel();
		timers.set(ms, clock.after(ms, look));
	};
	const noticed = (): void => {
		lookIn(quietMs);
		lookIn(againMs);
	};
	const follow = (): void => {
		for (const folder of folders()) if (!watchers.has(folder)) watchFolder(folder);
	};
	const watchFolder = (folder: string): void => {
		try {
			const watcher = watch(folder, noticed);
			const forget = (): void => {
				watcher.close();
				watchers.delete(folder);
			};
			watcher.on('error', forget);
			watchers.set(folder, watcher);
		} catch {
			// It is not there, or not any more.
		}
	};
	const anyway = (): void => {
		timers.set(
			anywayMs,
			clock.after(anywayMs, () => {
				look();
				anyway();
			}),
		);
	};
	follow();
	anyway();
	return {
		close: () => {
			for (const timer of timers.values()) timer.cancel();
			for (const watcher of watchers.values()) watcher.close();
		},
	};
}
