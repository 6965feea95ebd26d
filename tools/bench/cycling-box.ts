/**
 * Starts and stops a service again and again, then deploys one after the other in its place, as a box does it. Its first
 * line is by how much its memory has grown meanwhile, as JSON (`Growth`): `cycling-box.ts FOLDER PLAN`, with `0.wasm`,
 * `1.wasm` and so on in the folder, all different, and how often each is done as JSON (`Plan`).
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { systemClock } from '../../firmware/hal/clock.ts';
import { tuneEngine } from '../../firmware/hal/engine.ts';
import { reclaimer } from '../../firmware/hal/reclaim.ts';
import { importable } from '../../runtime/capability/imports.ts';
import { prepareComponent } from '../../runtime/component/prepare.ts';
import { bareSpec } from '../../runtime/vm/bare-spec.fixture.ts';
import { Cell } from '../../runtime/vm/cell.ts';
import type { VmSpec } from '../../runtime/vm/cell-protocol.ts';
import type { Counts, Growth, Plan } from './cycles.ts';
import { memoryOf } from './resident.ts';

/** Until the cell has looked for memory that nobody uses. */
const restMs = 3000;
const turnsAtATime = 4;

interface Memory {
	/** Of the engine, and beside it. */
	readonly used: number;
	/** Of the whole process, in no file. */
	readonly own: number;
}

const provided = importable();

const [folder = '', planned = ''] = process.argv.slice(2);
const plan: Plan = JSON.parse(planned);
tuneEngine();
const cell = new Cell({
	clock: systemClock(),
	report: () => undefined,
	wake: () => undefined,
	reclaim: reclaimer(),
});

function cycle(spec: VmSpec): void {
	cell.accept({ tag: 'start', vm: 1, spec });
	while (cell.run(turnsAtATime));
	cell.accept({ tag: 'stop', vm: 1 });
}

let deployed = 0;
async function deploy(): Promise<VmSpec> {
	const bytes = new Uint8Array(await readFile(join(folder, `${deployed++}.wasm`)));
	return bareSpec(await prepareComponent(bytes, { provided }));
}

async function growth({ warmUp, counted }: Counts, action: () => Promise<void> | void): Promise<Memory> {
	const repeat = async (times: number): Promise<Memory> => {
		for (let left = times; left > 0; left--) {
			await action();
			// What the engine does in between, it does when it is let.
			if (left % 100 === 0) await pause(0);
		}
		await pause(restMs);
		const { heapUsed, external } = process.memoryUsage();
		return { used: (heapUsed + external) / 1e6, own: (await memoryOf(process.pid))['Anonymous'] ?? 0 };
	};
	const first = await repeat(warmUp);
	const last = await repeat(counted);
	return { used: last.used - first.used, own: last.own - first.own };
}

const installed = await deploy();
const said: Growth = {
	starts: await growth(plan.starts, () => cycle(installed)),
	deploys: await growth(plan.deploys, async () => cycle(await deploy())),
};
console.log(JSON.stringify(said));
