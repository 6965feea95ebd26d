/** What a VM may use up: the usual amount, the most that is granted, and what happens beyond it. */
import type { BudgetName } from '../vm/budget-name.ts';
import type { Budget } from './manifest.ts';
import type { NumberField } from './number-field.ts';

/** @param name as in events and in `mullion status` */
const flooded = (name: BudgetName): string => `nothing of the turn happens (\`flooded\`, named \`${name}\`)`;

export const budgetFields: Readonly<Record<keyof Budget, NumberField>> = {
	memoryPages: {
		fallback: 16,
		most: 1024,
		what: 'Linear memory, in pages of 64 KiB.',
		beyond:
			'growing fails, upon which a service traps (`trapped`, named `memory`); a module that declares more is refused (`memory-unbounded`)',
	},
	turnMs: {
		fallback: 500,
		most: 10_000,
		what: 'Time of one turn on a slow core, in milliseconds; counted in fuel, of which from 5369 on there is no more.',
		beyond: 'the turn is ended, and nothing of it happens (`over-budget`, named `turn-time`)',
	},
	cpuPercent: {
		fallback: 100,
		most: 100,
		what: 'Share of one core over a second, in percent; at 100 nobody counts.',
		beyond: 'it is held back until it has its share again (named `cpu-share`)',
	},
	deadlineMs: {
		fallback: 5,
		most: 1000,
		what: 'Of a realtime VM: how soon it is called after something has arrived, in milliseconds. The earliest deadline goes first.',
		beyond: 'it is called late, and the operator is told (named `deadline`)',
	},
	timers: {
		fallback: 256,
		most: 4096,
		what: 'Timers that are set at once.',
		beyond: flooded('timers'),
	},
	inboxMessages: {
		fallback: 256,
		most: 65_536,
		what: 'Messages that wait for it.',
		beyond: 'as `whenFull` of the topic says; a request that finds no room is refused (named `inbox`)',
	},
	inboxBytes: {
		fallback: 262_144,
		most: 16_777_216,
		what: 'Their payloads in bytes, and 32 for each message.',
		beyond: 'the same; one that is larger than all of it is dropped and counted',
	},
	effectsPerTurn: {
		fallback: 1024,
		most: 65_536,
		what: 'Effects that a turn returns: messages, answers, timers, key-values, fetches, frames.',
		beyond: flooded('effects'),
	},
	effectBytesPerTurn: {
		fallback: 1_048_576,
		most: 16_777_216,
		what: 'Their payloads in bytes, and 32 for each effect.',
		beyond: flooded('effect-bytes'),
	},
};
