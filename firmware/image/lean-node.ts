/**
 * Node's own modules without what nobody asks them for: less time of a start and less memory in a box, beside
 * `lean-packages.ts`.
 *
 * To `import` one of them is to read everything it exports, and what some export is made when it is read:
 * `node:http` makes all of `fetch` for its `WebSocket`, `node:fs` makes streams, `node:util` a differ. Here
 * each is an object that loads its module when something of it is used, and nothing is missing.
 */
import type { Plugin } from 'esbuild';

const namespace = 'node';

export const leanNode: Plugin = {
	name: 'modules of Node when they are used',
	setup: ({ onResolve, onLoad }) => {
		onResolve({ filter: /^node:/ }, ({ path, kind }) =>
			kind === 'import-statement' ? { path, namespace } : undefined,
		);
		onLoad({ filter: /.*/, namespace }, ({ path }) => {
			const names = Object.keys(process.getBuiltinModule(path) ?? {});
			const load = `process.getBuiltinModule(${JSON.stringify(path)})`;
			return {
				contents: `for(const n of ${JSON.stringify(names)})Object.defineProperty(exports,n,{enumerable:true,get:()=>${load}[n]});`,
			};
		});
	},
};
