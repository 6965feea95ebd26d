/**
 * What stands before the content of a snapshot, and makes damage and foreign ones show before anything is read.
 *
 * In order: "MSNP"; a sum of everything behind it; format, kind and coding; bytes of the whole; where pages
 * begin; bytes of the content; identity; identity of the one it follows; turn; digest of the module; version
 * of the platform. Everything up to where pages begin keeps its place in every format. Pages are summed up by
 * their digests, which are known when a snapshot is taken.
 */

import type { PageDigester } from '../digest/page-digester.ts';
import { ByteCursor } from './byte-cursor.ts';
import { SnapshotError } from './error.ts';

export type Coding = (typeof codings)[number];

/** Whose snapshot it is: it is restored only where both are the same. */
export interface Origin {
	/** SHA-256 of the module's file, 64 hexadecimal digits. */
	readonly module: string;
	/** Version of the platform, up to 255 bytes. */
	readonly platformVersion: string;
}

export interface Header {
	/** `delta`: only what has changed since the one that it follows. */
	readonly kind: 'base' | 'delta';
	/** Whether the content is packed, and with a dictionary. */
	readonly coding: Coding;
	readonly origin: Origin;
	/** Turns that the VM had done. */
	readonly turn: number;
	/** Differs wherever the content does. */
	readonly id: bigint;
	/** The `id` of the one before; 0 for a base. */
	readonly follows: bigint;
	/** Bytes of the content once it is unpacked. */
	readonly contentBytes: number;
}

const magic = new TextEncoder().encode('MSNP');
const format = 1;
const kinds = ['base', 'delta'] as const;
const codings = ['plain', 'packed', 'packed-on-dictionary'] as const;
const sumAt = magic.length;
const summedFrom = sumAt + 8;
const pagesAtAt = summedFrom + 8;
const idAt = summedFrom + 16;
const moduleBytes = 32;
const platformVersionAt = idAt + 24 + moduleBytes;

type Unsealed = Omit<Header, 'id'>;

/** A snapshot that lacks its content and its seal, and the place for its content. */
export function openSnapshot(
	{ kind, coding, origin, turn, follows, contentBytes }: Unsealed,
	{ bytes, pageBytes = 0 }: { bytes: number; pageBytes?: number },
): { whole: Uint8Array<ArrayBuffer>; content: Uint8Array<ArrayBuffer> } {
	const version = new TextEncoder().encode(origin.platformVersion);
	const contentAt = platformVersionAt + 1 + version.length;
	// Every byte is written; clearing them first would take as long again.
	const whole = new Uint8Array(Buffer.allocUnsafeSlow(contentAt + bytes).buffer);
	const cursor = new ByteCursor(whole);
	cursor.putBytes(magic);
	cursor.putU64(0n);
	cursor.putU16(format);
	cursor.putByte(kinds.indexOf(kind));
	cursor.putByte(codings.indexOf(coding));
	cursor.putU32(whole.length);
	cursor.putU32(whole.length - pageBytes);
	cursor.putU32(contentBytes);
	cursor.putU64(0n);
	cursor.putU64(follows);
	cursor.putU64(BigInt(turn));
	cursor.putBytes(Uint8Array.fromHex(origin.module));
	cursor.putByte(version.length);
	cursor.putBytes(version);
	return { whole, content: whole.subarray(contentAt) };
}

export interface Seal {
	readonly id: bigint;
	/** Of the pages at the end. */
	readonly digests: Uint32Array;
	readonly digester: PageDigester;
}

export function sealSnapshot(whole: Uint8Array, { id, digests, digester }: Seal): void {
	new ByteCursor(whole.subarray(idAt)).putU64(id);
	const pagesAt = new ByteCursor(whole.subarray(pagesAtAt)).u32();
	new ByteCursor(whole.subarray(sumAt)).putU64(sumOf(whole.subarray(0, pagesAt), digests, digester));
}

function sumOf(beforePages: Uint8Array, digests: Uint32Array, digester: PageDigester): bigint {
	return digester.sum(
		Buffer.concat([
			beforePages.subarray(summedFrom),
			new Uint8Array(digests.buffer, digests.byteOffset, digests.byteLength),
		]),
	);
}

/** @throws SnapshotError `damaged`, `other-version` where the format is another */
export function readHeader(
	whole: Uint8Array,
	digester: PageDigester,
): { header: Header; content: Uint8Array } {
	const cursor = new ByteCursor(whole);
	if (magic.some((byte, at) => whole[at] !== byte)) throw damaged('does not begin as one');
	cursor.pass(magic.length);
	const sum = cursor.u64();
	const found = cursor.u16();
	const kind = kinds[cursor.byte()];
	const coding = codings[cursor.byte()];
	// Filling up with zeros would not change the sum.
	if (cursor.u32() !== whole.length) throw damaged('is longer or shorter than it says');
	const pagesAt = cursor.u32();
	if (pagesAt < cursor.at || pagesAt > whole.length) throw damaged('does not say where its pages are');
	if (sum !== sumOf(whole.subarray(0, pagesAt), digester.digests(whole.subarray(pagesAt)), digester))
		throw damaged('does not match its sum');
	if (found !== format)
		throw new SnapshotError(
			'other-version',
			`the snapshot has format ${found}; this platform reads ${format}`,
		);
	if (kind === undefined || coding === undefined) throw damaged('is of no kind');
	const contentBytes = cursor.u32();
	const id = cursor.u64();
	const follows = cursor.u64();
	const turn = cursor.u64();
	const module = cursor.bytes(moduleBytes).toHex();
	const platformVersion = new TextDecoder().decode(cursor.bytes(cursor.byte()));
	if (turn > BigInt(Number.MAX_SAFE_INTEGER)) throw damaged('counts more turns than there can be');
	return {
		header: {
			kind,
			coding,
			origin: { module, platformVersion },
			turn: Number(turn),
			id,
			follows,
			contentBytes,
		},
		content: cursor.bytes(cursor.left),
	};
}

/** @throws SnapshotError `other-module`, `other-version` */
export function checkOrigin(found: Origin, wanted: Origin): void {
	if (found.platformVersion !== wanted.platformVersion)
		throw new SnapshotError(
			'other-version',
			`the snapshot was taken by platform ${found.platformVersion}; this is ${wanted.platformVersion}`,
		);
	if (found.module !== wanted.module)
		throw new SnapshotError(
			'other-module',
			`the snapshot is of module ${found.module}; what runs is ${wanted.module}`,
		);
}

function damaged(what: string): SnapshotError {
	return new SnapshotError('damaged', `the snapshot ${what}`);
}
