/** How records leave the box and arrive: one link to the operator's broker that comes and goes. */

export interface Outgoing {
	readonly topic: string;
	/** An encoded Record. */
	readonly record: Uint8Array;
}

export interface Received {
	readonly record: Uint8Array;
	/** Where the sender wants its answer; undefined where it did not say. */
	readonly replyTopic: string | undefined;
}

/** What the agent does when something happens on the link. */
export interface TransportEvents {
	received(message: Received): void;
	/** The link stands and is subscribed: these leave before anything that waited (R-MTP.8). */
	ready(ownTopic: string): readonly Outgoing[];
	/** The link broke off; it is taken up again by itself. */
	lost(reason: string): void;
}

export interface Transport {
	/** Takes the link up, now and whenever it breaks off. `will` is what the broker says for us if we vanish. */
	open(events: TransportEvents, will: Outgoing | undefined): void;
	/**
	 * Resolves once the broker has the record. While the link is down it waits, in order.
	 *
	 * Errors: `queue-full`, `closed`.
	 */
	send(message: Outgoing): Promise<void>;
	/** Says `last`, if the link stands, and gives the link up for good. */
	close(last: readonly Outgoing[]): Promise<void>;
}
