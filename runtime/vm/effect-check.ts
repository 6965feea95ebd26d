/** Whether what a turn returned may happen: all of it or nothing. */
import type { Effect } from '../component/generated/service.ts';
import type { BoxEffect, VmSpec } from './cell-protocol.ts';
import { VmError } from './error.ts';

/** Bytes counted for an effect beyond its payload, so that a flood of empty ones is one too. */
const overheadBytes = 32;

/** @throws VmError `flooded`, `denied` */
export function checkEffects(spec: VmSpec, effects: readonly Effect[]): void {
	const { effectsPerTurn, effectBytesPerTurn } = spec.budget;
	if (effects.length > effectsPerTurn)
		throw new VmError(
			'flooded',
			`${spec.name} returned ${effects.length} effects; its budget is ${effectsPerTurn}`,
			{ budget: 'effects' },
		);
	let bytes = 0;
	for (const effect of effects) {
		checkGrant(spec, effect);
		bytes += overheadBytes + payloadBytes(effect);
	}
	if (bytes > effectBytesPerTurn)
		throw new VmError(
			'flooded',
			`${spec.name} returned ${bytes} bytes of effects; its budget is ${effectBytesPerTurn}`,
			{ budget: 'effect-bytes' },
		);
}

/** @param most timers that may still be set; @throws VmError `flooded` */
export function checkTimers(spec: VmSpec, effects: readonly Effect[], most: number): void {
	let asked = 0;
	for (const { tag } of effects) if (tag === 'set-timer') asked++;
	if (asked > most)
		throw new VmError('flooded', `${spec.name} set more than ${spec.budget.timers} timers`, {
			budget: 'timers',
		});
}

function checkGrant(spec: VmSpec, effect: Effect): void {
	switch (effect.tag) {
		case 'publish':
			// A topic that the operator's policy closes is no fault of the service: the cell drops it. One that
			// was never given out is a forgery.
			if (spec.topics[effect.val.topic] === undefined)
				throw new VmError(
					'denied',
					`${spec.name} published on topic ${effect.val.topic}, which it was never given`,
				);
			return;
		case 'request':
		case 'reply':
		case 'set-timer':
		case 'cancel-timer':
			return;
		default:
			if (!spec.effects.includes(effect.tag))
				throw new VmError('denied', `${spec.name} has no capability for the effect "${effect.tag}"`);
	}
}

function payloadBytes(effect: Effect): number {
	switch (effect.tag) {
		case 'publish':
		case 'request':
			return effect.val.payload.length;
		case 'reply':
			return effect.val.outcome.val.length;
		case 'put':
			return effect.val.key.length + effect.val.value.length;
		case 'play':
			return effect.val.bytes.length;
		case 'fetch':
			return effect.val.url.length;
		case 'delete':
			return effect.val.length;
		default:
			return 0;
	}
}

/** True for what the box, not the cell, carries out. */
export function isBoxEffect(effect: Effect): effect is BoxEffect {
	return ['put', 'delete', 'fetch', 'cancel-fetch', 'play'].includes(effect.tag);
}
