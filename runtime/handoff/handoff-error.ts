/** What can go wrong with a session and its handoffs. */
import { CodedError, codeOf } from '../error.ts';

export const handoffErrors = {
	'unknown-session': 'no session of this name is open',
	'unknown-network': 'the box has no network of this name',
	'network-down': 'the network asked for is down or too weak',
	'timed-out': 'a step did not end within its deadline',
	refused: 'the VM would not do what it was asked',
	'vm-gone': 'the VM died before it answered',
	'source-gone': 'the VM that had the session died while it was being moved',
	'target-gone': 'the VM that was to have the session died while it was being moved',
	'target-lost': 'the network a session was moving to went down half-way',
	'same-vm': 'the VM provided for the new network is the one that has the session already',
	'state-too-large': 'the state of the session is larger than may be moved',
	'journal-failed': 'the journal could not be written, so the step it announces was not taken',
	'journal-malformed': 'a journal file is not one this version can read; it was removed',
	ended: 'the session came to its end',
	closed: 'the session was closed',
	stopped: 'the platform is stopping; the session goes on after the restart',
} as const;

export type HandoffErrorCode = keyof typeof handoffErrors;

export class HandoffError extends CodedError<HandoffErrorCode> {
	override readonly name = 'HandoffError';
}

/** Any error as one of this table: what others throw is told as `refused`, with its own code in the message. */
export function asHandoffError(error: unknown): HandoffError {
	if (error instanceof HandoffError) {
		return error;
	}
	const code = codeOf(error);
	const message = error instanceof Error ? error.message : String(error);
	return Object.hasOwn(handoffErrors, code)
		? new HandoffError(code as HandoffErrorCode, message, { cause: error })
		: new HandoffError('refused', `${code}: ${message}`, { cause: error });
}
