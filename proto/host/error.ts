/** What can be wrong with a message, on either side of its codec. */
import { CodedError } from './coded-error.ts';

export const contractErrors = {
	'malformed-message': 'Bytes that are not the message they should be, or hold an integer beyond 2^53',
	'unfit-value': 'A value that the message it was given for cannot hold',
	'unknown-type': 'A message type that the schema does not describe',
} as const;

export class ContractError extends CodedError<keyof typeof contractErrors> {
	override readonly name = 'ContractError';
}
