/** Why there is no broker to work with. */
import { CodedError } from '../../runtime/error.ts';

export const brokerErrors = {
	'cannot-listen': 'the address is taken, or is none of this machine',
	'already-served': 'somebody serves boxes a repository on this broker already, and they would hear both',
	unreachable: 'no MQTT 5 broker answers at the address that was given',
} as const;

export class BrokerError extends CodedError<keyof typeof brokerErrors> {
	override readonly name = 'BrokerError';
}
