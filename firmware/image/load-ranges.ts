/**
 * What lies where in memory between the boot loader and the kernel, and whether anything runs into anything.
 *
 * The boot state is read and written back before the slot is read, so that it has to be apart from the slot alone.
 * The slot is read whole, as long as its partition is. From it the kernel is unpacked or moved to its address, and the
 * other parts are copied that have an address of their own; the rest stays in the slot. A kernel that unpacks itself
 * does that last: it may go over a slot in which nothing is left that it needs.
 */
import { copyBytes } from '../slots/boot-state.ts';
import { architectures } from './architectures.ts';
import type { Board } from './board.ts';
import { copyDistance } from './boot-environment.ts';
import { megabyte } from './partitions.ts';

/** In bytes. */
export interface LoadRange {
	/** Whose address it is: a field of `loadAt`. */
	readonly of: keyof Board['loadAt'];
	readonly start: number;
	readonly size: number;
	/** Why it is so long. */
	readonly why: string;
	/** It is used only once a kernel unpacks itself. */
	readonly isLast?: boolean;
}

/** What a kernel takes, in bytes. */
export interface KernelSize {
	/** Where it is put. */
	readonly loaded: number;
	/** Where it runs, with what is empty at its start. */
	readonly running: number;
}

/** Documentation/arm64/booting.rst: a device tree must not exceed 2 megabytes. */
const treeBytes = 2 * megabyte;
/** U-Boot puts the command line behind the parameters; both are in the last 64 KiB below the video memory of a PC. */
const setupBytes = 0x1_0000;

/** @param kernel what is known of it; default what is kept free for any */
export function loadRanges({ loadAt, storage, architecture }: Board, kernel?: KernelSize): LoadRange[] {
	const slotBytes = storage.bootMb * megabyte;
	const others = {
		slot: { size: slotBytes, why: 'storage.bootMb' },
		setup: { size: setupBytes, why: 'parameters and command line' },
		ramdisk: { size: slotBytes, why: 'storage.bootMb' },
		deviceTree: { size: treeBytes, why: 'the most that a device tree has' },
		state: { size: copyDistance + copyBytes, why: 'two copies of the boot state' },
	};
	const ranges = Object.entries(others).flatMap(([name, rest]): LoadRange[] => {
		const of = name as keyof typeof others;
		const at = loadAt[of];
		return at === undefined ? [] : [{ of, start: Number(at), ...rest }];
	});
	const { from, bytes } = architectures[architecture].runs;
	const at = Number(loadAt.kernel);
	const running = kernel?.running ?? 0;
	const size =
		running > bytes
			? { size: running, why: 'what this kernel takes' }
			: { size: bytes, why: 'what is kept free for a kernel' };
	if (at < from) {
		const loaded = Math.max(kernel?.loaded ?? 0, from - at);
		ranges.push({ of: 'kernel', start: at, size: loaded, why: 'a kernel before it unpacks itself' });
	}
	return [...ranges, { of: 'kernel', start: Math.max(at, from), ...size, isLast: at < from }];
}

/** What runs into what, as a sentence; undefined where nothing does. */
export function collision(board: Board, kernel?: KernelSize): string | undefined {
	const ranges = loadRanges(board, kernel);
	const isSlotLeft = hasLeftSlot(board);
	const pairs = ranges.flatMap((one, index) => ranges.slice(index + 1).map((other) => [one, other] as const));
	const found = pairs.find(([one, other]) => {
		if (one.of === other.of || !doTouch(one, other)) return false;
		const others = [one, other].filter(({ of }) => of !== 'slot');
		const isWithSlot = others.length === 1;
		if (others.some(({ of }) => of === 'state')) return isWithSlot;
		return !(isWithSlot && isSlotLeft && others.some(({ isLast }) => isLast));
	});
	return found && `${said(found[0])} runs into ${said(found[1])}`;
}

/** Whether all that a kernel needs of a slot is elsewhere when it starts. */
function hasLeftSlot({ loadAt, deviceTree }: Board): boolean {
	const isTreeInSlot = deviceTree !== undefined && deviceTree !== 'loader' && loadAt.deviceTree === undefined;
	return loadAt.ramdisk !== undefined && !isTreeInSlot;
}

function doTouch(one: LoadRange, other: LoadRange): boolean {
	return one.start < other.start + other.size && other.start < one.start + one.size;
}

function said({ of, start, size, why }: LoadRange): string {
	const hex = (place: number): string => `0x${place.toString(16)}`;
	return `loadAt.${of} (${hex(start)} to ${hex(start + size - 1)}: ${why})`;
}
