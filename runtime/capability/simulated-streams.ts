/** Streams whose far end does what it is told: the double of `NetworkStreams`. */
import type { NetworkStreams, StreamHandlers, StreamRequest } from './network-stream.ts';

export class SimulatedStream {
	readonly request: StreamRequest;
	/** What its far end says is heard until the stream has ended or was cancelled. */
	readonly far: StreamHandlers;
	isCancelled = false;
	#hasEnded = false;

	constructor(request: StreamRequest, { chunk, end, fail }: StreamHandlers) {
		this.request = request;
		this.far = {
			chunk: (offset, bytes) => {
				if (this.isOpen) chunk(offset, bytes);
			},
			end: (size) => this.#finish(() => end(size)),
			fail: (failure, why) => this.#finish(() => fail(failure, why)),
		};
	}

	get isOpen(): boolean {
		return !this.isCancelled && !this.#hasEnded;
	}

	#finish(tell: () => void): void {
		if (!this.isOpen) return;
		this.#hasEnded = true;
		tell();
	}
}

export class SimulatedStreams implements NetworkStreams {
	/** In the order in which they were opened. */
	readonly opened: SimulatedStream[] = [];

	open(request: StreamRequest, handlers: StreamHandlers): { cancel(): void } {
		const stream = new SimulatedStream(request, handlers);
		this.opened.push(stream);
		return {
			cancel: () => {
				stream.isCancelled = true;
			},
		};
	}
}
