/** Journalled probes as the work of a cell that is to be killed. */
import type { Order, Probe } from '../../modules/probe/testbed.ts';
import { decodeComponent } from '../../runtime/component/decode.ts';
import { instrument } from '../../runtime/component/instrument/instrument.ts';
import { boundMemory } from '../../runtime/component/memory-bound.ts';
import { bareSpec } from '../../runtime/vm/bare-spec.fixture.ts';
import type { KeptCellWork } from './kept-cell-work.ts';

/** @param order what all of them are told again and again */
export function probeWork(
	{ built, component, order: encode }: Probe,
	{ vms, order }: { vms: readonly number[]; order: Order },
): KeptCellWork {
	const { manifest, digest } = component;
	const keep = { mode: 'journal', intervalMs: 1000, digest } as const;
	const { module: _, ...spec } = bareSpec(component, { keep });
	return {
		core: instrument(boundMemory(decodeComponent(built.bytes).core, manifest.budget.memoryPages)),
		specs: new Map(vms.map((vm) => [vm, { ...spec, name: `probe-${vm}` }])),
		order: encode(order),
	};
}
