/** Whether what a turn returned may happen: all of it or nothing. */
import type { Effect } from '../component/generated/service.ts';
import { capabilityOf } from './box-effects.ts';
import type { BudgetName } from './budget-name.ts';
import type { BoxEffect, VmSpec } from './cell-protocol.ts';
import { VmError } from './error.ts';

/** Bytes counted for an effect beyond its payload, so that a flood of empty ones is one too. */
const overheadBytes = 32;

/**
 * @param timers that may still be set
 * @returns whether something is put into its bucket
 * @throws VmError `flooded`, `denied`
 */
export function checkEffects(spec: VmSpec, effects: readonly Effect[], timers: number): boolean {
	const { effectsPerTurn, effectBytesPerTurn } = spec.budget;
	if (effects.length > effectsPerTurn) throw tooMany(spec, effects.length);
	let bytes = overheadBytes * effects.length;
	let asked = 0;
	let puts = 0;
	for (let at = 0; at < effects.length; at++) {
		const effect = effects[at] as Effect;
		switch (effect.tag) {
			case 'publish':
				// A topic that the operator's policy closes is no fault of the service: the cell drops it. One that
				// was never given out is a forgery.
				if (effect.val.topic >= spec.topics.length) throw forged(spec, effect.val.topic);
				bytes += effect.val.payload.length;
				break;
			case 'request':
				bytes += effect.val.payload.length;
				break;
			case 'reply':
				bytes += effect.val.outcome.val.length;
				break;
			case 'set-timer':
				asked++;
				break;
			case 'cancel-timer':
				break;
			default:
				if (!spec.effects.includes(effect.tag)) throw denied(spec, effect.tag);
				if (effect.tag === 'put') puts++;
				bytes += boxBytes(effect);
		}
	}
	if (bytes > effectBytesPerTurn) throw tooLarge(spec, bytes);
	if (asked > timers) throw flooded(`${spec.name} set more than ${spec.budget.timers} timers`, 'timers');
	return puts > 0;
}

function forged({ name }: VmSpec, topic: number): VmError {
	return new VmError('denied', `${name} published on topic ${topic}, which it was never given`);
}

function denied({ name }: VmSpec, tag: BoxEffect['tag']): VmError {
	const missing = `its manifest does not ask for "${capabilityOf[tag]}"`;
	return new VmError('denied', `${name} has no capability for the effect "${tag}": ${missing}`);
}

function tooMany({ name, budget }: VmSpec, count: number): VmError {
	return flooded(`${name} returned ${count} effects; its budget is ${budget.effectsPerTurn}`, 'effects');
}

function tooLarge({ name, budget }: VmSpec, bytes: number): VmError {
	return flooded(
		`${name} returned ${bytes} bytes of effects; its budget is ${budget.effectBytesPerTurn}`,
		'effect-bytes',
	);
}

function flooded(message: string, budget: BudgetName): VmError {
	return new VmError('flooded', message, { budget });
}

function boxBytes(effect: BoxEffect): number {
	switch (effect.tag) {
		case 'put':
			return effect.val.key.length + effect.val.value.length;
		case 'play':
			return effect.val.bytes.length;
		case 'fetch':
			return effect.val.url.length;
		case 'delete':
			return effect.val.length;
		case 'cancel-fetch':
			return 0;
	}
}
