/** Runs every component of a folder in one cell, as a box does; says so when all are idle: `idle-box.ts FOLDER COUNT`. */
import { writeSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { startServices } from './many-services.ts';

/** Until what was only needed to start has been given back: the engine does so when it has nothing to do. */
const restMs = 2500;

const [folder = '', count = '0'] = process.argv.slice(2);
// An end of its own, and the engine keeps what it has compiled.
process.once('SIGTERM', () => process.exit());
await startServices({ folder, count: Number(count) });
await pause(restMs);
// Not by way of a stream, which would have to be made first, and be measured.
writeSync(1, 'idle\n');
