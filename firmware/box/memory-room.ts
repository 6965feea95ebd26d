/** Whether the box has memory for one more module, and would still have enough for itself. */
import { CodedError } from '../../runtime/error.ts';
import type { MemoryView } from '../agent/ports.ts';

export const memoryRoomErrors = {
	'memory-short': 'The box has too little memory for one more module beside what it needs for itself.',
} as const;

export class MemoryRoomError extends CodedError<keyof typeof memoryRoomErrors> {
	override readonly name = 'MemoryRoomError';
}

export interface MemoryRoomOptions {
	readonly memory: MemoryView;
	/** What has to be left for the box: for an update of its firmware, its journals, the kernel. Default 40 MiB. */
	readonly reserveBytes?: number;
	/** What a cell takes, with the engine on its thread. Default 16 MiB. */
	readonly cellBytes?: number;
}

/** Errors: `memory-short`. */
export function memoryRoom({
	memory,
	reserveBytes = 41_943_040,
	cellBytes = 16_777_216,
}: MemoryRoomOptions): (bytes: number, needsCell: boolean) => Promise<void> {
	return async (bytes, needsCell) => {
		const { freeBytes } = await memory.read();
		const needed = bytes + (needsCell ? cellBytes : 0) + reserveBytes;
		if (freeBytes >= needed) return;
		const mib = (count: number): string => (count / 1_048_576).toFixed(0);
		throw new MemoryRoomError(
			'memory-short',
			`${mib(freeBytes)} MiB are free, where ${mib(needed)} are needed, ${mib(reserveBytes)} of them for the box itself`,
		);
	};
}
