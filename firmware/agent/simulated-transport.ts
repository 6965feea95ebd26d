/** The double of `Transport`: a link that stands when it is told to, and keeps what went over it. */
import { TransportError } from './outgoing-queue.ts';
import type { Outgoing, Transport, TransportEvents } from './transport.ts';

export class SimulatedTransport implements Transport {
	/** Everything the broker has, in order. */
	readonly sent: Outgoing[] = [];
	#events: TransportEvents | undefined;
	#waiting: { message: Outgoing; resolve: () => void; reject: (error: TransportError) => void }[] = [];
	#isUp = false;

	open(events: TransportEvents): void {
		this.#events = events;
	}

	send(message: Outgoing): Promise<void> {
		if (this.#isUp) {
			this.sent.push(message);
			return Promise.resolve();
		}
		return new Promise((resolve, reject) => this.#waiting.push({ message, resolve, reject }));
	}

	async close(last: readonly Outgoing[]): Promise<void> {
		if (this.#isUp) this.sent.push(...last);
		this.#isUp = false;
		for (const { reject } of this.#waiting)
			reject(new TransportError('closed', 'the link has been given up'));
		this.#waiting = [];
	}

	/** The broker is there and has granted the subscription. */
	comeUp(ownTopic = 'agent'): void {
		this.#isUp = true;
		this.sent.push(...(this.#events?.ready(ownTopic) ?? []));
		for (const { message, resolve } of this.#waiting.splice(0)) {
			this.sent.push(message);
			resolve();
		}
	}

	goDown(reason = 'cut'): void {
		this.#isUp = false;
		this.#events?.lost(reason);
	}

	/** A record arrives. */
	receive(record: Uint8Array, replyTopic?: string): void {
		this.#events?.received({ record, replyTopic });
	}
}
