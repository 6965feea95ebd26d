/** Snapshots of one VM as a box reads and writes them: bytes that hold everything or, as a delta, what has changed. */
import { type Captured, type GuestImage, statePageBytes } from '../component/guest-state.ts';
import { digestWords, type PageDigester } from '../digest/page-digester.ts';
import { bytesBeforePages, type Content, readContent, writeContent } from './content.ts';
import { SnapshotError } from './error.ts';
import { checkOrigin, type Header, type Origin, openSnapshot, readHeader, sealSnapshot } from './header.ts';
import type { Packing } from './packing.ts';

/** A VM between two turns. */
export interface Snapshot {
	readonly turn: number;
	readonly id: bigint;
	/** What the platform keeps beside the guest, as it wrote it. */
	readonly platform: Uint8Array;
	readonly image: GuestImage;
}

export interface Taken {
	readonly captured: Captured;
	readonly origin: Origin;
	/** Turns that the VM has done. */
	readonly turn: number;
	readonly platform: Uint8Array;
	/** Of all pages of the memory. */
	readonly digests: Uint32Array;
	/** For a delta: the one before it, and its digests. */
	readonly before?: { readonly id: bigint; readonly digests: Uint32Array } | undefined;
}

/** Not packed. The guest may run on once this has returned. */
export function takeSnapshot(
	taken: Taken,
	digester: PageDigester,
): { bytes: Uint8Array<ArrayBuffer>; id: bigint } {
	const { captured, origin, turn, platform, digests, before } = taken;
	const parts = { captured, platform, ...changes(digests, before?.digests, digester.zero) };
	const pagesAt = bytesBeforePages(parts);
	const contentBytes = pagesAt + parts.pages.length * statePageBytes;
	const kind = before === undefined ? 'base' : 'delta';
	const follows = before?.id ?? 0n;
	const header = { kind, coding: 'plain', origin, turn, follows, contentBytes } as const;
	const size = { bytes: contentBytes, pageBytes: contentBytes - pagesAt };
	const { whole, content } = openSnapshot(header, size);
	writeContent(parts, content);
	const id = digester.sum(identity(turn, content.subarray(0, pagesAt), digests));
	sealSnapshot(whole, { id, digests: digestsOf(parts.pages, digests), digester });
	return { bytes: whole, id };
}

/** Everything that makes one snapshot differ from another; pages by their digests. */
function identity(turn: number, beforePages: Uint8Array, digests: Uint32Array): Uint8Array {
	const bytes = new Uint8Array(8 + beforePages.length + digests.byteLength);
	new DataView(bytes.buffer).setFloat64(0, turn, true);
	bytes.set(beforePages, 8);
	bytes.set(new Uint8Array(digests.buffer, digests.byteOffset, digests.byteLength), 8 + beforePages.length);
	return bytes;
}

function digestsOf(pages: readonly number[], all: Uint32Array): Uint32Array {
	const digests = new Uint32Array(pages.length * digestWords);
	for (const [at, page] of pages.entries())
		for (let word = 0; word < digestWords; word++)
			digests[at * digestWords + word] = all[page * digestWords + word] as number;
	return digests;
}

function changes(
	digests: Uint32Array,
	before: Uint32Array | undefined,
	zero: Uint32Array,
): { pages: number[]; zeroed: number[] } {
	const pages: number[] = [];
	const zeroed: number[] = [];
	for (let page = 0, at = 0; at < digests.length; page++, at += digestWords) {
		const isZero = digests[at] === zero[0] && digests[at + 1] === zero[1];
		// A page that was not there before was all zero, as memory is when it is new.
		const old = before === undefined || at >= before.length ? zero : before;
		const oldAt = old === zero ? 0 : at;
		if (digests[at] === old[oldAt] && digests[at + 1] === old[oldAt + 1]) continue;
		(isZero ? zeroed : pages).push(page);
	}
	return { pages, zeroed };
}

export interface PackOptions {
	readonly packing: Packing;
	readonly digester: PageDigester;
	/** What much of its content may be found in: it is needed again to read it. */
	readonly dictionary?: Uint8Array | undefined;
}

/** The same snapshot, packed. @throws SnapshotError `damaged`, `other-version` */
export function packSnapshot(bytes: Uint8Array, { packing, digester, dictionary }: PackOptions): Uint8Array {
	const { header, content } = readHeader(bytes, digester);
	if (header.coding !== 'plain') return bytes;
	const coding = dictionary === undefined ? 'packed' : 'packed-on-dictionary';
	return packed({ ...header, coding }, packing.pack(content, dictionary), digester);
}

/** The same without holding this thread up while it packs. */
export async function packSnapshotLater(
	bytes: Uint8Array,
	packing: Packing,
	digester: PageDigester,
): Promise<Uint8Array> {
	const { header, content } = readHeader(bytes, digester);
	if (header.coding !== 'plain') return bytes;
	return packed({ ...header, coding: 'packed' }, await packing.packLater(content), digester);
}

function packed(header: Header, small: Uint8Array, digester: PageDigester): Uint8Array {
	const { whole, content } = openSnapshot(header, { bytes: small.length });
	content.set(small);
	sealSnapshot(whole, { id: header.id, digests: new Uint32Array(0), digester });
	return whole;
}

export interface ReadOptions {
	/** What it must be of. */
	readonly origin: Origin;
	readonly packing: Packing;
	readonly digester: PageDigester;
	/** Bytes of content; default 128 MiB. */
	readonly mostBytes?: number;
	/** Gives what it was packed with, where it was. */
	readonly dictionary?: () => Uint8Array;
}

/**
 * @param before what a delta follows
 * @throws SnapshotError `damaged`, `other-version`, `other-module`, `not-next`, `too-large`
 */
export function readSnapshot(bytes: Uint8Array, options: ReadOptions, before?: Snapshot): Snapshot {
	const { origin, digester, mostBytes = 134_217_728 } = options;
	const { header, content } = readHeader(bytes, digester);
	checkOrigin(header.origin, origin);
	if (header.contentBytes > mostBytes)
		throw new SnapshotError('too-large', `${header.contentBytes} bytes; this box takes ${mostBytes}`);
	const isDelta = header.kind === 'delta';
	if (isDelta && before?.id !== header.follows)
		throw new SnapshotError('not-next', 'the snapshot holds changes to one that is not there');
	const { platform, ...read } = readContent(unpacked(content, header, options));
	const image = isDelta && before !== undefined ? changed(before.image, read) : read;
	return { turn: header.turn, id: header.id, platform, image };
}

function unpacked(
	content: Uint8Array,
	{ coding, contentBytes }: Header,
	{ packing, dictionary }: Pick<ReadOptions, 'packing' | 'dictionary'>,
): Uint8Array {
	if (coding === 'plain') return content;
	try {
		return packing.unpack(content, contentBytes, coding === 'packed' ? undefined : dictionary?.());
	} catch (cause) {
		throw new SnapshotError('damaged', 'the content of the snapshot cannot be unpacked', { cause });
	}
}

function changed(before: GuestImage, { zeroed, ...content }: Omit<Content, 'platform'>): GuestImage {
	const pages = new Map(before.pages);
	for (const [page, bytes] of content.pages) pages.set(page, bytes);
	for (const page of zeroed) pages.delete(page);
	if (content.memoryBytes < before.memoryBytes || content.memoryBytes % statePageBytes !== 0)
		throw new SnapshotError('damaged', 'the snapshot says that a memory has become smaller');
	return { ...content, pages };
}
