/** Effects that the box, not the cell, carries out, and the capability that each comes with. */
import type { Effect } from '../component/generated/service.ts';
import type { BoxEffect } from './cell-protocol.ts';

export const capabilityOf = {
	put: 'key-value',
	delete: 'key-value',
	fetch: 'network-stream',
	'cancel-fetch': 'network-stream',
	play: 'media-sink',
} as const satisfies Record<BoxEffect['tag'], string>;

export const boxEffects = Object.keys(capabilityOf) as readonly BoxEffect['tag'][];

export function effectsOf(capability: string): BoxEffect['tag'][] {
	return boxEffects.filter((tag) => capabilityOf[tag] === capability);
}

export function isBoxEffect(effect: Effect): effect is BoxEffect {
	return Object.hasOwn(capabilityOf, effect.tag);
}
