/**
 * What a journal knows of one stream of records (a VM), and how that is kept in the log itself.
 *
 * The same row is a mark among the records, when something changes, and a line of the table that every
 * segment begins with, so that a segment can be removed without what it said being lost.
 */

/** Kind of a mark; what the caller appends has kinds below it. */
export const markKind = 255;

export interface Stream {
	readonly id: number;
	/** The caller's name for it, up to 200 bytes of UTF-8; the same across restarts. */
	readonly name: string;
	/** Records up to this one are covered by a snapshot. */
	snapshot: number;
	/** Sequence of its last record. */
	last: number;
	/** Of its last record before the group that `last` is in, and before the group that this one is in. */
	before: number;
	beforeThat: number;
	/** What it had its receivers acknowledge; turns count up from 1. */
	handedOver: number;
	/** Its records in these ranges are behind damage and never happened. */
	rewinds: readonly Range[];
	/** It was ended: nothing of it is kept. */
	isForgotten: boolean;
}

/** Sequences behind `after`, up to `to`. */
export interface Range {
	readonly after: number;
	readonly to: number;
}

/** Numbers of streams are below this; none is used twice. */
export const mostStreams = 2 ** 24;

const fixedBytes = 32;
const rangeBytes = 16;
export const mostNameBytes = 200;
const mostRewinds = 255;

/** One row, or all rows one behind another. */
export function encodeStreams(streams: readonly Stream[]): Uint8Array {
	const names = streams.map(({ name }) => new TextEncoder().encode(name));
	const rewindsOf = ({ rewinds }: Stream): readonly Range[] => rewinds.slice(-mostRewinds);
	const size = streams.reduce(
		(sum, stream, index) =>
			sum + fixedBytes + (names[index]?.length ?? 0) + rewindsOf(stream).length * rangeBytes,
		0,
	);
	const bytes = new Uint8Array(size);
	const view = new DataView(bytes.buffer);
	let at = 0;
	const number = (value: number): void => {
		view.setBigUint64(at, BigInt(value), true);
		at += 8;
	};
	for (const [index, stream] of streams.entries()) {
		const name = names[index] ?? new Uint8Array();
		const rewinds = rewindsOf(stream);
		view.setUint32(at, stream.id, true);
		view.setUint8(at + 4, stream.isForgotten ? 1 : 0);
		view.setUint8(at + 5, rewinds.length);
		view.setUint8(at + 6, name.length);
		at += 8;
		number(stream.snapshot);
		number(stream.last);
		number(stream.handedOver);
		for (const { after, to } of rewinds) {
			number(after);
			number(to);
		}
		bytes.set(name, at);
		at += name.length;
	}
	return bytes;
}

/** Undefined for anything that `encodeStreams` would not have written. */
export function decodeStreams(bytes: Uint8Array): Stream[] | undefined {
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
	const streams: Stream[] = [];
	let at = 0;
	const number = (): number => {
		at += 8;
		return Number(view.getBigUint64(at - 8, true));
	};
	while (at < bytes.length) {
		if (at + fixedBytes > bytes.length) return undefined;
		const [id, flags] = [view.getUint32(at, true), view.getUint8(at + 4)];
		const [ranges, nameBytes] = [view.getUint8(at + 5), view.getUint8(at + 6)];
		if (at + fixedBytes + ranges * rangeBytes + nameBytes > bytes.length) return undefined;
		at += 8;
		const [snapshot, last, handedOver] = [number(), number(), number()];
		const rewinds = Array.from({ length: ranges }, () => ({ after: number(), to: number() }));
		const name = new TextDecoder().decode(bytes.subarray(at, at + nameBytes));
		at += nameBytes;
		const lasts = { last, before: last, beforeThat: last };
		streams.push({ id, name, snapshot, ...lasts, handedOver, rewinds, isForgotten: flags === 1 });
	}
	return streams;
}
