/** Starting an installed service, to its first effects: with its module compiled, from its code, and from its bytes. */
import { systemClock } from '../../firmware/hal/clock.ts';
import { tuneEngine } from '../../firmware/hal/engine.ts';
import { allImports, makeProbe } from '../../modules/probe/testbed.ts';
import { codeOf } from '../../runtime/component/made-code.ts';
import { type PreparedComponent, prepareComponent } from '../../runtime/component/prepare.ts';
import { bareSpec } from '../../runtime/vm/bare-spec.fixture.ts';
import { Cell } from '../../runtime/vm/cell.ts';
import type { CellReport, VmSpec } from '../../runtime/vm/cell-protocol.ts';
import { type Figure, interleaved, limited } from './figure.ts';
import { threadClockMs } from './thread-time.ts';
import { componentVariants } from './variants.ts';

const rounds = 60;
/** Milliseconds. */
const limits = { warm: 0.1, bytes: 1 };

export async function startFigures(): Promise<Figure[]> {
	tuneEngine();
	const probe = await makeProbe();
	// Its configuration is an order, which it answers with a message: its first effect.
	const config = probe.order({ what: 'count' });
	const variant = await componentVariants();
	const cell = firstEffects();
	const now = threadClockMs();
	const timed = async (action: () => PreparedComponent | Promise<PreparedComponent>): Promise<number> => {
		const startedAt = now();
		cell.start(bareSpec(await action(), { config }));
		const took = now() - startedAt;
		cell.stop();
		return took;
	};
	let variants = 0;
	const { memoryPages } = probe.component.manifest.budget;
	const subjects = {
		warm: () => timed(() => probe.component),
		// What the firmware carries has its code made when an image is built. Each time others: the engine would know
		// its own bytes again.
		code: async () => {
			const binary = variant(variants++);
			const made = await codeOf(binary, memoryPages);
			return timed(() => prepareComponent(binary, { provided: allImports, made: async () => made }));
		},
		bytes: () => timed(() => prepareComponent(variant(variants++), { provided: allImports })),
	};
	// Until the engine has optimised the platform's own code.
	await interleaved(subjects, 150);
	// Apart: what the engine compiles and collects for the one is no cost of the other.
	const { warm } = await interleaved({ warm: subjects.warm }, rounds);
	const { code } = await interleaved({ code: subjects.code }, rounds);
	const { bytes } = await interleaved({ bytes: subjects.bytes }, rounds);
	return [
		limited('start to first effect, installed', 'ms', warm, limits.warm),
		limited('start to first effect, from bytes with the code made before', 'ms', code, limits.bytes),
		limited('start to first effect, from bytes', 'ms', bytes, limits.bytes),
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
