/**
 * Starting a service, to its first effects: with its module compiled, from its bytes as a box that was started anew
 * does, and from bytes that nobody has seen before.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { systemClock } from '../../firmware/hal/clock.ts';
import { openCodeFiles } from '../../firmware/hal/code-files.ts';
import { tuneEngine } from '../../firmware/hal/engine.ts';
import { allImports, makeProbe } from '../../modules/probe/testbed.ts';
import { codeOf } from '../../runtime/component/made-code.ts';
import { type PreparedComponent, prepareComponent } from '../../runtime/component/prepare.ts';
import { MemoryDirectory } from '../../runtime/memory-directory.ts';
import { MadeCodes } from '../../runtime/module/made-codes.ts';
import { sha256 } from '../../runtime/module/store-digest.ts';
import { bareSpec } from '../../runtime/vm/bare-spec.fixture.ts';
import { Cell } from '../../runtime/vm/cell.ts';
import type { CellReport, VmSpec } from '../../runtime/vm/cell-protocol.ts';
import { type Figure, figure, interleaved, limited } from './figure.ts';
import { threadClockMs } from './thread-time.ts';
import { componentVariants } from './variants.ts';

const rounds = 60;
/** Milliseconds. */
const limits = { warm: 0.1, bytes: 1 };

export async function startFigures(): Promise<Figure[]> {
	const folder = await mkdtemp('/dev/shm/mullion-bench-');
	try {
		return await startsIn(folder);
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
}

/** @param folder for code that an install has made */
async function startsIn(folder: string): Promise<Figure[]> {
	tuneEngine();
	const probe = await makeProbe();
	// Its configuration is an order, which it answers with a message: its first effect.
	const config = probe.order({ what: 'count' });
	const variant = await componentVariants();
	const cell = firstEffects();
	const now = threadClockMs();
	const timed = async (action: () => Promise<PreparedComponent>): Promise<number> => {
		const startedAt = now();
		cell.start(bareSpec(await action(), { config }));
		const took = now() - startedAt;
		cell.stop();
		return took;
	};
	let variants = 0;
	const { memoryPages } = probe.component.manifest.budget;
	const code = await openCodeFiles(folder);
	const made = await MadeCodes.open({ directory: new MemoryDirectory(), code, platform: 'bench' });
	// Each time others: the engine would know its own bytes again.
	const subjects = {
		warm: () => timed(async () => probe.component),
		installed: async () => {
			const binary = variant(variants++);
			const key = await code.put((await codeOf(binary, memoryPages)).bytes);
			made.note(await sha256(binary), { key, memoryPages });
			return timed(() =>
				prepareComponent(binary, { provided: allImports, code, made: (digest) => made.find(digest) }),
			);
		},
		unseen: () => timed(() => prepareComponent(variant(variants++), { provided: allImports })),
	};
	// Until the engine has optimised the platform's own code.
	await interleaved(subjects, 150);
	// Apart: what the engine compiles and collects for the one is no cost of the other.
	const { warm } = await interleaved({ warm: subjects.warm }, rounds);
	const { installed } = await interleaved({ installed: subjects.installed }, rounds);
	const { unseen } = await interleaved({ unseen: subjects.unseen }, rounds);
	return [
		limited('start to first effect, installed, compiled', 'ms', warm, limits.warm),
		limited('start to first effect, installed, from bytes', 'ms', installed, limits.bytes),
		figure({
			name: 'start to first effect, of bytes never seen before',
			unit: 'ms',
			value: unseen,
			peer: 'installed',
			peerValue: installed,
		}),
	];
}

/** A cell whose first VM must say something when it is started. */
function firstEffects(): { start(spec: VmSpec): void; stop(): void } {
	const seen: CellReport['tag'][] = [];
	const cell = new Cell({
		clock: systemClock(),
		report: (reports) => seen.push(...reports.map(({ tag }) => tag)),
		wake: () => undefined,
	});
	cell.accept({ tag: 'wanted', topics: ['probe.out'] });
	return {
		start: (spec) => {
			cell.accept({ tag: 'start', vm: 1, spec });
			while (cell.run(4));
			if (!seen.includes('published')) throw new Error(`no effect of the start: ${seen.join(', ')}`);
		},
		stop: () => {
			cell.accept({ tag: 'stop', vm: 1 });
			seen.length = 0;
		},
	};
}
