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
		return mappingsOf(readFileSync('/proc/self/smaps'), process.execPath);
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
export function mappingsOf(smaps: Buffer, program: string): Mapping[] {
	const found: Mapping[] = [];
	let end: bigint | undefined;
	let mapping: Mapping | undefined;
	for (const line of linesOf(smaps)) {
		const [head, from = '', to = '', access = '', offset = '', file] = headPattern.exec(line) ?? [];
		if (head !== undefined) {
			const isNext = end === undefined ? /^0+$/.test(offset) : BigInt(`0x${from}`) === end;
			const isIts = file === program && isNext;
			if (!isIts && end !== undefined) return found;
			if (isIts) end = BigInt(`0x${to}`);
			const isReadOnly = isIts && access[1] === '-';
			mapping = isReadOnly
				? { from: BigInt(`0x${from}`), bytes: BigInt(`0x${to}`) - BigInt(`0x${from}`) }
				: undefined;
		} else if (mapping !== undefined && /^Anonymous: +0 kB$/.test(line)) found.push(mapping);
	}
	return found;
}

const headPattern = /^([0-9a-f]+)-([0-9a-f]+) (\S+) ([0-9a-f]+) \S+ \d+ *(.*)$/;

/** Each by itself: the engine remembers the text that an expression was held against last. */
function* linesOf(text: Buffer): Generator<string> {
	for (let from = 0, to = 0; from < text.length; from = to + 1) {
		to = text.indexOf('\n', from);
		if (to < 0) to = text.length;
		yield text.toString('latin1', from, to);
	}
}
