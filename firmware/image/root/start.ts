/**
 * What an image runs first of the firmware. Node carries its own modules as an engine has compiled them that nobody
 * has told anything: what a start needs of them is loaded before this one is told, or it would compile them anew. The
 * firmware comes behind that: it was compiled as the engine is set then.
 */
import { setFlagsFromString } from 'node:v8';
import { imageFlags } from '../../hal/engine.ts';

for (const name of ['crypto', 'fs/promises', 'module', 'net', 'os', 'stream', 'worker_threads'])
	process.getBuiltinModule(name);
// Loaded when it is read.
void process.getBuiltinModule('util').parseArgs;
setFlagsFromString(imageFlags.join(' '));
require('./firmware.cjs');
