/**
 * The way back from an offset in an instrumented module to the offset in the module it was made of.
 *
 * Nothing is kept for it: the pass is run again over the stored module, and gives the same result.
 */
import { Bytes, sectionsOf } from '../bytes.ts';
import { section } from './core-module.ts';
import type { FunctionBody, Kept } from './function-scan.ts';
import { rewrite } from './instrument.ts';

/**
 * What the pass itself has put in belongs to the instruction in front of which it stands. In a call that was put in
 * where it is made, an offset stands for several: of the innermost call first.
 *
 * @param core the module before the pass
 * @returns none for an offset in no function
 * @throws ComponentError as `instrument`
 */
export function originsOf(core: Uint8Array): (offset: number) => readonly number[] {
	const { bytes, bodies, functions } = rewrite(core);
	const places = placesOf(bytes);
	return (offset) => {
		const place = places.findIndex(({ at, end }) => offset >= at && offset < end);
		const now = places[place];
		let body = bodies[place];
		if (body === undefined || now === undefined) return [];
		let insides = back(functions[place]?.kept ?? [], offset - now.at, body);
		for (let { origin } = body; origin !== undefined; { origin } = body) {
			const { body: before, kept } = origin;
			insides = insides.flatMap((inside) => back(kept, inside, before));
			body = before;
		}
		const { byteOffset } = body.bytes;
		return insides.map((inside) => byteOffset - core.byteOffset + inside);
	};
}

/** From a place in what was made of a body to the places in the body. */
function back(kept: readonly Kept[], inside: number, body: FunctionBody): number[] {
	const found = kept.findIndex(({ to }) => to > inside);
	const next = found === -1 ? kept.length : found;
	const piece = kept[next - 1];
	// Of locals and what stands before the first instruction: the function begins there.
	if (piece === undefined) return [body.codeAt];
	const from = piece.from + inside - piece.to;
	if (from < piece.end) return withCall(from, piece);
	const behind = kept[next];
	return behind === undefined ? [body.bytes.length - 1] : withCall(behind.from, behind);
}

function withCall(from: number, { callAt }: Kept): number[] {
	return callAt === undefined ? [from] : [from, callAt];
}

/** Where the body of each function stands in a module, in bytes from its beginning. */
function placesOf(binary: Uint8Array): { at: number; end: number }[] {
	for (const { id, body } of sectionsOf(binary)) {
		if (id !== section.code) continue;
		const bytes = new Bytes(body);
		return Array.from({ length: bytes.u32() }, () => {
			const { byteOffset, length } = bytes.take(bytes.u32());
			const at = byteOffset - binary.byteOffset;
			return { at, end: at + length };
		});
	}
	return [];
}
