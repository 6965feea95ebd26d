/** How much memory the box has and how much of it could be had, from `/proc/meminfo`. */
import { readFile } from 'node:fs/promises';
import type { MemoryStatus, MemoryView } from '../agent/ports.ts';

export function kernelMemory(file = '/proc/meminfo'): MemoryView {
	return { read: async () => parseMemory(await readFile(file, 'utf8')) };
}

/** A line that is not there counts as nothing. */
export function parseMemory(text: string): MemoryStatus {
	const kibibytes = (name: string): number =>
		Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1] ?? 0);
	return { totalBytes: kibibytes('MemTotal') * 1024, freeBytes: kibibytes('MemAvailable') * 1024 };
}
