/** What waits for a VM when it leaves its cell, as far as it is kept: messages, but for those whose sender waits for an answer. */
import type { Waiting as KeptWaiting } from '../../proto/host/durability/kept.ts';
import type { Waiting } from '../bus/inbox.ts';
import type { Event } from '../component/generated/service.ts';
import type { Resident } from '../vm/resident.ts';
import type { KeepingCell } from './keeping.ts';

/** In the order in which it would have been given: of each sender as it was said. */
export function waitingFor(
	resident: Resident,
	{ residents, mail }: Pick<KeepingCell, 'residents' | 'mail'>,
): Waiting<Event>[] {
	// What a turn was given that does not end is given once more.
	const taken = resident.paused === undefined ? [] : resident.taken;
	const held = [...residents.values().flatMap((sender) => sender.held), ...mail.heldFromAfar()];
	const noRoom = held.flatMap(({ to, item }) => (to === resident ? [item] : []));
	return [...taken, ...resident.inbox.list(), ...noRoom];
}

/** Those of them that are kept. */
export function keptOf(waiting: readonly Waiting<Event>[]): KeptWaiting[] {
	return waiting.flatMap((item) => {
		const { event, topic = '', from } = item;
		if (event.tag !== 'message' || !isKept(item)) return [];
		const { sender, payload } = event.val;
		return [{ topic, sender, payload, ...(from && { from }) }];
	});
}

/** The same by the names under which they come back from a record of them. */
export function named(
	waiting: readonly Waiting<Event>[],
	{ turn, sequence }: { readonly turn: number; readonly sequence: number },
): Waiting<Event>[] {
	let index = 0;
	return waiting.map((item) => {
		if (!isKept(item)) return item;
		const from = item.from ?? { sender: 0, turn, index, sequence };
		index++;
		return { ...item, from };
	});
}

/** Who asked is told that there is no answer. */
function isKept({ event }: Waiting<Event>): boolean {
	return event.tag === 'message' && event.val.correlation === 0;
}
