/** Which of the messages that a failed turn was given is at fault: it is given them once more, one by one. */
import type { Waiting } from '../bus/inbox.ts';
import type { Event } from '../component/generated/service.ts';
import type { Resident } from './resident.ts';

/** What has ended two turns by itself, and is given no more. */
export interface Culprit {
	readonly topic: string;
	readonly payload: Uint8Array;
	/** Of whoever waits for an answer; 0 for nobody. */
	readonly correlation: number;
}

/** What the failed turn was given waits again; what alone has failed twice is returned. */
export function blame(resident: Resident, taken: readonly Waiting<Event>[]): Culprit | undefined {
	const isKept = resident.keeper?.isJournalled === true;
	const messages = taken.filter(({ event }) => isKept || event.tag === 'message');
	const [only] = messages;
	let culprit: Culprit | undefined;
	if (taken.length === 1 && only !== undefined && ++only.failures >= 2) {
		const message = only.event.tag === 'message' ? only.event.val : undefined;
		culprit = {
			topic: only.topic ?? '',
			payload: message?.payload ?? new Uint8Array(0),
			correlation: message?.correlation ?? 0,
		};
		resident.setAside++;
		messages.length = 0;
	}
	resident.singly = Math.max(resident.singly - 1, 0) + messages.length;
	resident.inbox.giveBack(messages);
	return culprit;
}
