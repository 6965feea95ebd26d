/**
 * Every instruction that a guest may use: what stands behind its opcode, and what it weighs.
 *
 * Core spec 5.4 with sign extension, saturating conversion, bulk memory, reference types, 128-bit
 * SIMD and tail calls. What is not here is refused: threads, relaxed SIMD, exceptions, garbage
 * collection, 64-bit and multiple memories.
 */

/** What follows an opcode. */
export const immediate = {
	none: 0,
	blockType: 1,
	/** One unsigned number: an index or a label. */
	index: 2,
	twoIndexes: 3,
	/** Vector of labels and the default. */
	labels: 4,
	/** Vector of types. */
	types: 5,
	/** Alignment and offset. */
	address: 6,
	signed32: 7,
	signed64: 8,
	bytes4: 9,
	bytes8: 10,
	bytes16: 11,
	lane: 12,
	addressAndLane: 13,
	heapType: 14,
} as const;

export type Immediate = (typeof immediate)[keyof typeof immediate];

/** Opcodes that the pass looks at; behind a prefix they are `prefix << 8 | opcode`. */
export const op = {
	unreachable: 0x00,
	block: 0x02,
	loop: 0x03,
	if: 0x04,
	else: 0x05,
	end: 0x0b,
	br: 0x0c,
	brIf: 0x0d,
	brTable: 0x0e,
	return: 0x0f,
	call: 0x10,
	callIndirect: 0x11,
	returnCall: 0x12,
	returnCallIndirect: 0x13,
	drop: 0x1a,
	select: 0x1b,
	localGet: 0x20,
	localSet: 0x21,
	localTee: 0x22,
	globalGet: 0x23,
	globalSet: 0x24,
	tableSet: 0x26,
	memorySize: 0x3f,
	memoryGrow: 0x40,
	i32Const: 0x41,
	i64Const: 0x42,
	f32Const: 0x43,
	f64Const: 0x44,
	i32Eq: 0x46,
	i32LtS: 0x48,
	i32LeU: 0x4d,
	i32Sub: 0x6b,
	i32ShrU: 0x76,
	memoryInit: 0xfc08,
	dataDrop: 0xfc09,
	memoryCopy: 0xfc0a,
	memoryFill: 0xfc0b,
	tableInit: 0xfc0c,
	elementDrop: 0xfc0d,
	tableCopy: 0xfc0e,
	tableGrow: 0xfc0f,
	tableFill: 0xfc11,
	v128Const: 0xfd0c,
} as const;

/** Instructions whose work is the number on top of the stack: bytes or table entries. */
export const bulk: ReadonlySet<number> = new Set([
	op.memoryInit,
	op.memoryCopy,
	op.memoryFill,
	op.tableInit,
	op.tableCopy,
	op.tableGrow,
	op.tableFill,
]);

/** Instructions that change what a table holds. */
export const tableWriting: ReadonlySet<number> = new Set([
	op.tableSet,
	op.tableInit,
	op.tableCopy,
	op.tableGrow,
	op.tableFill,
]);

/** Instructions after which a segment is gone. */
export const dropping: ReadonlySet<number> = new Set([op.dataDrop, op.elementDrop]);

type Range = readonly [from: number, to: number, follows: Immediate];

const plain: readonly Range[] = [
	[0x00, 0x01, immediate.none],
	[0x02, 0x04, immediate.blockType],
	[0x05, 0x05, immediate.none],
	[0x0b, 0x0b, immediate.none],
	[0x0c, 0x0d, immediate.index],
	[0x0e, 0x0e, immediate.labels],
	[0x0f, 0x0f, immediate.none],
	[0x10, 0x10, immediate.index],
	[0x11, 0x11, immediate.twoIndexes],
	[0x12, 0x12, immediate.index],
	[0x13, 0x13, immediate.twoIndexes],
	[0x1a, 0x1b, immediate.none],
	[0x1c, 0x1c, immediate.types],
	[0x20, 0x26, immediate.index],
	[0x28, 0x3e, immediate.address],
	[0x3f, 0x40, immediate.index],
	[0x41, 0x41, immediate.signed32],
	[0x42, 0x42, immediate.signed64],
	[0x43, 0x43, immediate.bytes4],
	[0x44, 0x44, immediate.bytes8],
	[0x45, 0xc4, immediate.none],
	[0xd0, 0xd0, immediate.heapType],
	[0xd1, 0xd1, immediate.none],
	[0xd2, 0xd2, immediate.index],
];

const miscellaneous: readonly Range[] = [
	[0, 7, immediate.none],
	[8, 8, immediate.twoIndexes],
	[9, 9, immediate.index],
	[10, 10, immediate.twoIndexes],
	[11, 11, immediate.index],
	[12, 12, immediate.twoIndexes],
	[13, 13, immediate.index],
	[14, 14, immediate.twoIndexes],
	[15, 17, immediate.index],
];

const vector: readonly Range[] = [
	[0, 11, immediate.address],
	[12, 13, immediate.bytes16],
	[14, 20, immediate.none],
	[21, 34, immediate.lane],
	[35, 83, immediate.none],
	[84, 91, immediate.addressAndLane],
	[92, 93, immediate.address],
	[94, 255, immediate.none],
];

/** The first opcode with another number behind it. */
export const firstPrefix = 0xfb;

/** What follows an opcode, by its number; undefined where the opcode is not known. */
export const plainTable = tableOf(plain);
export const prefixedTables: ReadonlyMap<number, readonly (Immediate | undefined)[]> = new Map([
	[0xfc, tableOf(miscellaneous)],
	[0xfd, tableOf(vector)],
]);

function tableOf(ranges: readonly Range[]): readonly (Immediate | undefined)[] {
	const table = new Array<Immediate | undefined>(256).fill(undefined);
	for (const [from, to, follows] of ranges) table.fill(follows, from, to + 1);
	return table;
}

/** About how many plain instructions an instruction takes as long as. */
const weights = new Map<number, number>([
	[op.block, 0],
	[op.loop, 0],
	[op.else, 0],
	[op.end, 0],
	[op.call, 8],
	[op.returnCall, 8],
	// The one that is called may itself be free of checks, up to the size that `free-functions.ts` allows.
	[op.callIndirect, 32],
	[op.returnCallIndirect, 32],
	// Both leave the guest for the engine.
	[op.memoryGrow, 512],
	[op.tableGrow, 512],
	...[0x6d, 0x6e, 0x6f, 0x70, 0x7f, 0x80, 0x81, 0x82].map((divide) => [divide, 12] as const),
	...[0x91, 0x95, 0x9f, 0xa3].map((root) => [root, 8] as const),
	...[...bulk].filter((opcode) => opcode !== op.tableGrow).map((opcode) => [opcode, 32] as const),
]);

const plainWeights = Uint16Array.from({ length: 256 }, (_, opcode) => weights.get(opcode) ?? 1);

export function weightOf(opcode: number): number {
	return plainWeights[opcode] ?? weights.get(opcode) ?? 1;
}
