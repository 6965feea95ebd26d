/** Lines for the operator. Everyone has it: a VM that cannot say why it died helps nobody. */
import { object } from '../field-rules.ts';
import { grantBy } from '../module/manifest.ts';
import { type NumberField, numbers } from '../module/number-field.ts';
import type { Capability } from './capability.ts';

export interface LogGrant {
	readonly linesPerTurn: number;
	readonly bytesPerTurn: number;
}

export const logFields = {
	linesPerTurn: {
		fallback: 64,
		most: 1024,
		what: 'Lines that a turn may write.',
		beyond: 'what is over is left out, and counted',
	},
	bytesPerTurn: { fallback: 16_384, most: 262_144, what: 'Characters of them.', beyond: 'the same' },
} as const satisfies Record<string, NumberField>;

export const log: Capability<LogGrant> = {
	name: 'log',
	imports: 'mullion:service/log@0.1.0',
	isForEveryone: true,
	parse: grantBy('log', object('an object', numbers(logFields))),
	link: (grant) => ({ spec: { log: grant } }),
	quota: ({ linesPerTurn, bytesPerTurn }) => ({ linesPerTurn, bytesPerTurn }),
	close: () => undefined,
};
