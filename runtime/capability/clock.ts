/** Time, given to each turn as an argument. Services of the open domain see it in coarser steps. */
import { object } from '../field-rules.ts';
import { grantBy } from '../module/manifest.ts';
import { type NumberField, numbers } from '../module/number-field.ts';
import type { Capability } from './capability.ts';

export interface ClockGrant {
	/** Microseconds between two readings that a VM can tell apart. */
	readonly stepUs: number;
}

/** Coarse enough to tell nothing of what other VMs do (timing channels), fine enough for any service. */
const openStepUs = 1000;

export const clockFields = {
	stepUs: {
		fallback: 1,
		most: 1_000_000,
		what: `Microseconds between two readings of the time; in the domain \`open\` no less than ${openStepUs}.`,
		beyond: 'time stands still in between',
	},
} as const satisfies Record<string, NumberField>;

const readGrant = grantBy('clock', object('an object', numbers(clockFields)));

export const clock: Capability<ClockGrant> = {
	name: 'clock',
	isForEveryone: true,
	parse: (grant, { domain }) => {
		const finest = domain === 'open' ? openStepUs : 1;
		return { stepUs: Math.max(readGrant(grant).stepUs, finest) };
	},
	link: ({ stepUs }) => ({ spec: { clockStepUs: stepUs } }),
	quota: ({ stepUs }) => ({ stepUs }),
	close: () => undefined,
};
