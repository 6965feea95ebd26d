/** Puts code and locals into the body of a function, for what has to be there before its fuel is counted. */
import type { FunctionBody, Kept } from './function-scan.ts';
import { concat, unsigned } from './leb.ts';

export interface Edit {
	/** The instruction in front of which the code goes, in bytes from the beginning of the body. */
	readonly at: number;
	readonly code: readonly number[];
}

/** @param localTypes of the new locals, which come behind all others */
export function editBody(
	body: FunctionBody,
	edits: readonly Edit[],
	localTypes: readonly number[],
): FunctionBody {
	const { bytes, groups, groupsAt, locals, codeAt } = body;
	const count = unsigned(groups + localTypes.length);
	const declared = [...bytes.subarray(groupsAt, codeAt), ...localTypes.flatMap((type) => [1, type])];
	const parts: (Uint8Array | readonly number[])[] = [count, declared];
	const kept: Kept[] = [];
	let length = count.length + declared.length;
	let copied = codeAt;
	const keep = (end: number): void => {
		kept.push({ from: copied, end, to: length });
		parts.push(bytes.subarray(copied, end));
		length += end - copied;
		copied = end;
	};
	for (const { at, code } of edits.toSorted((a, b) => a.at - b.at)) {
		keep(at);
		parts.push(code);
		length += code.length;
	}
	keep(bytes.length);
	return {
		origin: { body, kept },
		bytes: concat(parts),
		groups: groups + localTypes.length,
		groupsAt: count.length,
		locals: locals + localTypes.length,
		codeAt: count.length + declared.length,
		room: body.room,
	};
}
