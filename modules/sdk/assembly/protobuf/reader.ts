/**
 * Reads the protobuf wire format from a range of memory: never outside it, and without a trap
 * whatever the bytes. The first thing that is not well-formed sets `failed` and ends every loop.
 */
import { notUtf8, utf16Units, utf8ToString } from "./text";

/** Messages within messages, and groups within groups, that are followed. */
const maxDepth: i32 = 100;
const maxVarintBytes: usize = 10;
const maxLength: u32 = 0x7fff_ffff;

/** The value of every bytes field that was never set. */
export const noBytes: Uint8Array = new Uint8Array(0);

export class Reader {
	/** The field just begun: its number << 3 | its wire type. */
	tag: u32 = 0;
	failed: bool = false;
	private at: usize;
	private end: usize;
	private begun: usize = 0;
	private depth: i32 = 0;

	// `bytes` is kept because nothing else may hold what the addresses point into.
	constructor(private readonly bytes: Uint8Array) {
		this.at = bytes.dataStart;
		this.end = bytes.dataStart + usize(bytes.byteLength);
	}

	/** Goes to the next field of the message; false at its end, or after a failure. */
	next(): bool {
		const at = this.at;
		if (at >= this.end) return false;
		this.begun = at;
		const tag = this.readTag();
		this.tag = tag;
		return tag != 0;
	}

	/** Opens the sub-message that begins here; the answer is for `leave`. */
	enter(): usize {
		if (this.depth >= maxDepth) this.fail();
		this.depth++;
		return this.enterEntry();
	}

	leave(outerEnd: usize): void {
		this.depth--;
		this.leaveEntry(outerEnd);
	}

	/** Like `enter`, for an entry of a map, which is no level of its own. */
	enterEntry(): usize {
		const size = this.length();
		const outerEnd = this.end;
		this.end = this.at + usize(size);
		return outerEnd;
	}

	leaveEntry(outerEnd: usize): void {
		this.end = outerEnd;
		if (this.failed) this.at = outerEnd;
	}

	/** Skips the field just begun. */
	skip(): void {
		this.skipValue(this.tag, this.depth);
	}

	/** Skips the field just begun and keeps its bytes, tag included, in `into`. */
	keep(into: Array<Uint8Array>): void {
		const begun = this.begun;
		this.skip();
		if (!this.failed) into.push(copyOf(begun, i32(this.at - begun)));
	}

	uint64(): u64 {
		const at = this.at;
		if (at < this.end) {
			const first = u64(load<u8>(at));
			if (first < 0x80) {
				this.at = at + 1;
				return first;
			}
		}
		return this.longVarint();
	}

	int64(): i64 {
		return i64(this.uint64());
	}

	uint32(): u32 {
		return u32(this.uint64());
	}

	int32(): i32 {
		return i32(this.uint64());
	}

	sint32(): i32 {
		const value = u32(this.uint64());
		return i32((value >> 1) ^ (0 - (value & 1)));
	}

	sint64(): i64 {
		const value = this.uint64();
		return i64((value >> 1) ^ (0 - (value & 1)));
	}

	/** True when any bit of the varint is set, also one that no integer type would keep. */
	bool(): bool {
		let isSet = false;
		const from = this.at;
		let at = from;
		while (at < this.end && at - from < maxVarintBytes) {
			const byte = load<u8>(at++);
			if ((byte & 0x7f) != 0) isSet = true;
			if (byte < 0x80) {
				this.at = at;
				return isSet;
			}
		}
		this.fail();
		return false;
	}

	fixed<T>(): T {
		const at = this.at;
		if (this.end - at < sizeof<T>()) {
			this.fail();
			return <T>0;
		}
		this.at = at + sizeof<T>();
		return load<T>(at);
	}

	string(): string {
		const size = this.length();
		if (size == 0) return "";
		const at = this.at;
		const units = utf16Units(at, size);
		if (units == notUtf8) {
			this.fail();
			return "";
		}
		this.at = at + usize(size);
		return utf8ToString(at, size, units);
	}

	bytesField(): Uint8Array {
		const size = this.length();
		if (size == 0) return noBytes;
		const at = this.at;
		this.at = at + usize(size);
		return copyOf(at, size);
	}

	/** Packed varints, as `uint64` reads them. */
	packedVarints<T>(into: Array<T>): void {
		const outerEnd = this.enterEntry();
		const count = this.countVarints();
		const old = into.length;
		if (old == 0) into.length = count;
		for (let i = 0; i < count; i++) {
			const value = <T>this.uint64();
			if (old == 0) unchecked((into[i] = value));
			else into.push(value);
		}
		this.leaveEntry(outerEnd);
	}

