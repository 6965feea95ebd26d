/**
 * Gives back those pages of Node's own program that are only read: tens of megabytes of it are what a start or a
 * compilation went through, and stay resident behind it. They are in the file, and mostly in the kernel's cache: what is
 * used again is there again by itself, and for all else the kernel finds room here first.
 */
import { readFileSync } from 'node:fs';
import { cLibrary } from './c-library.ts';

/** `MADV_DONTNEED` of Linux. */
const notNeeded = 4;

interface Mapping {
	readonly from: bigint;
	readonly bytes: bigint;
}

let giveBack: (() => void) | undefined;

/** Takes a millisecond or two. Where the kernel or the C library cannot be asked, nothing is done. */
export function releaseProgramPages(): void {
	giveBack ??= giverBack();
	giveBack();
}

function giverBack(): () => void {
	const library = cLibrary({ madvise: { arguments: ['u64', 'u64', 'i32'], return: 'i32' } });
	const mappings = library === undefined ? [] : readOnlyMappings();
	return () => {
		for (const { from, bytes } of mappings) library?.madvise(from, bytes, notNeeded);
	};
}

function readOnlyMappings(): Mapping[] {
	try {
		return mappingsOf(readFileSync('/proc/self/smaps', 'latin1'), process.execPath);
	} catch {
		return [];
	}
}

/**
 * Of a program as the kernel has loaded it, which stays where it is: further on, the engine maps parts of it once more
 * for each thread, and something else may take their place at any time. What was ever written is not in the file.
 *
 * @param smaps as the kernel writes `/proc/self/smaps`
 */
export function mappingsOf(smaps: string, program: string): Mapping[] {
	const found: Mapping[] = [];
	let end: bigint | undefined;
	for (const text of smaps.split(/^(?=[0-9a-f]+-[0-9a-f]+ )/m)) {
		const [, from, to, access = '', offset, file] =
			/^([0-9a-f]+)-([0-9a-f]+) (\S+) ([0-9a-f]+) \S+ \d+ *(.*)$/m.exec(text) ?? [];
		const isNext = end === undefined ? Number(`0x${offset}`) === 0 : BigInt(`0x${from}`) === end;
		if (file !== program || !isNext) continue;
		end = BigInt(`0x${to}`);
		const isInFile = access[1] === '-' && /^Anonymous: +0 kB$/m.test(text);
		if (isInFile) found.push({ from: BigInt(`0x${from}`), bytes: end - BigInt(`0x${from}`) });
	}
	return found;
}
