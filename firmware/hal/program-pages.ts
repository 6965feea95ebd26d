/**
 * Gives back those pages of Node's own program that are only read: tens of megabytes of it are what a start or a
 * compilation went through, and stay resident behind it. They are in the file, and mostly in the kernel's cache: what is
 * used again is there again by itself, and for all else the kernel finds room here first.
 */
import { closeSync, openSync, readSync } from 'node:fs';
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
		return mappingsOf(linesOf('/proc/self/smaps'), process.execPath);
	} catch {
		return [];
	}
}

/**
 * Of a program as the kernel has loaded it, which stays where it is: further on, the engine maps parts of it once more
 * for each thread, and something else may take their place at any time. What was ever written is not in the file.
 *
 * @param smaps lines of `/proc/self/smaps`: no more are taken than are needed
 */
export function mappingsOf(smaps: Iterable<string>, program: string): Mapping[] {
	const found: Mapping[] = [];
	let end: bigint | undefined;
	let mapping: Mapping | undefined;
	for (const line of smaps) {
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

/** As much as the kernel writes at once. */
const chunkBytes = 4096;

/** In small pieces: read as a whole, a file that does not tell its length leaves megabytes behind. */
function* linesOf(path: string): Generator<string> {
	const file = openSync(path, 'r');
	try {
		const chunk = Buffer.allocUnsafeSlow(chunkBytes);
		let rest = '';
		for (let length = readSync(file, chunk); length > 0; length = readSync(file, chunk)) {
			const lines = (rest + chunk.toString('latin1', 0, length)).split('\n');
			rest = lines.pop() ?? '';
			yield* lines;
		}
	} finally {
		closeSync(file);
	}
}
