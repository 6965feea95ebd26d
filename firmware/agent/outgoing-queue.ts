/** Records on their way to the broker: in order, bounded, and still there when the link comes back. */
import { CodedError } from '../../runtime/error.ts';
import type { Outgoing } from './transport.ts';

export const transportErrors = {
	'queue-full': 'the broker is gone and too much waits for it already',
	'too-large': 'the record is larger than the broker takes',
	refused: 'the broker refused the record, or broke off each time it was sent',
	closed: 'the link has been given up',
	'bad-url': 'the address of the broker is not mqtt://host:port or mqtts://host:port',
} as const;

export class TransportError extends CodedError<keyof typeof transportErrors> {
	override readonly name = 'TransportError';
}

interface Entry {
	readonly message: Outgoing;
	readonly resolve: () => void;
	readonly reject: (error: TransportError) => void;
	/** Connections it was sent on. */
	attempts: number;
	isSent: boolean;
}

export interface OutgoingQueueOptions {
	/** Hands one record to the link; `done` is called when the broker has it, and never if the link broke. */
	readonly publish: (message: Outgoing, done: (error: Error | undefined) => void) => void;
	/** Default 512. */
	readonly maxMessages?: number;
	/** Default 2 MiB. */
	readonly maxBytes?: number;
}

/** Records the broker has not acknowledged yet; MQTT 5 allows 65535, brokers are set to as few as 20. */
const maxInFlight = 16;
/** A record on which the link broke this often is what breaks it. */
const maxAttempts = 4;
/** Topic, properties and framing beside the record itself, at most. */
const overheadBytes = 1024;

export class OutgoingQueue {
	readonly #publish: OutgoingQueueOptions['publish'];
	readonly #maxMessages: number;
	readonly #maxBytes: number;
	#entries: Entry[] = [];
	#bytes = 0;
	#largest = Number.POSITIVE_INFINITY;
	#isOpen = false;
	#isClosed = false;

	constructor({ publish, maxMessages = 512, maxBytes = 2 * 1_048_576 }: OutgoingQueueOptions) {
		this.#publish = publish;
		this.#maxMessages = maxMessages;
		this.#maxBytes = maxBytes;
	}

	/** Resolves when the broker has the record. Errors: `queue-full`, `too-large`, `refused`, `closed`. */
	add(message: Outgoing): Promise<void> {
		const bytes = message.record.length;
		if (this.#isClosed) return Promise.reject(new TransportError('closed', 'the link has been given up'));
		if (this.#entries.length >= this.#maxMessages || this.#bytes + bytes > this.#maxBytes) {
			const why = `${this.#entries.length} records (${this.#bytes} bytes) wait for the broker already`;
			return Promise.reject(new TransportError('queue-full', why));
		}
		return new Promise((resolve, reject) => {
			this.#bytes += bytes;
			this.#entries.push({ message, resolve, reject, attempts: 0, isSent: false });
			this.#pump();
		});
	}

	/** The link stands. `first` leave before everything that waits; nobody learns how they fared. */
	open({ first, maxBytes }: { first: readonly Outgoing[]; maxBytes: number | undefined }): void {
		this.#largest = maxBytes ?? Number.POSITIVE_INFINITY;
		for (const message of first) this.#publish(message, () => undefined);
		this.#isOpen = true;
		this.#pump();
	}

	/** The link broke: what the broker has not acknowledged waits for the next one. */
	pause(): void {
		this.#isOpen = false;
		for (const entry of this.#entries) {
			entry.isSent = false;
			if (entry.attempts >= maxAttempts)
				this.#settle(
					entry,
					new TransportError('refused', `the link broke ${maxAttempts} times while it was sent`),
				);
		}
	}

	/** Fails everything that waits. */
	close(): void {
		this.#isClosed = true;
		for (const entry of this.#entries)
			this.#settle(entry, new TransportError('closed', 'the link has been given up'));
	}

	#pump(): void {
		if (!this.#isOpen) return;
		for (const entry of this.#entries.slice(0, maxInFlight)) {
			if (entry.isSent) continue;
			if (entry.message.record.length + overheadBytes > this.#largest) {
				const why = `the broker takes packets of up to ${this.#largest} bytes`;
				this.#settle(entry, new TransportError('too-large', why));
				continue;
			}
			entry.isSent = true;
			entry.attempts++;
			this.#publish(entry.message, (error) => {
				const refused = error && new TransportError('refused', error.message, { cause: error });
				this.#settle(entry, refused);
				this.#pump();
			});
		}
	}

	#settle(entry: Entry, error: TransportError | undefined): void {
		const at = this.#entries.indexOf(entry);
		if (at < 0) return;
		this.#entries = this.#entries.toSpliced(at, 1);
		this.#bytes -= entry.message.record.length;
		if (error === undefined) entry.resolve();
		else entry.reject(error);
	}
}
