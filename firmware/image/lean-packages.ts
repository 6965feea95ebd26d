/**
 * Packages as a box needs them: what it does not use is not in its memory. Most of what a connected client of `mqtt`
 * costs goes with it (`lean-mqtt.test.ts` holds both against each other).
 *
 * - `mqtt-packet` keeps two bytes for each of 65 536 numbers ready, as buffers, which are made at the first
 *   packet. Its own switch (`cacheNumbers`) makes each number when it is written instead.
 * - TLS, WebSocket, SOCKS and timers in workers are loaded by the first who asks for them, with
 *   what they need of Node's own code. They are in a file of their own, and do what they did.
 * - `debug` would only write what nobody on a box reads, and looks at the terminal for it: it is the one that is off.
 * - `lru-cache` takes its time from `perf_hooks`, which it loads for that alone, and nothing here has it forget by time.
 * - `readable-stream` is Node's streams of another version. `READABLE_STREAM=disable` is its own way to say that
 *   Node's are to be used.
 */
import { readFile } from 'node:fs/promises';
import type { Plugin } from 'esbuild';

/** Beside what asks for it. */
export const onDemandFile = 'on-demand.cjs';

/** Where a module is asked for, by what name, where it is, and which functions of it wait. */
const waiting = [
	{
		by: /mqtt\/build\/lib\/connect\/index\.js$/,
		name: './ws',
		from: 'mqtt/build/lib/connect/ws',
		functions: ['streamBuilder', 'browserStreamBuilder'],
	},
	{
		by: /mqtt\/build\/lib\/connect\/index\.js$/,
		name: './tls',
		from: 'mqtt/build/lib/connect/tls',
		functions: ['default'],
	},
	{
		by: /mqtt\/build\/lib\/connect\/tcp\.js$/,
		name: './socks',
		from: 'mqtt/build/lib/connect/socks',
		functions: ['default'],
	},
	{
		by: /mqtt\/build\/lib\/get-timer\.js$/,
		name: 'worker-timers',
		from: 'worker-timers',
		functions: ['setInterval', 'clearInterval'],
	},
] as const;
const namespace = 'on-demand';

type Waiting = (typeof waiting)[number];

/** The source of that file. */
export function onDemand(): string {
	return waiting
		.map(({ name, from }) => `exports[${JSON.stringify(name)}]=()=>require("./node_modules/${from}");`)
		.join('\n');
}

export const streamsOfNode: Plugin = {
	name: 'streams of Node',
	setup: ({ onResolve }) => {
		onResolve({ filter: /^readable-stream$/ }, () => ({ path: 'node:stream', external: true }));
	},
};

export const leanPackages: Plugin = {
	name: 'packages as a box needs them',
	setup: (building) => {
		streamsOfNode.setup(building);
		const { onResolve, onLoad } = building;
		onResolve({ filter: /^(\.\/(ws|tls|socks)|worker-timers)$/ }, ({ path, importer }) => {
			const found = waiting.find(({ by, name }) => name === path && by.test(importer));
			return found && { path, namespace, pluginData: found };
		});
		onResolve({ filter: /^\.\/on-demand\.cjs$/ }, ({ path }) => ({ path, external: true }));
		onLoad({ filter: /.*/, namespace }, ({ pluginData: { name, functions } }: { pluginData: Waiting }) => ({
			contents: functions
				.map(
					(each) =>
						`exports.${each}=(...given)=>require("./${onDemandFile}")["${name}"]().${each}(...given);`,
				)
				.join('\n'),
		}));
		onLoad({ filter: /\/debug\/src\/index\.js$/ }, () => ({
			contents: 'const off=()=>{};off.enabled=false;off.extend=()=>off;module.exports=()=>off;',
		}));
		onLoad({ filter: /\/lru-cache\/.*\.js$/ }, async ({ path }) => ({
			contents: `const performance=Date;${await readFile(path, 'utf8')}`,
		}));
		onLoad({ filter: /mqtt-packet\/mqtt\.js$/ }, async ({ path }) => ({
			contents: `${await readFile(path, 'utf8')}\nexports.writeToStream.cacheNumbers=false;`,
		}));
	},
};
