/**
 * The content of a snapshot: globals, tables, what the platform keeps beside the guest, pages of memory.
 *
 * In order: five counts; the words of the globals; each table, with its length; numbers of the pages that are
 * there; numbers of those that are all zero again; the platform's bytes; the pages. A base leaves pages that
 * are all zero out, a delta those that have not changed.
 */
import { type Captured, statePageBytes } from '../component/guest-state.ts';
import { runsOf } from '../component/page-runs.ts';
import { ByteCursor } from './byte-cursor.ts';
import { SnapshotError } from './error.ts';

export interface Content {
	readonly globals: BigUint64Array;
	readonly tables: readonly Int32Array[];
	readonly memoryBytes: number;
	/** What the platform keeps beside the guest, as it wrote it. */
	readonly platform: Uint8Array;
	readonly pages: ReadonlyMap<number, Uint8Array>;
	/** Pages that are all zero, and were not before. */
	readonly zeroed: readonly number[];
}

export interface ContentParts {
	readonly captured: Captured;
	readonly platform: Uint8Array;
	readonly pages: readonly number[];
	readonly zeroed: readonly number[];
}

/** Bytes of the content in front of its pages. */
export function bytesBeforePages({
	captured: { globals, tables },
	platform,
	pages,
	zeroed,
}: ContentParts): number {
	const tableBytes = tables.reduce((sum, table) => sum + 4 + table.length * 4, 0);
	return 24 + globals.length * 8 + tableBytes + (pages.length + zeroed.length) * 4 + platform.length;
}

/** @param target of `bytesBeforePages` and `statePageBytes` for each page */
export function writeContent({ captured, platform, pages, zeroed }: ContentParts, target: Uint8Array): void {
	const { globals, tables, memory } = captured;
	const cursor = new ByteCursor(target);
	for (const count of [globals, tables, pages, zeroed, platform]) cursor.putU32(count.length);
	cursor.putU32(memory.length);
	for (const word of globals) cursor.putU64(word);
	for (const table of tables) {
		cursor.putU32(table.length);
		for (const entry of table) cursor.putU32(entry);
	}
	for (const page of pages) cursor.putU32(page);
	for (const page of zeroed) cursor.putU32(page);
	cursor.putBytes(platform);
	for (const { from, count } of runsOf(pages))
		cursor.putBytes(memory.subarray(from * statePageBytes, (from + count) * statePageBytes));
}

/** Pages and the platform's bytes are views of `bytes`. @throws SnapshotError `damaged` */
export function readContent(bytes: Uint8Array): Content {
	const cursor = new ByteCursor(bytes);
	const [words, tableCount, pageCount, zeroedCount, platformBytes] = [0, 0, 0, 0, 0].map(() => cursor.u32());
	const memoryBytes = cursor.u32();
	const globals = BigUint64Array.from(numbers(cursor, words, 8, () => cursor.u64()));
	const tables = numbers(cursor, tableCount, 4, () =>
		Int32Array.from(numbers(cursor, cursor.u32(), 4, () => cursor.u32())),
	);
	const present = numbers(cursor, pageCount, 4, () => cursor.u32());
	const zeroed = numbers(cursor, zeroedCount, 4, () => cursor.u32());
	const platform = cursor.bytes(platformBytes ?? 0);
	const pages = new Map<number, Uint8Array>();
	for (const page of present) pages.set(page, cursor.bytes(statePageBytes));
	const isThere = (page: number): boolean => page < memoryBytes / statePageBytes;
	if (cursor.left > 0 || pages.size < present.length || !present.every(isThere) || !zeroed.every(isThere))
		throw new SnapshotError('damaged', 'the content of the snapshot contradicts itself');
	return { globals, tables, memoryBytes, platform, pages, zeroed };
}

/** Nothing is allocated for more than there are bytes. */
function numbers<Value>(cursor: ByteCursor, count = 0, least: number, next: () => Value): Value[] {
	if (count * least > cursor.left)
		throw new SnapshotError('damaged', 'the content of the snapshot announces more than it holds');
	return Array.from({ length: count }, next);
}
