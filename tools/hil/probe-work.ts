/** Journalled probes as the work of a cell that is to be killed. */
import type { Order, Probe } from '../../modules/probe/testbed.ts';
import { topicGrants } from '../../runtime/bus/policy.ts';
import { decodeComponent } from '../../runtime/component/decode.ts';
import { instrument } from '../../runtime/component/instrument/instrument.ts';
import { boundMemory } from '../../runtime/component/memory-bound.ts';
import type { VmSpec } from '../../runtime/vm/cell-protocol.ts';
import type { KeptCellWork } from './kept-cell-work.ts';

/** @param order what all of them are told again and again */
export function probeWork(
	{ built, component, order: encode }: Probe,
	{ vms, order }: { vms: readonly number[]; order: Order },
): KeptCellWork {
	const { manifest, encoding, digest } = component;
	const spec = (vm: number): Omit<VmSpec, 'module'> => ({
		name: `probe-${vm}`,
		encoding,
		priority: manifest.priority,
		budget: manifest.budget,
		topics: topicGrants(manifest),
		effects: [],
		config: manifest.config.bytes,
		baseband: '',
		log: { linesPerTurn: 4, bytesPerTurn: 1024 },
		bucket: new Map(),
		bucketBytes: 1024,
		clockStepUs: 1,
		keep: { mode: 'journal', intervalMs: 1000, digest },
	});
	return {
		core: instrument(boundMemory(decodeComponent(built.bytes).core, manifest.budget.memoryPages)),
		specs: new Map(vms.map((vm) => [vm, spec(vm)])),
		order: encode(order),
	};
}
