/** Components of a folder in one cell, as a box runs them. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { threadedCells } from '../../firmware/hal/cell-thread.ts';
import { systemClock } from '../../firmware/hal/clock.ts';
import { openCodeFiles } from '../../firmware/hal/code-files.ts';
import { tuneEngine } from '../../firmware/hal/engine.ts';
import { reclaimer } from '../../firmware/hal/reclaim.ts';
import { Hub } from '../../runtime/bus/hub.ts';
import { Allowances } from '../../runtime/capability/allowances.ts';
import { clock as clockCapability } from '../../runtime/capability/clock.ts';
import { keyValue } from '../../runtime/capability/key-value.ts';
import { Capabilities } from '../../runtime/capability/link-vm.ts';
import { log } from '../../runtime/capability/log.ts';
import { networkStream } from '../../runtime/capability/network-stream.ts';
import { SimulatedStreams } from '../../runtime/capability/simulated-streams.ts';
import { prepareComponent } from '../../runtime/component/prepare.ts';
import { MemoryDirectory } from '../../runtime/memory-directory.ts';
import type { VmState } from '../../runtime/vm/lifecycle.ts';
import { Supervisor } from '../../runtime/vm/supervisor.ts';

export interface ManyServicesOptions {
	/** Holds `0.wasm`, `1.wasm` and so on. */
	readonly folder: string;
	readonly count: number;
	/** When they are put to sleep; default never. */
	readonly sleepAfterMs?: number;
}

export async function startServices({ folder, count, sleepAfterMs }: ManyServicesOptions) {
	tuneEngine();
	const clock = systemClock();
	const codeFolder = join(folder, `code-${process.pid}`);
	const code = await openCodeFiles(codeFolder);
	const hub = new Hub();
	const capabilities = new Capabilities([
		log,
		clockCapability,
		keyValue(new MemoryDirectory()),
		networkStream({
			streams: new SimulatedStreams(),
			allowances: await Allowances.open({ directory: new MemoryDirectory(), clock }),
		}),
	]);
	let changed = (): void => undefined;
	const supervisor = new Supervisor({
		clock,
		cells: threadedCells({ code: codeFolder }),
		hub,
		capabilities,
		sleepAfterMs,
		reclaim: reclaimer(),
		on: { transition: () => changed() },
	});
	for (let number = 0; number < count; number++) {
		const bytes = new Uint8Array(await readFile(join(folder, `${number}.wasm`)));
		const component = await prepareComponent(bytes, { provided: capabilities.provided(), code });
		supervisor.start({ name: `service-${number}`, component, baseband: '' });
		const { state, reason } = await supervisor.settled(`service-${number}`);
		if (state !== 'running') throw new Error(`service ${number} does not run: ${reason}`);
	}
	/** Resolves once all of them are in this state. */
	const allAre = (state: VmState): Promise<void> =>
		new Promise((resolve) => {
			changed = () => {
				if (!supervisor.views().every((vm) => vm.state === state)) return;
				// To look at all of them takes as long as what is measured.
				changed = () => undefined;
				resolve();
			};
			changed();
		});
	return { hub, supervisor, allAre };
}
