/**
 * The firmware as the engine has compiled it, beside its sources in the root: a box does not read through them at
 * each start. Made by the Node of the box itself, in an emulator of its processor: the engine takes nothing that was
 * made by another version, under other flags or for other features of a processor.
 */
import { join, resolve } from 'node:path';
import { imageFlags } from '../hal/engine.ts';
import { architectures, type Board } from './board.ts';
import { firmwareFolder } from './bundle.ts';
import { ImageError } from './image-error.ts';
import type { Staging } from './staging.ts';
import { tool } from './tool.ts';

const name = 'cache';
export const codeCacheFolder = `${firmwareFolder}/${name}`;

/** What Node has to find in its environment, when it makes it and when it uses it: files go by their place beside it. */
export const codeCacheEnvironment = (place = `/${codeCacheFolder}`): Readonly<Record<string, string>> => ({
	NODE_COMPILE_CACHE: place,
	NODE_COMPILE_CACHE_PORTABLE: '1',
});

/** By itself the engine takes another number each time, and what it makes differs then. */
const seed = '--random-seed=1';
/** The same wherever the root is made: where a file was stands in what is made of it. */
const here = '/proc/self/cwd';
const asItIs = ['--preserve-symlinks', '--preserve-symlinks-main'];

/**
 * Loads every file as the box does: what threads run on a thread, after the engine was set; none has anything to do. Node
 * writes down what it compiled when it ends.
 */
const loadAll = `
const { readdirSync } = require('node:fs');
const { Worker } = require('node:worker_threads');
require('node:v8').setFlagsFromString(process.argv.at(-1));
const files = readdirSync('.').filter((file) => file.endsWith('.mjs')).sort().map((file) => 'file://${here}/' + file);
const load = "(async () => { for (const file of require('node:worker_threads').workerData) await import(file).catch(() => undefined); process.exit(); })()";
new Worker(load, { eval: true, workerData: files }).once('exit', () => {
	require('${here}/on-demand.cjs');
	process.argv = ['node', '--help'];
	require('${here}/firmware.cjs');
});
`;

/** @param staging a root with Node, its libraries and the firmware @throws ImageError */
export async function addCodeCache(
	staging: Staging,
	board: Pick<Board, 'architecture' | 'processor' | 'emulator'>,
): Promise<void> {
	const { userEmulator } = architectures[board.architecture];
	const processor = board.processor ?? board.emulator?.processor;
	const cpu = processor === undefined ? [] : ['-cpu', processor];
	const root = resolve(staging.folder);
	const node = [join(root, 'bin/node'), seed, ...asItIs, '-e', loadAll, '--', imageFlags.join(' ')];
	await tool(userEmulator, ['-L', root, ...cpu, ...node], {
		cwd: join(root, firmwareFolder),
		env: codeCacheEnvironment(`${here}/${name}`),
	});
	if (!(await staging.paths()).some((path) => path.startsWith(`${codeCacheFolder}/`)))
		throw new ImageError('tool-failed', 'Node has written nothing down of what it compiled');
}
