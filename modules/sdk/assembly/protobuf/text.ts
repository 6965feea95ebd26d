/** UTF-8 as protobuf has it <-> UTF-16 as AssemblyScript has it, by address. */

/** No code point: what `utf16Units` answers for bytes that are not UTF-8. */
export const notUtf8: i32 = -1;

/** UTF-16 units that `size` bytes of UTF-8 become, or `notUtf8`. Overlong forms and surrogates are not UTF-8. */
export function utf16Units(from: usize, size: i32): i32 {
	const end = from + usize(size);
	let at = asciiEnd(from, end);
	let units = i32(at - from);
	while (at < end) {
		const lead = u32(load<u8>(at));
		if (lead < 0x80) {
			at++;
			units++;
			continue;
		}
		const length: usize = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
		if (lead < 0xc2 || lead > 0xf4 || end - at < length) return notUtf8;
		// The second byte alone tells overlong forms, surrogates and what is above U+10FFFF.
		const second = u32(load<u8>(at, 1));
		const lowest: u32 = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
		const highest: u32 = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
		if (second < lowest || second > highest) return notUtf8;
		for (let i: usize = 2; i < length; i++) {
			if ((load<u8>(at + i) & 0xc0) != 0x80) return notUtf8;
		}
		at += length;
		units += length == 4 ? 2 : 1;
	}
	return units;
}

/** The string of `size` bytes at `from` that `utf16Units` has found to be `units` long. */
export function utf8ToString(from: usize, size: i32, units: i32): string {
	const text = __new(usize(units) << 1, idof<string>());
	let at = from;
	let to = text;
	const end = from + usize(size);
	if (size == units) {
		for (; at + 4 <= end; at += 4, to += 8) store<u64>(to, spread(load<u32>(at)));
		for (; at < end; at++, to += 2) store<u16>(to, load<u8>(at));
		return changetype<string>(text);
	}
	while (at < end) {
		const lead = u32(load<u8>(at));
		if (lead < 0x80) {
			store<u16>(to, lead);
			at += 1;
		} else if (lead < 0xe0) {
			store<u16>(to, ((lead & 0x1f) << 6) | (u32(load<u8>(at, 1)) & 0x3f));
			at += 2;
		} else if (lead < 0xf0) {
			store<u16>(to, ((lead & 0x0f) << 12) | ((u32(load<u8>(at, 1)) & 0x3f) << 6) | (u32(load<u8>(at, 2)) & 0x3f));
			at += 3;
		} else {
			const point =
				((lead & 0x07) << 18) |
				((u32(load<u8>(at, 1)) & 0x3f) << 12) |
				((u32(load<u8>(at, 2)) & 0x3f) << 6) |
				(u32(load<u8>(at, 3)) & 0x3f);
			store<u16>(to, 0xd7c0 + (point >> 10));
			store<u16>(to, 0xdc00 | (point & 0x3ff), 2);
			to += 2;
			at += 4;
		}
		to += 2;
	}
	return changetype<string>(text);
}

/** Bytes of UTF-8 that `text` becomes. A surrogate without its other half counts as U+FFFD. */
export function utf8Size(text: string): i32 {
	let at = changetype<usize>(text);
	const end = at + (usize(text.length) << 1);
	let size = text.length;
	while (at + 8 <= end && (load<u64>(at) & 0xff80_ff80_ff80_ff80) == 0) at += 8;
	while (at < end) {
		const unit = u32(load<u16>(at));
		at += 2;
		if (unit < 0x80) continue;
		if (unit < 0x800) {
			size += 1;
		} else {
			size += 2;
			// Two units become four bytes: two more than the units already counted.
			if (isPair(unit, at, end)) at += 2;
		}
	}
	return size;
}

/** Writes `text` as UTF-8 at `to`; answers the address behind its last byte. */
export function utf8Write(text: string, to: usize): usize {
	let at = changetype<usize>(text);
	const end = at + (usize(text.length) << 1);
	for (; at + 8 <= end; at += 8, to += 4) {
		const four = load<u64>(at);
		if ((four & 0xff80_ff80_ff80_ff80) != 0) break;
		store<u32>(to, gather(four));
	}
	while (at < end) {
		const unit = u32(load<u16>(at));
		at += 2;
		if (unit < 0x80) {
			store<u8>(to++, unit);
		} else if (unit < 0x800) {
			store<u8>(to, 0xc0 | (unit >> 6));
			store<u8>(to, 0x80 | (unit & 0x3f), 1);
			to += 2;
		} else if (isPair(unit, at, end)) {
			const point = 0x10000 + ((unit & 0x3ff) << 10) + (u32(load<u16>(at)) & 0x3ff);
			at += 2;
			store<u8>(to, 0xf0 | (point >> 18));
			store<u8>(to, 0x80 | ((point >> 12) & 0x3f), 1);
			store<u8>(to, 0x80 | ((point >> 6) & 0x3f), 2);
			store<u8>(to, 0x80 | (point & 0x3f), 3);
			to += 4;
		} else {
			const valid = (unit & 0xf800) == 0xd800 ? 0xfffd : unit;
			store<u8>(to, 0xe0 | (valid >> 12));
			store<u8>(to, 0x80 | ((valid >> 6) & 0x3f), 1);
			store<u8>(to, 0x80 | (valid & 0x3f), 2);
			to += 3;
		}
	}
	return to;
}

/** True for a high surrogate whose low one is at `next`. */
// @ts-ignore: decorator
@inline
function isPair(unit: u32, next: usize, end: usize): bool {
	return (unit & 0xfc00) == 0xd800 && next < end && (load<u16>(next) & 0xfc00) == 0xdc00;
}

/** Address of the first byte from `from` on that may not be ASCII. */
function asciiEnd(from: usize, end: usize): usize {
	let at = from;
	while (at + 8 <= end && (load<u64>(at) & 0x8080_8080_8080_8080) == 0) at += 8;
	while (at < end && load<u8>(at) < 0x80) at++;
	return at;
}

/** Four ASCII bytes as four UTF-16 units. */
// @ts-ignore: decorator
@inline
function spread(four: u32): u64 {
	const pairs = (u64(four) | (u64(four) << 16)) & 0x0000_ffff_0000_ffff;
	return (pairs | (pairs << 8)) & 0x00ff_00ff_00ff_00ff;
}

/** Four UTF-16 units below 0x80 as four ASCII bytes. */
// @ts-ignore: decorator
@inline
function gather(four: u64): u32 {
	const pairs = (four | (four >> 8)) & 0x0000_ffff_0000_ffff;
	return u32(pairs | (pairs >> 16));
}
