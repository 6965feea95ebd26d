/** What stands around a VM beside its memory, as its ledger has it: put up again when it comes back. */
import type { Resident } from '../vm/resident.ts';
import type { KeepingCell } from './keeping.ts';
import type { Ledger } from './ledger.ts';

export interface SurroundingsOptions {
	readonly cell: KeepingCell;
	readonly resident: Resident;
	readonly ledger: Ledger;
}

/** Timers run on, what was stored is stored again, and what was asked or read elsewhere has its end. */
export function restoreSurroundings({ cell, resident, ledger }: SurroundingsOptions): void {
	for (const correlation of ledger.requests)
		cell.mail.give(resident.id, {
			tag: 'answer',
			val: { correlation, outcome: { tag: 'err', val: 'refused' } },
		});
	endStreams({ cell, resident, ledger });
	for (const timer of ledger.timers.values()) cell.arm(resident, timer);
	for (const [key, { value }] of ledger.stored)
		cell.say({
			tag: 'effect',
			vm: resident.id,
			effect: value === undefined ? { tag: 'delete', val: key } : { tag: 'put', val: { key, value } },
		});
}

/** What it read is not read on; an end that waits for it already is enough. */
export function endStreams({ cell, resident, ledger }: SurroundingsOptions): void {
	for (const stream of ledger.streams) {
		const isEnded = resident.inbox.holds(
			({ event }) => event.tag === 'stream-ended' && event.val.stream === stream,
		);
		if (isEnded) continue;
		cell.mail.give(resident.id, {
			tag: 'stream-ended',
			val: { stream, outcome: { tag: 'err', val: 'unreachable' } },
		});
	}
}
