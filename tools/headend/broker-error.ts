/** Why the embedded broker could not start. */
import { CodedError } from '../../runtime/error.ts';

export const brokerErrors = {
	'cannot-listen': 'the address is taken, or is none of this machine',
} as const;

export class BrokerError extends CodedError<keyof typeof brokerErrors> {
	override readonly name = 'BrokerError';
}
