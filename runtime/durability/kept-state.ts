/** A ledger and the messages around it as the bytes that stand beside a VM's memory in a snapshot. */

import type { Sent, Waiting } from '../../proto/host/durability/kept.ts';
import { keptCodec } from './kept-codec.ts';
import { Ledger } from './ledger.ts';
import { Marks } from './marks.ts';

export interface KeptState {
	readonly ledger: Ledger;
	/** Of its last record in the journal; 0 without one. */
	readonly sequence: number;
	readonly inbox: readonly Waiting[];
	readonly sent: readonly Sent[];
}

export function encodeKept({ ledger, sequence, inbox, sent }: KeptState): Uint8Array {
	return keptCodec().Kept.encode({
		turn: ledger.turn,
		sequence,
		joined: ledger.joined,
		marks: ledger.marks.list(),
		timers: [...ledger.timers.values()].map(({ dueUs, ...timer }) => ({ ...timer, due: dueUs })),
		requests: [...ledger.requests],
		streams: [...ledger.streams],
		correlation: ledger.correlation,
		stored: [...ledger.stored].map(([key, { value, atUs }]) => ({ key, value, at: atUs })),
		inbox,
		sent,
	});
}

/** @throws ContractError `malformed-message` */
export function decodeKept(bytes: Uint8Array, clockStepUs: number): KeptState {
	const kept = keptCodec().Kept.decode(bytes);
	const ledger = new Ledger(kept.turn, clockStepUs);
	ledger.joined = kept.joined;
	ledger.marks = new Marks(kept.marks);
	for (const { due, ...timer } of kept.timers) ledger.timers.set(timer.id, { ...timer, dueUs: due });
	for (const request of kept.requests) ledger.requests.add(request);
	for (const stream of kept.streams) ledger.streams.add(stream);
	ledger.correlation = kept.correlation;
	for (const { key, value, at } of kept.stored) ledger.stored.set(key, { value, atUs: at });
	return { ledger, sequence: kept.sequence, inbox: kept.inbox, sent: kept.sent };
}
