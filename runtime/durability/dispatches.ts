/**
 * What the journalled VMs of a cell have said to other cells, until it is safe there.
 *
 * A cell that takes the place of another, or comes back later than this one, is told again; a receiver
 * knows by the identity of a message whether it has had it.
 */
import type { Place } from '../bus/record.ts';
import type { CellNumber, VmId } from '../vm/cell-protocol.ts';
import type { MessageId } from './marks.ts';

export interface Dispatch {
	readonly id: MessageId;
	/** Its way: see `bus/ways.ts`. */
	readonly topic: string;
	readonly payload: Uint8Array;
}

/** The ways to other cells. */
export interface Ways {
	/** Cells that want the topic now. */
	destinations(topic: string): readonly CellNumber[];
	/** Whether somebody who wants it is not there at present. */
	awaits(topic: string): boolean;
	/** @param isAgain only for receivers that keep a journal too */
	dispatch(to: CellNumber, message: Dispatch, isAgain: boolean): void;
}

interface Entry {
	readonly message: Dispatch;
	/** Cells that were told. */
	readonly told: Set<CellNumber>;
	/** Those of them where it is not safe yet. */
	readonly awaited: Set<CellNumber>;
	/** Somebody was not there when it was said: who comes to want its topic is told too. */
	isOpen: boolean;
}

/** What may be under way; the oldest is let go, and lost if its receivers are lost with it. */
const most = { messages: 65_536, bytes: 16_777_216 };

export function isBefore({ turn, index }: Place, other: Place): boolean {
	return turn < other.turn || (turn === other.turn && index < other.index);
}

export class Dispatches {
	readonly #ways: Ways;
	/** In the order they were said. */
	readonly #entries = new Set<Entry>();
	#bytes = 0;

	constructor(ways: Ways) {
		this.#ways = ways;
	}

	send(message: Dispatch, isAgain: boolean): void {
		const cells = this.#ways.destinations(message.topic);
		const isOpen = this.#ways.awaits(message.topic);
		if (cells.length === 0 && !isOpen) return;
		this.#entries.add({ message, told: new Set(cells), awaited: new Set(cells), isOpen });
		this.#bytes += message.payload.length;
		for (const cell of cells) this.#ways.dispatch(cell, message, isAgain);
		this.#bound();
	}

	/** What the VM said before this place is safe in that cell. */
	safe(cell: CellNumber, sender: VmId, before: Place): void {
		for (const entry of this.#entries) {
			const { id } = entry.message;
			if (id.sender !== sender || !entry.awaited.has(cell)) continue;
			if (!isBefore(id, before)) return;
			entry.awaited.delete(cell);
			this.#settle(entry);
		}
	}

	/** That cell is gone, with all that was not safe there. */
	lost(cell: CellNumber): void {
		for (const entry of this.#entries) {
			entry.told.delete(cell);
			if (entry.awaited.delete(cell)) entry.isOpen = true;
		}
	}

	/** Other cells, or their VMs, have come, or are waited for no longer. */
	changed(): void {
		for (const entry of this.#entries) {
			if (!entry.isOpen) continue;
			for (const cell of this.#ways.destinations(entry.message.topic)) {
				if (entry.told.has(cell)) continue;
				entry.told.add(cell);
				entry.awaited.add(cell);
				this.#ways.dispatch(cell, entry.message, true);
			}
			entry.isOpen = this.#ways.awaits(entry.message.topic);
			this.#settle(entry);
		}
	}

	/** What of this VM is not safe everywhere yet, the oldest first. */
	of(sender: VmId): Dispatch[] {
		return [...this.#entries].flatMap(({ message }) => (message.id.sender === sender ? [message] : []));
	}

	#settle(entry: Entry): void {
		if (entry.awaited.size > 0 || entry.isOpen) return;
		this.#entries.delete(entry);
		this.#bytes -= entry.message.payload.length;
	}

	#bound(): void {
		for (const entry of this.#entries) {
			if (this.#entries.size <= most.messages && this.#bytes <= most.bytes) return;
			this.#entries.delete(entry);
			this.#bytes -= entry.message.payload.length;
		}
	}
}
