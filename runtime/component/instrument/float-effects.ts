/** What instructions do to the operands on the stack, as far as NaNs that an instruction made are concerned. */
import { op } from './opcodes.ts';

/** Kinds of values in which a NaN can have been made; `anyLanes` is a vector that holds none, however it is read. */
export const shape = { f32: 1, f64: 2, f32x4: 3, f64x2: 4, anyLanes: 5 } as const;

export type Shape = (typeof shape)[keyof typeof shape];

export interface FloatEffect {
	readonly pops: number;
	/** Operands of this kind give the same result whatever the bits of a NaN in them are. */
	readonly blindTo?: Shape | undefined;
	/** `bits` is every value whose bits all count: integers, what was loaded, what was passed in. */
	readonly gives: 'nothing' | 'bits' | Shape;
	/** Whether a NaN may be made. */
	readonly makesNan?: boolean;
}

const { f32, f64, f32x4, f64x2 } = shape;

const takes = (pops: number): FloatEffect => ({ pops, gives: 'nothing' });
const toBits = (pops: number, blindTo?: Shape): FloatEffect => ({ pops, blindTo, gives: 'bits' });
const number = (gives: Shape): FloatEffect => ({ pops: 1, gives });
const makes = (pops: number, blindTo: Shape, gives: Shape = blindTo): FloatEffect => ({
	pops,
	blindTo,
	gives,
	makesNan: true,
});

type Row = readonly [from: number, to: number, effect: FloatEffect];

const plain: readonly Row[] = [
	[0x01, 0x01, takes(0)],
	[0x23, 0x23, toBits(0)],
	[0x24, 0x24, takes(1)],
	[0x28, 0x35, toBits(1)],
	[0x36, 0x3e, takes(2)],
	[0x3f, 0x3f, toBits(0)],
	[0x40, 0x40, toBits(1)],
	[0x41, 0x42, toBits(0)],
	[0x45, 0x45, toBits(1)],
	[0x46, 0x4f, toBits(2)],
	[0x50, 0x50, toBits(1)],
	[0x51, 0x5a, toBits(2)],
	[0x5b, 0x60, toBits(2, f32)],
	[0x61, 0x66, toBits(2, f64)],
	[0x67, 0x69, toBits(1)],
	[0x6a, 0x78, toBits(2)],
	[0x79, 0x7b, toBits(1)],
	[0x7c, 0x8a, toBits(2)],
	// abs, neg and copysign move the sign of a NaN as they find it.
	[0x8b, 0x8c, toBits(1)],
	[0x8d, 0x91, makes(1, f32)],
	[0x92, 0x97, makes(2, f32)],
	[0x98, 0x98, toBits(2)],
	[0x99, 0x9a, toBits(1)],
	[0x9b, 0x9f, makes(1, f64)],
	[0xa0, 0xa5, makes(2, f64)],
	[0xa6, 0xa6, toBits(2)],
	[0xa7, 0xa7, toBits(1)],
	[0xa8, 0xa9, toBits(1, f32)],
	[0xaa, 0xab, toBits(1, f64)],
	[0xac, 0xad, toBits(1)],
	[0xae, 0xaf, toBits(1, f32)],
	[0xb0, 0xb1, toBits(1, f64)],
	[0xb2, 0xb5, number(f32)],
	[0xb6, 0xb6, makes(1, f64, f32)],
	[0xb7, 0xba, number(f64)],
	[0xbb, 0xbb, makes(1, f32, f64)],
	[0xbc, 0xc4, toBits(1)],
];

const saturating: readonly Row[] = [
	[0, 1, toBits(1, f32)],
	[2, 3, toBits(1, f64)],
	[4, 5, toBits(1, f32)],
	[6, 7, toBits(1, f64)],
];

const vector: readonly Row[] = [
	[0, 10, toBits(1)],
	[11, 11, takes(2)],
	[15, 20, toBits(1)],
	[65, 70, toBits(2, f32x4)],
	[71, 76, toBits(2, f64x2)],
	[92, 93, toBits(1)],
	[94, 94, makes(1, f64x2, f32x4)],
	[95, 95, makes(1, f32x4, f64x2)],
	[103, 106, makes(1, f32x4)],
	[116, 117, makes(1, f64x2)],
	[122, 122, makes(1, f64x2)],
	[148, 148, makes(1, f64x2)],
	[227, 227, makes(1, f32x4)],
	[228, 233, makes(2, f32x4)],
	// pmin and pmax choose one of both as it is (core spec 4.3.3, fpmin).
	[234, 235, toBits(2)],
	[239, 239, makes(1, f64x2)],
	[240, 245, makes(2, f64x2)],
	[246, 247, toBits(2)],
	[248, 249, toBits(1, f32x4)],
	[250, 251, number(f32x4)],
	[252, 253, toBits(1, f64x2)],
	[254, 255, number(f64x2)],
];

const plainEffects = tableOf([...plain, [op.drop, op.drop, takes(1)]]);
const saturatingEffects = tableOf(saturating);
const vectorEffects = tableOf(vector);

/** What an opcode does; what is not known here may do anything with whatever is on the stack, but makes no NaN. */
export function floatEffectOf(opcode: number): FloatEffect | undefined {
	if (opcode <= 0xff) return plainEffects[opcode];
	switch (opcode >>> 8) {
		case 0xfc:
			return saturatingEffects[opcode & 0xff];
		case 0xfd:
			return vectorEffects[opcode & 0xff];
		default:
			return undefined;
	}
}

function tableOf(rows: readonly Row[]): readonly (FloatEffect | undefined)[] {
	const effects = new Array<FloatEffect | undefined>(256).fill(undefined);
	for (const [from, to, effect] of rows) effects.fill(effect, from, to + 1);
	return effects;
}
