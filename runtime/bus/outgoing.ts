/**
 * The way to one other cell: a ring, and behind it what found no room there.
 *
 * A topic that holds its sender loses nothing here: so much may be under way that has not found room
 * in the other cell's inboxes, and then the sender stands still. Of other topics the oldest go.
 */
import type { FullPolicy } from '../module/manifest.ts';
import type { VmId } from '../vm/cell-protocol.ts';
import type { Doorbell } from './doorbell.ts';
import { Inbox } from './inbox.ts';
import { type BusRecord, payloadOf, RecordWriter } from './record.ts';
import { RingWriter } from './ring.ts';

/** Bytes of a VM that may be under way to a cell before the VM stands still. */
export const windowBytes = 65_536;
/** Counted for a record beyond its payload. */
export const recordBytes = 32;
/** What waits for the ring and may be lost. */
const most = { messages: 256, bytes: 262_144 };

interface Waiting {
	readonly record: BusRecord;
	readonly stamp: number;
}

interface Account {
	readonly vm: VmId;
	bytes: number;
}

export interface OutgoingOptions {
	readonly ring: SharedArrayBuffer;
	readonly bell: Doorbell;
	/** The VM stands still for this cell, or no longer does. */
	readonly hold: (vm: VmId, isHeld: boolean) => void;
}

export class Outgoing {
	readonly #ring: RingWriter;
	readonly #writer: RecordWriter;
	readonly #bell: Doorbell;
	readonly #hold: OutgoingOptions['hold'];
	readonly #waiting = new Inbox<Waiting>(most);
	/** Taken from what waits, and perhaps half written. */
	#next: Waiting | undefined;
	/** What of each VM has not found room there yet. */
	readonly #accounts = new Map<VmId, Account>();
	/** Who spoke last speaks again, most of the time. */
	#last: Account | undefined;

	constructor({ ring, bell, hold }: OutgoingOptions) {
		this.#ring = new RingWriter(ring);
		this.#writer = new RecordWriter(this.#ring);
		this.#bell = bell;
		this.#hold = hold;
	}

	get dropped(): number {
		return this.#waiting.dropped;
	}

	/** False for a request when too much waits already. */
	send(record: BusRecord, { stamp, whenFull }: { stamp: number; whenFull: FullPolicy }): boolean {
		if (record.tag === 'publication' && record.holds)
			this.#count(record.sender, record.payload.length + recordBytes);
		if (this.#next === undefined) {
			if (!this.#writer.write(record, stamp)) this.#next = { record, stamp };
			return true;
		}
		const bytes = payloadOf(record).length + recordBytes;
		const item = { event: { record, stamp }, bytes, failures: 0 };
		if (record.tag === 'request') return this.#waiting.offer(item, 'block');
		// Bounded where it comes from: its sender stands still, or was asked, or was told of room.
		if (whenFull === 'block' || record.tag !== 'publication') this.#waiting.push(item);
		else this.#waiting.offer({ ...item, topic: `${record.topic} ${record.sender}` }, whenFull);
		return true;
	}

	/** Lets the other cell see what was written, and wakes it if it sleeps; goes on with what had no room. */
	commit(): void {
		while (this.#next !== undefined && this.#writer.write(this.#next.record, this.#next.stamp))
			this.#next = this.#waiting.take(1)[0]?.event;
		if (this.#ring.commit()) this.#bell.ring();
	}

	/** True when all that was said is in the ring. */
	get isEmpty(): boolean {
		return this.#next === undefined;
	}

	/** True while something that the VM has said is not in the ring. */
	hasWaiting(vm: VmId): boolean {
		const isOf = ({ record }: Waiting): boolean => 'sender' in record && record.sender === vm;
		return (this.#next !== undefined && isOf(this.#next)) || this.#waiting.holds(({ event }) => isOf(event));
	}

	/** So many bytes of what the VM said have found room. */
	placed(vm: VmId, bytes: number): void {
		if (this.#accounts.has(vm)) this.#count(vm, -bytes);
	}

	isHeld(vm: VmId): boolean {
		return (this.#accounts.get(vm)?.bytes ?? 0) > windowBytes;
	}

	/** The VM is gone: what it had under way is nobody's any more. */
	forget(vm: VmId): void {
		if (this.isHeld(vm)) this.#hold(vm, false);
		this.#accounts.delete(vm);
		this.#last = undefined;
	}

	/** The other cell is gone: nobody waits for it. */
	close(): void {
		for (const vm of [...this.#accounts.keys()]) this.forget(vm);
	}

	#count(vm: VmId, bytes: number): void {
		const account = this.#last?.vm === vm ? this.#last : this.#account(vm);
		this.#last = account;
		const before = account.bytes;
		const after = Math.max(0, before + bytes);
		account.bytes = after;
		if (before > windowBytes !== after > windowBytes) this.#hold(vm, after > windowBytes);
	}

	#account(vm: VmId): Account {
		const account = this.#accounts.get(vm) ?? { vm, bytes: 0 };
		this.#accounts.set(vm, account);
		return account;
	}
}
