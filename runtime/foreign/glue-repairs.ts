/**
 * Where glue believes what a guest says about its handles, and what stands there instead.
 *
 * A handle that was never given has no entry, which is neither 0 nor free; removed all the same, it
 * would be the next one that is given. One of more than 30 bits would stand for another. For one
 * that is not there glue makes an object of the host's class, whose methods the guest could call.
 * And a table of handles is memory of the host, which nothing else bounds.
 *
 * A name of the component may hold the same text, so what is put in ends no quotes.
 */

export interface Repair {
	/** Glue that has none of this needs no repair. */
	readonly of: string;
	readonly pattern: RegExp;
	readonly by: string;
	/** Whether it can be there more than once. */
	readonly isRepeated: boolean;
}

/** Handles of one type that a component may hold at a time. */
const mostHandles = 65_536;

const trap = (message: RegExp): string => `throw new WebAssembly.RuntimeError(${message}.source);`;

export const repairs: readonly Repair[] = [
	{
		of: 'function rscTableRemove(',
		pattern: /if \(val === 0 \|\| \(scope & T_FLAG\) !== 0\)/g,
		by: 'if (!val || handle >>> 30 !== 0 || (scope & T_FLAG) !== 0)',
		isRepeated: false,
	},
	{
		of: 'function rscTableGet(',
		pattern: /if \(rep === 0 \|\| \(scope & T_FLAG\) !== 0\)/g,
		by: 'if (!val || handle >>> 30 !== 0 || (scope & T_FLAG) !== 0)',
		isRepeated: false,
	},
	{
		of: 'function rscTableCreateOwn(',
		pattern: /table\.push\(0\);/g,
		by: `if (table.length >= ${2 * mostHandles}) ${trap(/too many handles/)} table.push(0);`,
		isRepeated: false,
	},
	{
		of: 'Object.create(',
		pattern: /if \(!(\w+)\) \{\s*\1 = Object\.create\(/g,
		by: `if (!$1) { ${trap(/unknown handle/)} $1 = Object.create(`,
		isRepeated: true,
	},
];
