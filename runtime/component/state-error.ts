/** Why the state of a guest could not be taken out or put back. */
import { CodedError } from '../error.ts';

export const stateErrors = {
	'not-capturable': 'The module keeps state where the platform cannot take it out; it runs, but is not kept.',
	'state-unfit': 'The state is not of this module, or larger than the module may be.',
} as const;

export class StateError extends CodedError<keyof typeof stateErrors> {
	override readonly name = 'StateError';
}
