/**
 * Puts messages into the inboxes of a cell.
 *
 * A sender whose message finds no room stands still until there is, unless the receiver waits for
 * that sender itself: then the oldest goes instead, since nobody could ever go on. So it is with a
 * receiver that is suspended: nobody stands still for what may not run for days.
 */
import { recordBytes } from '../bus/outgoing.ts';
import type { Route } from '../bus/routes.ts';
import type { Clock } from '../clock.ts';
import type { MessageId } from '../durability/marks.ts';
import type { VmId } from './cell-protocol.ts';
import { type HeldMessage, Resident, type Sender } from './resident.ts';
import type { RunQueue } from './run-queue.ts';
import { Strangers } from './strangers.ts';

export interface Spoken {
	readonly sender: VmId;
	readonly payload: Uint8Array;
	/** Where the sender would say it again after a crash. */
	readonly id?: MessageId;
	/** Nobody but the one receiver has it. */
	readonly isSole?: boolean;
}

export interface DeliveryOptions {
	readonly clock: Clock;
	readonly queue: RunQueue<Resident>;
	readonly residents: ReadonlyMap<VmId, Resident>;
	/** Called after something happened outside of a turn. */
	readonly flush: () => void;
}

export class Delivery {
	readonly #options: DeliveryOptions;
	readonly #strangers: Strangers;

	constructor(options: DeliveryOptions) {
		this.#options = options;
		this.#strangers = new Strangers({
			clock: options.clock,
			release: (receiver) => {
				this.releaseWaiters(receiver);
				options.flush();
			},
		});
	}

	/** The VM is on this box no more. */
	forget(vm: VmId): void {
		this.#strangers.forget(vm);
	}

	/** There is room in the receiver's inbox: those who stand still for it go on, in order. */
	releaseWaiters(receiver: Resident): void {
		if (!receiver.isAwaited) return;
		const { residents, queue } = this.#options;
		for (const sender of receiver.waiters) {
			for (let head = sender.held[0]; head; head = sender.held[0]) {
				const isThere = residents.get(head.to.id) === head.to;
				if (isThere && (head.to !== receiver || !head.to.inbox.offer(head.item, ifFull(head.to)))) break;
				sender.held.shift();
				head.placed?.();
				queue.add(head.to);
			}
			const next = sender.held[0]?.to;
			if (next === receiver) continue;
			receiver.waiters.delete(sender);
			next?.join(sender);
			if (next === undefined && sender instanceof Resident) queue.add(sender);
			else if (next?.inbox.length === 0 || next?.isSuspended === true) this.releaseWaiters(next);
		}
		receiver.isAwaited = receiver.waiters.size > 0;
	}

	/** Messages from other cells that wait for room. */
	heldFromAfar(): Iterable<HeldMessage> {
		return this.#strangers.held();
	}

	/** @param placed called when it has found room with all; undefined where the sender does not wait for that */
	deliverFromAfar(spoken: Spoken, routes: readonly Route[], placed: (() => void) | undefined): void {
		const stranger = this.#strangers.of(spoken.sender);
		let held: HeldMessage | undefined;
		for (const route of routes) {
			// What the sender does not stand still for must not wait here: nothing would bound it.
			const holder = placed !== undefined && route.whenFull === 'block' ? stranger : undefined;
			held = this.deliver(holder, route, spoken) ?? held;
		}
		if (placed === undefined) return;
		if (held === undefined) return placed();
		held.placed = placed;
		this.#strangers.mind(stranger);
	}

	/** Returns the message where it has to wait for room. @param from undefined for the box, which waits for nobody */
	deliver(
		from: Sender | undefined,
		{ to, topic, index, whenFull }: Route,
		{ sender, payload, id, isSole = false }: Spoken,
	): HeldMessage | undefined {
		const message = { topic: index, sender, correlation: 0, payload };
		const bytes = payload.length + recordBytes;
		const item = {
			event: { tag: 'message', val: message } as const,
			bytes,
			topic,
			failures: 0,
			from: id,
			isSole,
		};
		// Whom its receiver waits for matters only where there is no room.
		if ((from === undefined || from.held.length === 0) && to.inbox.admit(item)) {
			this.#options.queue.add(to);
			return undefined;
		}
		// The box cannot be held, and neither can a sender the receiver waits for.
		const canWait = from !== undefined && !to.waitsFor(from);
		const isBehind = canWait && from.held.length > 0;
		const canHold = canWait && !to.isSuspended;
		if (!isBehind && to.inbox.offer(item, whenFull === 'block' && !canHold ? 'drop-oldest' : whenFull)) {
			this.#options.queue.add(to);
			return undefined;
		}
		if (from === undefined) return undefined;
		const held: HeldMessage = { to, item };
		if (from.held.length === 0) from.held = [held];
		else from.held.push(held);
		if (!isBehind) to.join(from);
		return held;
	}
}

/** What becomes of messages of a topic that holds its senders. */
function ifFull({ isSuspended }: Resident): 'block' | 'drop-oldest' {
	return isSuspended ? 'drop-oldest' : 'block';
}
