/**
 * Gives every NaN that an instruction made the same bits on every machine, before anybody can look at them.
 *
 * Core spec 4.3.3 leaves sign and payload of a computed NaN open, and machines and the tiers of one
 * engine differ in them. Only what arithmetic makes is changed, and only where its bits matter:
 * copies through float loads and stores, `neg`, `abs` and `copysign` keep all bits.
 */
import { editBody } from './body-edit.ts';
import { type Shape, shape } from './float-effects.ts';
import type { FunctionBody } from './function-scan.ts';
import { unsigned } from './leb.ts';
import { type Arities, nanSites } from './nan-flow.ts';
import { op } from './opcodes.ts';

interface Canonical {
	/** Type of the local that it goes through. */
	readonly type: number;
	readonly nan: readonly number[];
	readonly equal: readonly number[];
	/** Of value, NaN and `equal`, in this order, the value where it equals itself. */
	readonly choose: readonly number[];
}

const nan32 = [0x00, 0x00, 0xc0, 0x7f];
const nan64 = [0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xf8, 0x7f];
const bitselect = [0xfd, 0x52];
const v128Const = [0xfd, 0x0c];

const canonicals: Partial<Record<Shape, Canonical>> = {
	[shape.f32]: { type: 0x7d, nan: [op.f32Const, ...nan32], equal: [0x5b], choose: [op.select] },
	[shape.f64]: { type: 0x7c, nan: [op.f64Const, ...nan64], equal: [0x61], choose: [op.select] },
	[shape.f32x4]: {
		type: 0x7b,
		nan: [...v128Const, ...nan32, ...nan32, ...nan32, ...nan32],
		equal: [0xfd, 0x41],
		choose: bitselect,
	},
	[shape.f64x2]: {
		type: 0x7b,
		nan: [...v128Const, ...nan64, ...nan64],
		equal: [0xfd, 0x47],
		choose: bitselect,
	},
};

/** @param parameters of the function */
export function canonicalNans(body: FunctionBody, parameters: number, arities: Arities): FunctionBody {
	const sites = nanSites(body, parameters, arities);
	if (sites.length === 0) return body;
	const types = [...new Set(sites.map((site) => canonicalOf(site.shape).type))];
	const codes = new Map(
		[...new Set(sites.map((site) => site.shape))].map((kind) => {
			const canonical = canonicalOf(kind);
			return [kind, codeOf(canonical, parameters + body.locals + types.indexOf(canonical.type))];
		}),
	);
	const edits = sites.map((site) => ({ at: site.at, code: codes.get(site.shape) ?? [] }));
	return editBody(body, edits, types);
}

function canonicalOf(kind: Shape): Canonical {
	const canonical = canonicals[kind];
	if (canonical === undefined) throw new TypeError(`a value of kind ${kind} is never a NaN`);
	return canonical;
}

function codeOf({ nan, equal, choose }: Canonical, local: number): number[] {
	const get = [op.localGet, ...unsigned(local)];
	return [op.localTee, ...unsigned(local), ...nan, ...get, ...get, ...equal, ...choose];
}
