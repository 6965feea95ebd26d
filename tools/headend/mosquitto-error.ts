/** Why Debian's broker could not be had. */
import { CodedError } from '../../runtime/error.ts';

export const mosquittoErrors = {
	'missing-tool': 'mosquitto is not installed',
	'cannot-listen': 'the address is taken, or is none of this machine',
	'did-not-start': 'mosquitto ended before it accepted connections; its log is in the message',
	'not-running': 'it was stopped, or has ended by itself',
} as const;

export class MosquittoError extends CodedError<keyof typeof mosquittoErrors> {
	override readonly name = 'MosquittoError';
}
