/** The code of the functions that pass mutable globals between a guest and its host as 64-bit words. */
import { unsigned } from './leb.ts';
import { globalType, type MutableGlobal } from './mutable-globals.ts';
import { op } from './opcodes.ts';

const noLocals = 0;
const extendUnsigned = 0xad;
const wrap = 0xa7;
const i32OfF32 = 0xbc;
const i64OfF64 = 0xbd;
const f32OfI32 = 0xbe;
const f64OfI64 = 0xbf;
const splat = [0xfd, 0x12];
const extractLane = [0xfd, 0x1d];
const replaceSecondLane = [0xfd, 0x1e, 1];

export function wordsOf({ type }: MutableGlobal): 1 | 2 {
	return type === globalType.v128 ? 2 : 1;
}

/** `() -> i64 ...`: every global of the group, in order. */
export function readerBody(group: readonly MutableGlobal[]): number[] {
	const code = group.flatMap(({ index, type }) => {
		const get = [op.globalGet, ...unsigned(index)];
		switch (type) {
			case globalType.i32:
				return [...get, extendUnsigned];
			case globalType.f32:
				return [...get, i32OfF32, extendUnsigned];
			case globalType.f64:
				return [...get, i64OfF64];
			case globalType.v128:
				return [...get, ...extractLane, 0, ...get, ...extractLane, 1];
			default:
				return get;
		}
	});
	return [noLocals, ...code, op.end];
}

/** `i64 ... -> ()`: the way back. */
export function writerBody(group: readonly MutableGlobal[]): number[] {
	let word = 0;
	const next = (): number[] => [op.localGet, ...unsigned(word++)];
	const code = group.flatMap(({ index, type }) => {
		const set = [op.globalSet, ...unsigned(index)];
		switch (type) {
			case globalType.i32:
				return [...next(), wrap, ...set];
			case globalType.f32:
				return [...next(), wrap, f32OfI32, ...set];
			case globalType.f64:
				return [...next(), f64OfI64, ...set];
			case globalType.v128:
				return [...next(), ...splat, ...next(), ...replaceSecondLane, ...set];
			default:
				return [...next(), ...set];
		}
	});
	return [noLocals, ...code, op.end];
}
