/** All of a VM between two turns, as it goes from one cell to another. */
import type { Waiting } from '../bus/inbox.ts';
import type { Event } from '../component/generated/service.ts';
import type { Resident } from './resident.ts';

export interface ArmedTimer {
	readonly id: number;
	readonly delayMs: number;
	readonly repeat: boolean;
	/** When it fires next, in microseconds since the epoch. */
	readonly dueUs: number;
}

export interface Passage {
	/** Its state, packed as for its sleep. */
	readonly asleep: Uint8Array;
	/** What waits for it, the oldest first. */
	readonly waiting: readonly Waiting<Event>[];
	readonly timers: readonly ArmedTimer[];
	/** What its turns have stored. */
	readonly stored: ReadonlyMap<string, Uint8Array>;
}

/** Why a VM cannot go at this moment; undefined where it can. */
export function obstacleTo({ keeper, vm, stage, paused, held, cellsAwaited }: Resident): string | undefined {
	if (vm === undefined || stage !== 'turn') return 'it is not running';
	if (vm.isPlain) return 'its state cannot be taken';
	if (keeper !== undefined) return 'what is kept of it belongs to its cell';
	if (paused !== undefined) return 'it is in the middle of a turn';
	if (held.length > 0 || cellsAwaited > 0) return 'what it said has not found room';
	return undefined;
}

/**
 * What waits for it: in its inbox, and with those who stand still since it has no room. Who asked it
 * something asks the cell that it leaves, and is refused there; what it asked itself will not be answered.
 */
export function waitingFor(resident: Resident, asked: readonly number[]): Waiting<Event>[] {
	const isRequest = ({ event }: Waiting<Event>): boolean =>
		event.tag === 'message' && event.val.correlation !== 0;
	const waiting = resident.inbox.list().filter((item) => !isRequest(item));
	for (const sender of resident.waiters)
		for (const { to, item } of sender.held) if (to === resident && !isRequest(item)) waiting.push(item);
	for (const correlation of asked) {
		const outcome = { tag: 'err', val: 'refused' } as const;
		waiting.push({ event: { tag: 'answer', val: { correlation, outcome } }, bytes: 0, failures: 0 });
	}
	return waiting;
}
