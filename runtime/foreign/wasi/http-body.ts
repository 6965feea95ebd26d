/** Bodies of `wasi:http/types`: one that is there as a whole, and one that is gathered up. */
import type { Sink } from './outside.ts';
import { Pollable } from './poll.ts';
import { InputStream, OutputStream } from './streams.ts';

/** WASI: what may be taken once fails the second time, with nothing to say about it. */
const nothing = undefined;

export class IncomingBody {
	#bytes: Uint8Array | undefined;

	constructor(bytes: Uint8Array) {
		this.#bytes = bytes;
	}

	stream(): InputStream {
		const bytes = this.#bytes;
		if (bytes === undefined) throw nothing;
		this.#bytes = undefined;
		return new InputStream(bytes);
	}

	static finish(_body: IncomingBody): FutureTrailers {
		return new FutureTrailers();
	}
}

export class FutureTrailers {
	#isTaken = false;

	subscribe(): Pollable {
		return Pollable.always();
	}

	get(): unknown {
		if (this.#isTaken) return { tag: 'err', val: undefined };
		this.#isTaken = true;
		return { tag: 'ok', val: { tag: 'ok', val: undefined } };
	}
}

export class OutgoingBody {
	readonly #sink: Sink;
	#isTaken = false;

	constructor(sink: Sink) {
		this.#sink = sink;
	}

	write(): OutputStream {
		if (this.#isTaken) throw nothing;
		this.#isTaken = true;
		return new OutputStream(this.#sink);
	}

	/** Trailers have no place on the bus. */
	static finish(_body: OutgoingBody, trailers: unknown): void {
		if (trailers !== undefined) throw { tag: 'internal-error', val: 'there are no trailers here' };
	}
}
