/** What a cell is told of a VM: its manifest as the box and its operator allow it, and what its capabilities need. */
import { type PolicyRule, topicGrants } from '../bus/policy.ts';
import type { LinkedVm } from '../capability/link-vm.ts';
import type { Manifest } from '../module/manifest.ts';
import type { VmSpec } from './cell-protocol.ts';
import type { Supervised, VmPlan } from './supervised.ts';

export interface SpecOptions {
	readonly rules?: readonly PolicyRule[];
	/** VMs that are not realtime are put to sleep after so long without a turn, in milliseconds; default never. */
	readonly sleepAfterMs?: number | undefined;
}

export function specOf(
	{ plan, recorded }: Supervised,
	linked: LinkedVm,
	{ rules, sleepAfterMs }: SpecOptions,
): VmSpec {
	const { component, baseband, name } = plan;
	const { manifest, module, code, encoding, foreign } = component;
	return {
		name,
		module,
		encoding,
		...(code?.key !== undefined && { code: code.key }),
		...(foreign && { foreign }),
		priority: manifest.priority,
		budget: manifest.budget,
		topics: topicGrants(manifest, rules),
		effects: linked.effects(),
		config: manifest.config.bytes,
		baseband,
		...keepOf(plan),
		...sleepOf(manifest, sleepAfterMs),
		...(recorded === undefined ? {} : { recording: recorded.order }),
		...linked.spec,
	};
}

function keepOf({ component: { manifest, digest } }: VmPlan): Pick<VmSpec, 'keep'> {
	const { mode, intervalMs } = manifest.durability;
	return mode === 'none' ? {} : { keep: { mode, intervalMs, digest } };
}

function sleepOf({ priority }: Manifest, sleepAfterMs: number | undefined): Pick<VmSpec, 'sleepAfterMs'> {
	return sleepAfterMs === undefined || priority === 'realtime' ? {} : { sleepAfterMs };
}
