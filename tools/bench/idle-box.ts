/** Runs every component of a folder in one cell, as a box does; says so when all are idle: `idle-box.ts FOLDER COUNT`. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { threadedCells } from '../../firmware/hal/cell-thread.ts';
import { systemClock } from '../../firmware/hal/clock.ts';
import { tuneEngine } from '../../firmware/hal/engine.ts';
import { Hub } from '../../runtime/bus/hub.ts';
import { clock as clockCapability } from '../../runtime/capability/clock.ts';
import { keyValue } from '../../runtime/capability/key-value.ts';
import { Capabilities } from '../../runtime/capability/link-vm.ts';
import { log } from '../../runtime/capability/log.ts';
import { networkStream } from '../../runtime/capability/network-stream.ts';
import { prepareComponent } from '../../runtime/component/prepare.ts';
import { MemoryDirectory } from '../../runtime/memory-directory.ts';
import { Supervisor } from '../../runtime/vm/supervisor.ts';

/** Until what was only needed to start has been given back: the engine does so when it has nothing to do. */
const restMs = 1500;

const [folder = '', count = '0'] = process.argv.slice(2);
tuneEngine();
const clock = systemClock();
const capabilities = new Capabilities([
	log,
	clockCapability,
	keyValue(new MemoryDirectory()),
	networkStream({ open: () => ({ cancel: () => undefined }) }, clock),
]);
const supervisor = new Supervisor({
	clock,
	cells: threadedCells(),
	hub: new Hub(),
	capabilities,
});
for (let number = 0; number < Number(count); number++) {
	const bytes = new Uint8Array(await readFile(join(folder, `${number}.wasm`)));
	const component = await prepareComponent(bytes, { provided: capabilities.provided() });
	supervisor.start({ name: `service-${number}`, component, baseband: '' });
	const { state, reason } = await supervisor.settled(`service-${number}`);
	if (state !== 'running') throw new Error(`service ${number} does not run: ${reason}`);
}
await pause(restMs);
// An end of its own, and the engine keeps what it has compiled.
process.once('SIGTERM', () => process.exit());
console.log('idle');