	packedZigzags<T>(into: Array<T>): void {
		const outerEnd = this.enterEntry();
		const count = this.countVarints();
		const old = into.length;
		if (old == 0) into.length = count;
		for (let i = 0; i < count; i++) {
			const value = sizeof<T>() == 4 ? <T>this.sint32() : <T>this.sint64();
			if (old == 0) unchecked((into[i] = value));
			else into.push(value);
		}
		this.leaveEntry(outerEnd);
	}

	packedBools(into: Array<bool>): void {
		const outerEnd = this.enterEntry();
		const count = this.countVarints();
		for (let i = 0; i < count; i++) into.push(this.bool());
		this.leaveEntry(outerEnd);
	}

	packedFixed<T>(into: Array<T>): void {
		const size = this.length();
		if ((usize(size) & (sizeof<T>() - 1)) != 0) return this.fail();
		const old = into.length;
		const at = this.at;
		if (old == 0) {
			into.length = size / i32(sizeof<T>());
			memory.copy(into.dataStart, at, usize(size));
		} else {
			for (let i: usize = 0; i < usize(size); i += sizeof<T>()) into.push(load<T>(at + i));
		}
		this.at = at + usize(size);
	}

	/** Varints from here to the end of the range: exactly as many as are then read. */
	private countVarints(): i32 {
		let at = this.at;
		const end = this.end;
		let count: i32 = 0;
		for (; at + 8 <= end; at += 8) count += i32(popcnt(~load<u64>(at) & 0x8080_8080_8080_8080));
		for (; at < end; at++) count += i32(load<u8>(at) < 0x80);
		if (end > this.at && load<u8>(end - 1) >= 0x80) {
			this.fail();
			return 0;
		}
		return count;
	}

	/** A length that is within the range; 0 after a failure. */
	private length(): i32 {
		const size = this.shortVarint(maxLength);
		if (usize(size) > this.end - this.at) {
			this.fail();
			return 0;
		}
		return i32(size);
	}

	/** A tag with a field number, or 0 after a failure. */
	private readTag(): u32 {
		const tag = this.shortVarint(u32.MAX_VALUE);
		if (tag < 8) {
			this.fail();
			return 0;
		}
		return tag;
	}

	/** A varint of at most five bytes and at most `max`. */
	private shortVarint(max: u32): u32 {
		let at = this.at;
		const end = this.end;
		if (at < end) {
			const first = u32(load<u8>(at));
			if (first < 0x80) {
				this.at = at + 1;
				return first;
			}
		}
		let value: u64 = 0;
		for (let shift: u64 = 0; shift < 35 && at < end; shift += 7) {
			const byte = u64(load<u8>(at++));
			value |= (byte & 0x7f) << shift;
			if (byte < 0x80) {
				if (value > u64(max)) break;
				this.at = at;
				return u32(value);
			}
		}
		this.fail();
		return 0;
	}

	private longVarint(): u64 {
		const from = this.at;
		let at = from;
		const end = this.end;
		let value: u64 = 0;
		let shift: u64 = 0;
		while (at < end && at - from < maxVarintBytes) {
			const byte = u64(load<u8>(at++));
			value |= (byte & 0x7f) << shift;
			if (byte < 0x80) {
				this.at = at;
				return value;
			}
			shift += 7;
		}
		this.fail();
		return 0;
	}

	private skipBytes(count: usize): void {
		if (this.end - this.at < count) return this.fail();
		this.at += count;
	}

	private skipValue(tag: u32, depth: i32): void {
		if (depth > maxDepth) return this.fail();
		switch (tag & 7) {
			case 0:
				this.uint64();
				return;
			case 1:
				return this.skipBytes(8);
			case 2:
				return this.skipBytes(usize(this.length()));
			case 3:
				return this.skipGroup(tag, depth + 1);
			case 5:
				return this.skipBytes(4);
			default:
				return this.fail();
		}
	}

	/** Skips to the end tag of the group that `begin` opened. */
	private skipGroup(begin: u32, depth: i32): void {
		while (this.at < this.end) {
			const tag = this.readTag();
			if (tag == begin + 1) return;
			this.skipValue(tag, depth);
			if (this.failed) return;
		}
		this.fail();
	}

	private fail(): void {
		this.failed = true;
		this.at = this.end;
	}
}

function copyOf(from: usize, size: i32): Uint8Array {
	const copy = new Uint8Array(size);
	memory.copy(copy.dataStart, from, usize(size));
	return copy;
}
