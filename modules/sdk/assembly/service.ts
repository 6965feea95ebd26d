/** A service: override what you need. A turn that traps has no effect at all. */
import { Failure } from "./wit/types";
import { Turn } from "./turn";

export class Service {
	/** Once, before anything else. */
	start(turn: Turn): void {}

	/** A publication, or a request (`turn.isRequest`) to be answered with `turn.reply`, now or in a later turn. */
	message(topic: string, payload: Uint8Array, turn: Turn): void {}

	/** A request of ours was answered ... */
	answer(correlation: u32, payload: Uint8Array, turn: Turn): void {}

	/** ... or failed. */
	failed(correlation: u32, failure: Failure, turn: Turn): void {}

	timer(name: string, turn: Turn): void {}

	/** Bytes of a stream, in order and without holes. */
	chunk(stream: u32, offset: u64, bytes: Uint8Array, turn: Turn): void {}

	/** @param size bytes of the whole resource, not only of what was asked for */
	streamEnded(stream: u32, size: u64, turn: Turn): void {}

	streamFailed(stream: u32, failure: Failure, turn: Turn): void {}

	/** What the box's player will want next, and when in microseconds; `buffered` frames it has already. */
	sink(nextSequence: u64, at: u64, buffered: u32, turn: Turn): void {}

	/** Once, after the last event of every turn. */
	flush(turn: Turn): void {}

	/** Every message on its way to `message`; for services that sort them first. */
	receive(topic: string, payload: Uint8Array, turn: Turn): void {
		this.message(topic, payload, turn);
	}
}
