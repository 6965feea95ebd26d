/** What waits for a VM: bounded in messages and bytes, in order, with a policy per topic for when it is full. */
import type { MessageId } from '../durability/marks.ts';
import type { FullPolicy } from '../module/manifest.ts';

export interface Waiting<Event> {
	readonly event: Event;
	/** Counted against `inboxBytes`; 0 for small events of the platform's own. */
	readonly bytes: number;
	/** Undefined for events of the platform: they are bounded where they come from. */
	readonly topic?: string;
	/** Somebody waits for the answer: it never goes to make room for others. */
	readonly isRequest?: boolean;
	/** How often this alone has ended a turn badly. */
	failures: number;
	/** Of a message whose sender would say it again after a crash. */
	readonly from?: MessageId | undefined;
	/** A message of a VM of the same cell that nobody else has or looks at: with its turn it ends. */
	readonly isSole?: boolean;
}

export interface InboxOptions {
	readonly messages: number;
	readonly bytes: number;
}

const none: never[] = [];

export class Inbox<Event> {
	readonly #most: InboxOptions;
	/** Never pushed to while it is empty. */
	#waiting: Waiting<Event>[] = none;
	#bytes = 0;
	#dropped = 0;

	constructor(most: InboxOptions) {
		this.#most = most;
	}

	get length(): number {
		return this.#waiting.length;
	}

	get bytes(): number {
		return this.#bytes;
	}

	/** Messages lost to the policy of their topic since the VM was made. */
	get dropped(): number {
		return this.#dropped;
	}

	/** True when there was room, and it was taken. */
	admit(item: Waiting<Event>): boolean {
		const fits = this.#fits(item);
		if (fits) this.push(item);
		return fits;
	}

	/** True when taken (room may have been made by dropping); false when the sender has to wait, or its request finds no room. */
	offer(item: Waiting<Event>, policy: FullPolicy): boolean {
		if (this.admit(item)) return true;
		if (item.bytes > this.#most.bytes) return this.#drop(item);
		if (policy === 'block') return false;
		this.#makeRoom(item, policy);
		return this.admit(item) || this.#drop(item);
	}

	/** Takes an event of the platform whatever is waiting. */
	push(item: Waiting<Event>): void {
		// Most wait alone, and an array that is pushed to makes room for sixteen more.
		if (this.#waiting.length === 0) this.#waiting = [item];
		else this.#waiting.push(item);
		this.#bytes += item.bytes;
	}

	/** The oldest first. */
	list(): readonly Waiting<Event>[] {
		return this.#waiting;
	}

	/** The oldest `count` in order. */
	take(count: number): Waiting<Event>[] {
		const waiting = this.#waiting;
		if (count >= waiting.length) {
			this.#waiting = none;
			this.#bytes = 0;
			return waiting;
		}
		const taken = waiting.slice(0, count);
		this.#waiting = waiting.slice(count);
		for (const { bytes } of taken) this.#bytes -= bytes;
		return taken;
	}

	/** Puts back what a failed turn had taken, ahead of all that came since. */
	giveBack(items: readonly Waiting<Event>[]): void {
		this.#waiting = [...items, ...this.#waiting];
		for (const { bytes } of items) this.#bytes += bytes;
	}

	holds(test: (item: Waiting<Event>) => boolean): boolean {
		return this.#waiting.some(test);
	}

	/** Drops, without counting them as lost, the items that fail the test. */
	keep(test: (item: Waiting<Event>) => boolean): void {
		this.#waiting = this.#waiting.filter(test);
		this.#bytes = this.#waiting.reduce((sum, { bytes }) => sum + bytes, 0);
	}

	#fits({ bytes }: Waiting<Event>): boolean {
		return this.#waiting.length < this.#most.messages && this.#bytes + bytes <= this.#most.bytes;
	}

	/** A message is lost and counted; whoever asks is told. */
	#drop({ isRequest = false }: Waiting<Event>): boolean {
		if (!isRequest) this.#dropped++;
		return !isRequest;
	}

	#makeRoom({ topic, bytes }: Waiting<Event>, policy: 'drop-oldest' | 'keep-latest'): void {
		const kept: Waiting<Event>[] = [];
		let messages = this.#waiting.length;
		for (const other of this.#waiting) {
			const isRoom = messages < this.#most.messages && this.#bytes + bytes <= this.#most.bytes;
			if (other.topic !== topic || other.isRequest === true || (isRoom && policy === 'drop-oldest')) {
				kept.push(other);
				continue;
			}
			messages--;
			this.#bytes -= other.bytes;
			this.#dropped++;
		}
		this.#waiting = kept;
	}
}
