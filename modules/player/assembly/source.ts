/** The resource as the network gives it: asks for ranges, asks again after failures, and notices stalls. */
import { Failure, Turn } from "mullion/sdk";
import { ReadAhead } from "./read-ahead";

const FIRST_RETRY_MS: u32 = 250;
const LAST_RETRY_MS: u32 = 4_000;
/** A fetch that brings nothing for so long is asked for again. */
const STALL_US: u64 = 6_000_000;
/** A network may come back for ever; a server that answers nonsense so often in a row will not change. */
const MAX_REFUSALS: u32 = 6;

export class Source {
	readonly ahead: ReadAhead;
	/** Why there is no sense in asking on; empty while there is. */
	fault: string = "";
	/** Asks for nothing while set; what was asked for may still come. */
	isPaused: bool = false;
	/** Something came from the other side: the way there is open. */
	hasAnswered: bool = false;
	/** The network broke off and nothing has come since. */
	private isCutOff: bool = false;
	private failures: u32 = 0;
	private refusals: u32 = 0;
	private retryAt: u64 = 0;

	/** @param place first byte to ask for */
	constructor(readonly url: string, place: u64) {
		this.ahead = new ReadAhead(place);
	}

	/** @param wantedBytes to hold or have asked for from the head on */
	ask(wantedBytes: u64, fetchBytes: u64, turn: Turn): void {
		this.cancelAbandoned(turn);
		while (!this.isPaused && this.fault == "" && turn.now >= this.retryAt) {
			const range = this.ahead.plan(wantedBytes, fetchBytes, turn.now);
			if (range == null) return;
			range.stream = turn.fetch(this.url, range.next, range.to - range.next);
		}
	}

	chunk(stream: u32, offset: u64, bytes: Uint8Array, turn: Turn): void {
		if (!this.ahead.owns(stream)) return;
		if (!this.ahead.accept(stream, offset, bytes, turn.now)) {
			turn.cancelFetch(stream);
			return this.failed(stream, Failure.Malformed, turn);
		}
		if (bytes.length > 0) this.moved();
	}

	ended(stream: u32, size: u64, turn: Turn): void {
		if (!this.ahead.owns(stream)) return;
		if (this.ahead.contradicts(stream, size)) {
			this.fault = "the resource changed its size while it was read";
			this.ahead.failed(stream);
		} else if (this.ahead.ended(stream, size)) {
			this.moved();
		} else {
			this.retryLater(Failure.Malformed, turn);
		}
	}

	failed(stream: u32, failure: Failure, turn: Turn): void {
		if (!this.ahead.owns(stream)) return;
		this.ahead.failed(stream);
		this.retryLater(failure, turn);
	}

	/** Gives up fetches that bring nothing. */
	watch(turn: Turn): void {
		if (turn.now < STALL_US) return;
		for (let stream = this.ahead.stalled(turn.now - STALL_US); stream != 0; stream = this.ahead.stalled(turn.now - STALL_US)) {
			turn.cancelFetch(stream);
			this.failed(stream, Failure.TimedOut, turn);
		}
	}

	/** Asks for nothing new. What a broken network still owes counts as not asked for: it would not come. */
	pause(): void {
		if (this.isCutOff) this.ahead.cut();
		this.isPaused = true;
	}

	resume(): void {
		this.isPaused = false;
	}

	/** Cancels every fetch. */
	stop(turn: Turn): void {
		this.isPaused = true;
		this.ahead.stop();
		this.cancelAbandoned(turn);
	}

	private moved(): void {
		this.hasAnswered = true;
		this.isCutOff = false;
		this.failures = 0;
		this.refusals = 0;
	}

	private retryLater(failure: Failure, turn: Turn): void {
		if (failure == Failure.Unreachable || failure == Failure.TimedOut) this.isCutOff = true;
		if (failure == Failure.Denied) this.fault = "this player may not read it";
		if (failure == Failure.Refused || failure == Failure.Malformed) {
			// A range behind the end is turned down, too; the way there is open all the same.
			this.hasAnswered = this.hasAnswered || !this.ahead.isSizeKnown;
			if (++this.refusals >= MAX_REFUSALS) this.fault = "its server refuses it or answers nonsense";
		}
		if (turn.now < this.retryAt) return;
		const delayMs = min(LAST_RETRY_MS, FIRST_RETRY_MS << min<u32>(this.failures, 8));
		this.failures++;
		this.retryAt = turn.now + <u64>delayMs * 1000;
		turn.after(delayMs, "retry");
	}

	private cancelAbandoned(turn: Turn): void {
		const abandoned = this.ahead.abandoned;
		for (let i = 0; i < abandoned.length; i++) turn.cancelFetch(abandoned[i]);
		this.ahead.abandoned = [];
	}
}
