/** One network with a rate, a delay and moods, and the server of one resource at its far end. */
import type { Agenda } from './agenda.ts';

export type LinkFailure = 'unreachable' | 'malformed' | 'refused';

export interface LinkHandlers {
	chunk(offset: number, bytes: Uint8Array): void;
	end(size: number): void;
	fail(failure: LinkFailure): void;
}

export interface LinkOptions {
	readonly bitsPerSecond: number;
	readonly delayUs: number;
	/** Bytes that arrive at a time. Default 1400. */
	readonly pieceBytes?: number;
	/** Whether a fetch breaks off at this piece. */
	readonly breaksAt?: (piece: number) => boolean;
}

interface Transfer {
	next: number;
	readonly to: number;
	readonly handlers: LinkHandlers;
	isOver: boolean;
}

export class Link {
	isUp = true;
	/** Nothing comes and nothing fails. */
	isStalled = false;
	/** The server turns everything down. */
	isRefusing = false;
	/** Bytes handed to players, by their place in the resource. */
	readonly delivered: Uint16Array;
	readonly #agenda: Agenda;
	readonly #resource: Uint8Array;
	readonly #options: LinkOptions;
	#transfers: Transfer[] = [];
	#isSending = false;
	#pieces = 0;

	constructor(agenda: Agenda, resource: Uint8Array, options: LinkOptions) {
		this.#agenda = agenda;
		this.#resource = resource;
		this.#options = options;
		this.delivered = new Uint16Array(resource.length);
	}

	get bytesDelivered(): number {
		return this.delivered.reduce((sum, times) => sum + times, 0);
	}

	/** Never calls back at once; returns a function after which it never calls back again. */
	open({ offset, length }: { offset: number; length: number }, handlers: LinkHandlers): () => void {
		const size = this.#resource.length;
		const to = length === 0 ? size : Math.min(offset + length, size);
		const transfer: Transfer = { next: offset, to, handlers, isOver: false };
		const { delayUs } = this.#options;
		if (!this.isUp) this.#agenda.after(1000, () => this.#fail(transfer, 'unreachable'));
		else if (this.isRefusing) this.#agenda.after(2 * delayUs, () => this.#fail(transfer, 'refused'));
		else if (offset >= size) this.#agenda.after(2 * delayUs, () => this.#fail(transfer, 'malformed'));
		else {
			this.#agenda.after(delayUs, () => {
				this.#transfers.push(transfer);
				this.#send();
			});
		}
		return () => {
			transfer.isOver = true;
		};
	}

	down(): void {
		this.isUp = false;
		for (const transfer of this.#transfers) this.#fail(transfer, 'unreachable');
		this.#transfers = [];
	}

	up(): void {
		this.isUp = true;
	}

	stall(): void {
		this.isStalled = true;
	}

	flow(): void {
		this.isStalled = false;
		this.#send();
	}

	/** Pieces of all transfers in turn, one after the other, as the rate allows. */
	#send(): void {
		if (this.#isSending || this.isStalled) return;
		this.#transfers = this.#transfers.filter(({ isOver, next, to }) => !isOver && next < to);
		const transfer = this.#transfers.shift();
		if (transfer === undefined) return;
		this.#transfers.push(transfer);
		const from = transfer.next;
		const end = Math.min(transfer.to, from + (this.#options.pieceBytes ?? 1400));
		transfer.next = end;
		this.#isSending = true;
		this.#agenda.after(((end - from) * 8_000_000) / this.#options.bitsPerSecond, () => {
			this.#isSending = false;
			this.#send();
		});
		const isBroken = this.#options.breaksAt?.(this.#pieces++) ?? false;
		this.#agenda.after(this.#options.delayUs, () => {
			if (isBroken) this.#fail(transfer, 'unreachable');
			else this.#arrive(transfer, from, end);
		});
	}

	#arrive(transfer: Transfer, from: number, end: number): void {
		if (transfer.isOver) return;
		for (let place = from; place < end; place++)
			this.delivered[place] = (this.delivered[place] as number) + 1;
		transfer.handlers.chunk(from, this.#resource.slice(from, end));
		if (end < transfer.to) return;
		transfer.isOver = true;
		transfer.handlers.end(this.#resource.length);
	}

	#fail(transfer: Transfer, failure: LinkFailure): void {
		if (transfer.isOver) return;
		transfer.isOver = true;
		transfer.handlers.fail(failure);
	}
}
