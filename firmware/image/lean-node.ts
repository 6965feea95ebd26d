/**
 * Node's own modules without what nobody asks them for: less in the memory of a box, beside `lean-packages.ts`.
 *
 * To `import` one of them is to read everything it exports, and what some export is made when it is read:
 * `node:http` makes all of `fetch` for its `WebSocket`, with HTTP/2, TLS and streams of the web; `node:crypto`
 * makes the cryptography of the web. Taken as objects they make it when it is used, so nothing is missing.
 */
import type { Plugin } from 'esbuild';

const namespace = 'node';

export const leanNode: Plugin = {
	name: 'modules of Node as objects',
	setup: ({ onResolve, onLoad }) => {
		onResolve({ filter: /^node:(http|crypto)$/ }, ({ path, kind }) =>
			kind === 'import-statement' ? { path, namespace } : undefined,
		);
		onLoad({ filter: /.*/, namespace }, ({ path }) => ({
			contents: `module.exports=process.getBuiltinModule(${JSON.stringify(path)});`,
		}));
	},
};
