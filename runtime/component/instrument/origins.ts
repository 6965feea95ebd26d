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
 * What the pass itself has put in belongs to the instruction in front of which it stands.
 *
 * @param core the module before the pass
 * @returns undefined for an offset in no function
 * @throws ComponentError as `instrument`
 */
export function originsOf(core: Uint8Array): (offset: number) => number | undefined {
	const { bytes, bodies, functions } = rewrite(core);
	const places = placesOf(bytes);
	return (offset) => {
		const place = places.findIndex(({ at, end }) => offset >= at && offset < end);
		const now = places[place];
		let body = bodies[place];
		if (body === undefined || now === undefined) return undefined;
		let inside = back(functions[place]?.kept ?? [], { inside: offset - now.at, body });
		for (let { origin } = body; origin !== undefined; { origin } = body) {
			body = origin.body;
			inside = back(origin.kept, { inside, body });
		}
		return body.bytes.byteOffset - core.byteOffset + inside;
	};
}

/** From a place in what was made of a body to the place in the body. */
function back(kept: readonly Kept[], { inside, body }: { inside: number; body: FunctionBody }): number {
	const next = kept.findIndex(({ to }) => to > inside);
	const piece = kept[next === -1 ? kept.length - 1 : next - 1];
	// Of locals and what stands before the first instruction: the function begins there.
	const from = piece === undefined ? body.codeAt : piece.from + inside - piece.to;
	const limit = next === -1 ? body.bytes.length - 1 : (kept[next]?.from ?? 0);
	return Math.min(from, limit);
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
