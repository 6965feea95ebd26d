/** Time, given to each turn as an argument. Services of the open domain see it in coarser steps. */
import { Fields } from '../module/manifest-fields.ts';
import type { Capability } from './capability.ts';

export interface ClockGrant {
	/** Microseconds between two readings that a VM can tell apart. */
	readonly stepUs: number;
}

/** Coarse enough to tell nothing of what other VMs do (timing channels), fine enough for any service. */
const openStepUs = 1000;

export const clock: Capability<ClockGrant> = {
	name: 'clock',
	isForEveryone: true,
	parse: (grant, { domain }) => {
		const fields = new Fields(grant, 'manifest.capabilities.clock');
		const finest = domain === 'open' ? openStepUs : 1;
		const stepUs = fields.whole('stepUs', { fallback: finest, most: 1_000_000 });
		fields.end();
		return { stepUs: Math.max(stepUs, finest) };
	},
	link: ({ stepUs }) => ({ spec: { clockStepUs: stepUs } }),
	quota: ({ stepUs }) => ({ stepUs }),
	close: () => undefined,
};
