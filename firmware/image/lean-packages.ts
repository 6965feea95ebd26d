/**
 * Packages as a box needs them: what it does not use is not in its memory. Most of what a connected client of `mqtt`
 * costs goes with it (`lean-mqtt.test.ts` holds both against each other).
 *
 * - `mqtt-packet` keeps two bytes for each of 65 536 numbers ready, as buffers, which are made at the first
 *   packet. Its own switch (`cacheNumbers`) makes each number when it is written instead.
 * - TLS, WebSocket, SOCKS and timers in workers are loaded by the first who asks for them, with
 *   what they need of Node's own code. They are in the bundle, and do what they did.
 * - `readable-stream` is Node's streams of another version. `READABLE_STREAM=disable` is its own way to say that
 *   Node's are to be used.
 */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import type { Plugin } from 'esbuild';

/** Where a module is asked for, by what name, and which functions of it wait. */
const onDemand = [
	{
		by: /mqtt\/build\/lib\/connect\/index\.js$/,
		name: './ws',
		functions: ['streamBuilder', 'browserStreamBuilder'],
	},
	{ by: /mqtt\/build\/lib\/connect\/index\.js$/, name: './tls', functions: ['default'] },
	{ by: /mqtt\/build\/lib\/connect\/t(cp|ls)\.js$/, name: './socks', functions: ['default'] },
	{
		by: /mqtt\/build\/lib\/get-timer\.js$/,
		name: 'worker-timers',
		functions: ['setInterval', 'clearInterval'],
	},
] as const;
const namespace = 'on-demand';

interface Lazy {
	readonly file: string;
	readonly functions: readonly string[];
}

export const leanPackages: Plugin = {
	name: 'packages as a box needs them',
	setup: ({ onResolve, onLoad }) => {
		onResolve({ filter: /^(\.\/(ws|tls|socks)|worker-timers)$/ }, ({ path, importer, namespace: from }) => {
			const lazy = onDemand.find(({ by, name }) => name === path && by.test(importer));
			if (lazy === undefined || from === namespace) return undefined;
			const file = createRequire(importer).resolve(path);
			// Its name stands in the bundle, which is to be the same wherever it is made.
			return {
				path: path.replace('./', 'mqtt/'),
				namespace,
				pluginData: { file, functions: lazy.functions },
			};
		});
		onLoad({ filter: /.*/, namespace }, ({ pluginData: { file, functions } }: { pluginData: Lazy }) => ({
			contents: functions
				.map((name) => `exports.${name}=(...given)=>require(${JSON.stringify(file)}).${name}(...given);`)
				.join('\n'),
			resolveDir: dirname(file),
		}));
		onResolve({ filter: /^readable-stream$/ }, () => ({ path: 'node:stream', external: true }));
		onLoad({ filter: /mqtt-packet\/mqtt\.js$/ }, async ({ path }) => ({
			contents: `${await readFile(path, 'utf8')}\nexports.writeToStream.cacheNumbers=false;`,
		}));
	},
};
