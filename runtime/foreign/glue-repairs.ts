/**
 * Where glue believes what a guest says about its handles, and what stands there instead.
 *
 * A handle that was never given has no entry, which is neither 0 nor free; removed all the same, it
 * would be the next one that is given. One of more than 30 bits would stand for another. And a table
 * of handles is memory of the host, which nothing else bounds.
 */

export interface Repair {
	/** Glue that has none of this needs no repair. */
	readonly of: string;
	readonly pattern: RegExp;
	readonly by: string;
}

/** Handles of one type that a component may hold at a time. */
const mostHandles = 65_536;

export const repairs: readonly Repair[] = [
	{
		of: 'function rscTableRemove(',
		pattern: /if \(val === 0 \|\| \(scope & T_FLAG\) !== 0\)/g,
		by: 'if (!val || handle >>> 30 !== 0 || (scope & T_FLAG) !== 0)',
	},
	{
		of: 'function rscTableGet(',
		pattern: /if \(rep === 0 \|\| \(scope & T_FLAG\) !== 0\)/g,
		by: 'if (!val || handle >>> 30 !== 0 || (scope & T_FLAG) !== 0)',
	},
	{
		of: 'function rscTableCreateOwn(',
		pattern: /table\.push\(0\);/g,
		by: `if (table.length >= ${2 * mostHandles}) throw new WebAssembly.RuntimeError('too many handles'); table.push(0);`,
	},
];
