/** Why a VM does not go on where it was. */
import { CodedError } from '../error.ts';

export const durabilityErrors = {
	'replay-differs':
		'A VM that was to be brought back did something else than before; it starts anew and what it knew is lost.',
	'state-lost': 'What was kept of a VM is damaged or missing; what it knew since, or all of it, is lost.',
	'turn-too-large': 'A turn was given more than the journal takes as one record.',
} as const;

export class DurabilityError extends CodedError<keyof typeof durabilityErrors> {
	override readonly name = 'DurabilityError';
}
