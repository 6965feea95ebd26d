/**
 * The place of a VM between two versions: what waits for the one waits for the other, and so does what is said
 * meanwhile. Who asked the first is refused; who has to wait for room waits on.
 */
import type { Waiting } from '../bus/inbox.ts';
import type { Event } from '../component/generated/service.ts';
import type { VmSpec } from './cell-protocol.ts';
import type { Hibernation } from './hibernation.ts';
import type { Mail } from './mail.ts';
import type { Resident } from './resident.ts';
import type { Turns } from './turns.ts';

export interface VacancyOptions {
	readonly mail: Mail;
	readonly turns: Turns;
	readonly hibernation: Hibernation;
}

/** The VM is gone, and its place is kept. */
export function vacate(resident: Resident, { mail, turns, hibernation }: VacancyOptions): void {
	// A turn that is cut off did not happen.
	if (resident.paused !== undefined) resident.inbox.giveBack(resident.taken);
	resident.taken = [];
	turns.end(resident);
	hibernation.gone(resident);
	resident.clearTimers();
	mail.asking.leave(resident);
	resident.inbox.keep(({ event, topic }) => topic !== undefined && !isRequest(event));
	resident.singly = 0;
	resident.isLeaving = false;
	resident.isVacant = true;
	mail.releaseWaiters(resident);
}

/** Another version takes the place: of what waits it gets what it subscribes. */
export function takePlace(
	resident: Resident,
	spec: VmSpec,
	{ mail, nowUs }: { readonly mail: Mail; readonly nowUs: number },
): void {
	const waiting = resident.inbox.list().flatMap((item): Waiting<Event>[] => {
		const { event, topic } = item;
		// What the platform had for the one before.
		if (event.tag !== 'message' || topic === undefined) return [];
		const index = spec.topics.findIndex(({ name, maySubscribe }) => name === topic && maySubscribe);
		if (index >= 0)
			return [{ ...item, failures: 0, event: { tag: 'message', val: { ...event.val, topic: index } } }];
		mail.asking.refuse(resident, event.val.correlation);
		return [];
	});
	resident.moveIn(spec, waiting, nowUs);
	// What came to it may be on its way once more, to those that keep no journal.
	const isJournalled = spec.keep?.mode === 'journal';
	resident.before = isJournalled ? undefined : (resident.before ?? resident.keeper?.received);
	if (spec.keep !== undefined) return;
	resident.keeper = undefined;
	resident.isJournalled = false;
}

function isRequest(event: Event): boolean {
	return event.tag === 'message' && event.val.correlation !== 0;
}
