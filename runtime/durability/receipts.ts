/**
 * Tells other cells what of their VMs' messages is safe here: it is in a turn that is durable, or nobody
 * who keeps a journal wants it. Told a while after it came, for all messages of a while at once.
 */
import type { Place } from '../bus/record.ts';
import type { Clock, Timer } from '../clock.ts';
import type { CellNumber, VmId } from '../vm/cell-protocol.ts';
import { isBefore } from './dispatches.ts';
import type { MessageId } from './marks.ts';

export interface ReceiptsOptions {
	readonly clock: Clock;
	/** Identities of all messages that are here and in no durable or coming record. */
	readonly waiting: () => Iterable<MessageId>;
	/** Calls `then` once everything that has happened so far is durable. */
	readonly whenDurable: (then: () => void) => void;
	readonly tell: (cell: CellNumber, sender: VmId, before: Place) => void;
}

interface Account {
	/** Where the sender is. */
	cell: CellNumber;
	/** Right behind the last message that came. */
	end: Place;
}

/** How long messages gather before their cell is told, in milliseconds. */
const gatherMs = 50;

export class Receipts {
	readonly #options: ReceiptsOptions;
	/** Of the VMs whose messages are not all told to be safe. */
	readonly #accounts = new Map<VmId, Account>();
	#timer: Timer | undefined;

	constructor(options: ReceiptsOptions) {
		this.#options = options;
	}

	/** A message has come, for anybody or nobody. */
	came(cell: CellNumber, { sender, turn, index }: MessageId): void {
		const account = this.#accounts.get(sender);
		const end = { turn, index: index + 1 };
		if (account === undefined || account.cell !== cell) this.#accounts.set(sender, { cell, end });
		else if (isBefore(account.end, end)) account.end = end;
		this.#arm();
	}

	/** Nobody there hears us any more. */
	lost(cell: CellNumber): void {
		for (const [sender, account] of this.#accounts) if (account.cell === cell) this.#accounts.delete(sender);
	}

	#arm(): void {
		this.#timer ??= this.#options.clock.after(gatherMs, () => {
			this.#timer = undefined;
			this.#gather();
		});
	}

	#gather(): void {
		const first = new Map<VmId, Place>();
		for (const id of this.#options.waiting()) {
			const earliest = first.get(id.sender);
			if (earliest === undefined || isBefore(id, earliest)) first.set(id.sender, id);
		}
		const told = [...this.#accounts].map(([sender, account]) => {
			const { cell, end } = account;
			return { sender, account, cell, end, before: first.get(sender) ?? end };
		});
		this.#options.whenDurable(() => {
			for (const { sender, account, cell, end, before } of told) {
				if (this.#accounts.get(sender) !== account) continue;
				this.#options.tell(cell, sender, before);
				if (before === end && account.end === end) this.#accounts.delete(sender);
			}
			if (this.#accounts.size > 0) this.#arm();
		});
	}
}
