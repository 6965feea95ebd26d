/** Puts code and locals into the body of a function, for what has to be there before its fuel is counted. */
import type { FunctionBody } from './function-scan.ts';
import { concat, unsigned } from './leb.ts';

export interface Edit {
	/** The instruction in front of which the code goes, in bytes from the beginning of the body. */
	readonly at: number;
	readonly code: readonly number[];
}

/** @param localTypes of the new locals, which come behind all others */
export function editBody(
	{ bytes, groups, groupsAt, locals, codeAt }: FunctionBody,
	edits: readonly Edit[],
	localTypes: readonly number[],
): FunctionBody {
	const count = unsigned(groups + localTypes.length);
	const declared = [...bytes.subarray(groupsAt, codeAt), ...localTypes.flatMap((type) => [1, type])];
	const parts: (Uint8Array | readonly number[])[] = [count, declared];
	let copied = codeAt;
	for (const { at, code } of edits.toSorted((a, b) => a.at - b.at)) {
		parts.push(bytes.subarray(copied, at), code);
		copied = at;
	}
	parts.push(bytes.subarray(copied));
	return {
		bytes: concat(parts),
		groups: groups + localTypes.length,
		groupsAt: count.length,
		locals: locals + localTypes.length,
		codeAt: count.length + declared.length,
	};
}
