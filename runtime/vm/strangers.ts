/**
 * Senders of other cells, as far as their messages wait here for room.
 *
 * Whether a receiver that stands still for another cell waits, over however many cells, for the very
 * sender that waits for it cannot be seen from here. After a while it is taken to be so: then the oldest go.
 */
import type { Clock } from '../clock.ts';
import type { VmId } from './cell-protocol.ts';
import { type HeldMessage, nothingHeld, type Resident, type Sender } from './resident.ts';

/** How long messages wait for a receiver that stands still itself. */
const patienceMs = 1000;

export class Stranger implements Sender {
	held = nothingHeld;
	isMinded = false;
}

export interface StrangersOptions {
	readonly clock: Clock;
	/** There is room again in the inbox of the receiver. */
	readonly release: (receiver: Resident) => void;
}

export class Strangers {
	readonly #options: StrangersOptions;
	readonly #strangers = new Map<VmId, Stranger>();

	constructor(options: StrangersOptions) {
		this.#options = options;
	}

	of(vm: VmId): Stranger {
		const known = this.#strangers.get(vm);
		if (known !== undefined) return known;
		const stranger = new Stranger();
		this.#strangers.set(vm, stranger);
		return stranger;
	}

	/** All that waits here for room. */
	*held(): Generator<HeldMessage> {
		for (const { held } of this.#strangers.values()) yield* held;
	}

	/** The VM is on this box no more; what it said before still arrives. */
	forget(vm: VmId): void {
		if (this.#strangers.get(vm)?.held.length === 0) this.#strangers.delete(vm);
	}

	/** Sees to it that what the stranger has said does not wait for ever. */
	mind(stranger: Stranger): void {
		const [head] = stranger.held;
		if (head === undefined || stranger.isMinded) return;
		stranger.isMinded = true;
		this.#options.clock.after(patienceMs, () => {
			stranger.isMinded = false;
			if (stranger.held[0] === head && head.to.standsStillAbroad()) this.#giveWay(stranger, head.to);
			this.mind(stranger);
		});
	}

	#giveWay(stranger: Stranger, to: Resident): void {
		for (let head = stranger.held[0]; head?.to === to; head = stranger.held[0]) {
			to.inbox.offer(head.item, 'drop-oldest');
			stranger.held.shift();
			head.placed?.();
		}
		this.#options.release(to);
	}
}
