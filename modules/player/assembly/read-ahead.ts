/**
 * What of the resource is here, what was asked for, and what to ask for next.
 *
 * Everything between `head` and `askedTo` belongs to exactly one range, so nothing is asked for
 * twice and no hole is forgotten. A range whose fetch broke off keeps what came and waits to be
 * asked for again from there on.
 */
import { ByteWindow } from "./byte-window";
import { MAX_FRAME_BYTES } from "./mpeg-header";

/** Most bytes a player ever holds or has asked for, whatever a resource or a state claims. */
export const MAX_HELD_BYTES: u64 = 2_097_152;
const MIN_WINDOW_BYTES: u64 = 16_384;
const MAX_FETCHES = 2;

/** One contiguous piece of the resource, filled from its front. */
export class Range {
	/** Number of the fetch that fills it; 0 when none does. */
	stream: u32 = 0;

	/** @param next first byte not here yet; @param to end of the range; @param movedAt when a byte came last, us */
	constructor(public next: u64, public to: u64, public movedAt: u64 = 0) {}

	get isFull(): bool {
		return this.next >= this.to;
	}
}

export class ReadAhead {
	readonly window: ByteWindow = new ByteWindow();
	/** First byte still wanted. */
	head: u64 = 0;
	/** First byte nobody has asked for. */
	askedTo: u64 = 0;
	/** Size of the resource; 0 while `isSizeKnown` is not set. */
	size: u64 = 0;
	isSizeKnown: bool = false;
	/** Fetches that serve nothing any more; the owner cancels them and empties this. */
	abandoned: Array<u32> = [];
	private ranges: Array<Range> = [];

	constructor(place: u64) {
		this.head = place;
		this.askedTo = place;
	}

	/** Bytes are here from `head` to this place without a hole. */
	get end(): u64 {
		let end = this.head;
		for (let i = 0; i < this.ranges.length; i++) {
			const range = this.ranges[i];
			end = max(end, range.next);
			if (!range.isFull) break;
		}
		return end;
	}

	get isWhole(): bool {
		return this.isSizeKnown && this.end >= this.size;
	}

	/** Fetches that still have bytes to bring. */
	get fetching(): i32 {
		let count = 0;
		for (let i = 0; i < this.ranges.length; i++) {
			if (this.ranges[i].stream != 0 && !this.ranges[i].isFull) count++;
		}
		return count;
	}

	/** Bytes that running fetches still have to bring. */
	get owed(): u64 {
		let bytes: u64 = 0;
		for (let i = 0; i < this.ranges.length; i++) {
			if (this.ranges[i].stream != 0) bytes += this.ranges[i].to - this.ranges[i].next;
		}
		return bytes;
	}

	/** Forgets everything before `place`, which may lie beyond all that was asked for. */
	advance(place: u64): void {
		if (place == this.head) return;
		this.head = place;
		this.askedTo = max(this.askedTo, place);
		this.tidy();
	}

	/**
	 * The range to ask for now, already counted as asked for; null if there is enough.
	 * The caller fetches [next, to) and puts the number of the fetch into `stream`.
	 *
	 * @param wantedBytes to hold or have asked for from `head` on
	 */
	plan(wantedBytes: u64, fetchBytes: u64, now: u64): Range | null {
		// Before the size is known a second fetch might lie wholly behind the end.
		if (this.fetching >= (this.isSizeKnown ? MAX_FETCHES : 1)) return null;
		// Two that run all the time would halve the rate of the one that is wanted first.
		if (this.fetching > 0 && this.owed > fetchBytes / 2) return null;
		for (let i = 0; i < this.ranges.length; i++) {
			const range = this.ranges[i];
			if (range.stream != 0 || range.isFull) continue;
			if (range.to - range.next > fetchBytes) {
				this.insert(i + 1, new Range(range.next + fetchBytes, range.to));
				range.to = range.next + fetchBytes;
			}
			range.movedAt = now;
			return range;
		}
		const wanted = max<u64>(MAX_FRAME_BYTES + 4, min(wantedBytes, MAX_HELD_BYTES - fetchBytes));
		if (this.askedTo - this.head >= wanted) return null;
		let to = this.askedTo + fetchBytes;
		if (this.isSizeKnown) to = min(to, this.size);
		if (to <= this.askedTo) return null;
		const range = new Range(this.askedTo, to, now);
		this.ranges.push(range);
		this.askedTo = to;
		this.holdWindow();
		return range;
	}

	/** Takes bytes of a fetch. False if they are not those that come next: the fetch is then of no use. */
	accept(stream: u32, offset: u64, bytes: Uint8Array, now: u64): bool {
		const range = this.find(stream);
		if (range == null) return true;
		if (offset != range.next || offset + bytes.length > range.to) return false;
		const start = <i32>min<u64>(bytes.length, max(offset, this.head) - offset);
		this.window.store(offset + start, bytes, start, bytes.length - start);
		range.next += bytes.length;
		if (bytes.length > 0) range.movedAt = now;
		return true;
	}

	/** Whether a fetch that ended well tells another size than is known or than was received. */
	contradicts(stream: u32, size: u64): bool {
		const range = this.find(stream);
		return range != null && (range.next > size || (this.isSizeKnown && size != this.size));
	}

	/** A fetch ended well, and the resource is so big. False if it brought less than was asked for. */
	ended(stream: u32, size: u64): bool {
		const range = this.find(stream);
		if (range == null) return true;
		range.stream = 0;
		const isShort = range.next < min(range.to, size);
		if (!this.isSizeKnown) this.setSize(size);
		this.tidy();
		return !isShort;
	}

