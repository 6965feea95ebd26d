/**
 * A sliding window onto a resource: every byte is kept under its place in the resource, so
 * pieces may arrive in any order and nothing is ever moved up.
 */
export class ByteWindow {
	/** The capacity is a power of two; a place is stored at its remainder. */
	private bytes: Uint8Array = new Uint8Array(16384);
	private from: u64 = 0;
	private to: u64 = 0;

	get capacity(): i32 {
		return this.bytes.length;
	}

	/** Slides and grows to hold [from, to); what both the old and the new window cover is kept. */
	hold(from: u64, to: u64): void {
		let capacity: u64 = this.bytes.length;
		while (capacity < to - from) capacity <<= 1;
		if (capacity > <u64>this.bytes.length) {
			const old = this.bytes;
			const keptFrom = max(from, this.from);
			const keptTo = min(to, this.to);
			this.bytes = new Uint8Array(<i32>capacity);
			for (let at = keptFrom; at < keptTo; ) {
				const start = <i32>(at & (old.length - 1));
				const run = <i32>min<u64>(keptTo - at, old.length - start);
				this.store(at, old, start, run);
				at += run;
			}
		}
		this.from = from;
		this.to = to;
	}

	/** Stores `length` bytes of `source` from `start` on at `place`; they must lie inside the window. */
	store(place: u64, source: Uint8Array, start: i32, length: i32): void {
		const slot = this.slot(place);
		const first = min(length, this.bytes.length - slot);
		this.bytes.set(source.subarray(start, start + first), slot);
		if (first < length) this.bytes.set(source.subarray(start + first, start + length), 0);
	}

	at(place: u64): u8 {
		return unchecked(this.bytes[this.slot(place)]);
	}

	/** The four bytes from `place` on as a big-endian number. */
	word(place: u64): u32 {
		return (
			(<u32>this.at(place) << 24) |
			(<u32>this.at(place + 1) << 16) |
			(<u32>this.at(place + 2) << 8) |
			(<u32>this.at(place + 3))
		);
	}

	read(place: u64, length: i32): Uint8Array {
		const copy = new Uint8Array(length);
		const slot = this.slot(place);
		const first = min(length, this.bytes.length - slot);
		copy.set(this.bytes.subarray(slot, slot + first));
		if (first < length) copy.set(this.bytes.subarray(0, length - first), first);
		return copy;
	}

	private slot(place: u64): i32 {
		return <i32>(place & (this.bytes.length - 1));
	}
}
