/** What a cell is told of a VM: its manifest as the box and its operator allow it, and what its capabilities need. */
import type { Carriage } from '../bus/carriage.ts';
import { type PolicyRule, topicGrants } from '../bus/policy.ts';
import type { LinkedVm } from '../capability/link-vm.ts';
import type { Manifest } from '../module/manifest.ts';
import type { TopicGrant, VmSpec } from './cell-protocol.ts';
import type { Supervised, VmPlan } from './supervised.ts';

export interface SpecOptions {
	readonly rules?: readonly PolicyRule[];
	/** Where a container VM carries messages; without it the platform does. */
	readonly carriage?: Carriage | undefined;
	/** VMs that are not realtime are put to sleep after so long without a turn, in milliseconds; default never. */
	readonly sleepAfterMs?: number | undefined;
}

export function specOf({ plan, recorded }: Supervised, linked: LinkedVm, options: SpecOptions): VmSpec {
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
		topics: topicsOf(manifest, options),
		...(options.carriage?.isContainer(manifest) === true && { isContainer: true }),
		effects: linked.effects(),
		config: manifest.config.bytes,
		baseband,
		...keepOf(plan),
		...sleepOf(manifest, options.sleepAfterMs),
		...(recorded === undefined ? {} : { recording: recorded.order }),
		...linked.spec,
	};
}

/** What its VMs are granted, by the ways that there are now. */
export function topicsOf(manifest: Manifest, { rules, carriage }: SpecOptions): TopicGrant[] {
	const granted = topicGrants(manifest, rules);
	return carriage?.grants(manifest, granted) ?? granted;
}

function keepOf({ component: { manifest, digest } }: VmPlan): Pick<VmSpec, 'keep'> {
	const { mode, intervalMs } = manifest.durability;
	return mode === 'none' ? {} : { keep: { mode, intervalMs, digest } };
}

function sleepOf({ priority }: Manifest, sleepAfterMs: number | undefined): Pick<VmSpec, 'sleepAfterMs'> {
	return sleepAfterMs === undefined || priority === 'realtime' ? {} : { sleepAfterMs };
}