	/** A fetch broke off: what is missing of it will be planned again. */
	failed(stream: u32): void {
		const range = this.find(stream);
		if (range == null) return;
		range.stream = 0;
		this.tidy();
	}

	owns(stream: u32): bool {
		return this.find(stream) != null;
	}

	/** Number of a fetch that has brought nothing since `since`; 0 if there is none. */
	stalled(since: u64): u32 {
		for (let i = 0; i < this.ranges.length; i++) {
			const range = this.ranges[i];
			if (range.stream != 0 && range.movedAt < since) return range.stream;
		}
		return 0;
	}

	/** Lets go of all running fetches; what they did not bring counts as asked for, but broken off. */
	stop(): void {
		for (let i = 0; i < this.ranges.length; i++) {
			const range = this.ranges[i];
			if (range.stream != 0) this.abandoned.push(range.stream);
			range.stream = 0;
		}
		this.tidy();
	}

	/** Gives up what was asked for behind the first hole that no fetch is filling: `askedTo` is what will come. */
	cut(): void {
		for (let i = 0; i < this.ranges.length; i++) {
			const range = this.ranges[i];
			if (range.stream != 0 || range.isFull) continue;
			this.drop(i + 1);
			range.to = range.next;
			this.askedTo = range.next;
			return;
		}
	}

	/** The resource is so big: nothing behind its end will come. */
	setSize(size: u64): void {
		this.size = size;
		this.isSizeKnown = true;
		let from = this.head;
		for (let i = 0; i < this.ranges.length; i++) {
			const range = this.ranges[i];
			if (from >= size) {
				this.drop(i);
				break;
			}
			from = range.to;
			range.next = min(range.next, size);
			range.to = min(range.to, size);
		}
		this.askedTo = min(this.askedTo, max(size, this.head));
	}

	/** What is here behind the first hole, as ranges of their own. */
	pieces(): Array<Range> {
		const pieces: Array<Range> = [];
		const end = this.end;
		for (let i = 0; i < this.ranges.length; i++) {
			const range = this.ranges[i];
			const from = i == 0 ? this.head : this.ranges[i - 1].to;
			if (from > end && range.next > from) pieces.push(new Range(from, range.next));
		}
		return pieces;
	}

	/** Puts what another player had of [from, here) in front of what was asked for here. Holes are planned first. */
	adopt(from: u64, buffered: Uint8Array): void {
		const here = this.head;
		const own = this.ranges;
		this.head = from;
		this.askedTo = max(this.askedTo, from);
		this.ranges = [];
		this.holdWindow();
		if (from < here) {
			const range = new Range(min(from + buffered.length, here), here);
			this.window.store(from, buffered, 0, <i32>(range.next - from));
			this.ranges.push(range);
		}
		for (let i = 0; i < own.length; i++) this.ranges.push(own[i]);
		this.tidy();
	}

	/** Fills `bytes` into the hole they belong to; what is not in a hole is left out. */
	fill(place: u64, bytes: Uint8Array): void {
		const to = place + bytes.length;
		if (to <= place) return;
		for (let i = 0; i < this.ranges.length; i++) {
			const hole = this.ranges[i];
			if (hole.stream != 0 || place < hole.next || to > hole.to) continue;
			this.window.store(place, bytes, 0, bytes.length);
			const holeTo = hole.to;
			hole.to = place;
			this.insert(i + 1, new Range(to, to));
			this.insert(i + 2, new Range(to, holeTo));
			break;
		}
		this.tidy();
	}

	private find(stream: u32): Range | null {
		for (let i = 0; i < this.ranges.length; i++) {
			if (this.ranges[i].stream == stream && stream != 0) return this.ranges[i];
		}
		return null;
	}

	private insert(index: i32, range: Range): void {
		this.ranges.push(range);
		for (let i = this.ranges.length - 1; i > index; i--) this.ranges[i] = this.ranges[i - 1];
		this.ranges[index] = range;
	}

	/** Drops the ranges from `index` on, with their fetches. */
	private drop(index: i32): void {
		for (let i = index; i < this.ranges.length; i++) {
			if (this.ranges[i].stream != 0) this.abandoned.push(this.ranges[i].stream);
		}
		this.ranges = this.ranges.slice(0, index);
	}

	/** Drops ranges that lie behind us, and joins full neighbours. */
	private tidy(): void {
		const kept: Array<Range> = [];
		for (let i = 0; i < this.ranges.length; i++) {
			const range = this.ranges[i];
			// A fetch that brings the size, too, is let run to its end.
			if (range.to <= this.head && (range.stream == 0 || (this.isSizeKnown && !range.isFull))) {
				if (range.stream != 0) this.abandoned.push(range.stream);
				continue;
			}
			if (range.stream == 0) {
				range.next = min(range.to, max(range.next, this.head));
				const last = kept.length - 1;
				if (range.isFull && last >= 0 && kept[last].stream == 0 && kept[last].isFull) {
					kept[last].next = range.next;
					kept[last].to = range.to;
					continue;
				}
			}
			kept.push(range);
		}
		this.ranges = kept;
		this.holdWindow();
	}

	private holdWindow(): void {
		this.window.hold(this.head, max(this.askedTo, this.head + MIN_WINDOW_BYTES));
	}
}
