/** One programme on its way from its server to the disk: what is there, what is asked for, and how it went. */
import { Failure } from "mullion/sdk";
import { Booking, Programme, State } from "./bus/recorder";
import { Recording as Kept, State as KeptState } from "./bus/recordings";

const FIRST_RETRY_US: u64 = 250_000;
const LAST_RETRY_US: u64 = 8_000_000;
/** A network may come back for ever; a server that answers nonsense so often in a row will not change. */
const MAX_REFUSALS: u32 = 6;

export class Recording {
	booking: Booking = new Booking();
	/** Bytes that are on the disk, and those that were asked for and have come. */
	bytes: u64 = 0;
	asked: u64 = 0;
	/** Of the whole programme, once its server has said so. */
	size: u64 = 0;
	isSizeKnown: bool = false;
	hasEnded: bool = false;
	/** The disk was told to end it. */
	isEnding: bool = false;
	code: string = "";
	trouble: string = "";
	retryAt: u64 = 0;
	/** What was last said of it. */
	told: string = "";
	private sha256: string = "";
	private failures: u32 = 0;
	private refusals: u32 = 0;

	constructor(readonly name: string) {}

	/** What the box says of it. */
	keep(kept: Kept): void {
		const booking = Booking.decode(kept.note);
		if (booking !== null) this.booking = booking;
		this.bytes = kept.bytes;
		this.asked = max(this.asked, kept.bytes);
		if (kept.state != KeptState.STATE_ENDED) return;
		this.hasEnded = true;
		this.trouble = "";
		this.sha256 = hex(kept.sha256);
		this.code = kept.code;
		const expected = this.booking.sha256;
		if (this.code == "" && expected != "" && expected != this.sha256) this.code = "digest-differs";
	}

	/** Microseconds since the Unix epoch. */
	get startAt(): u64 {
		return this.booking.startAt * 1_000_000;
	}

	/** Behind the last byte that is wanted, as far as that is known. */
	get end(): u64 {
		const most = this.booking.maxBytes == 0 ? u64.MAX_VALUE : this.booking.maxBytes;
		return this.isSizeKnown ? min(most, this.size) : most;
	}

	get isWhole(): bool {
		return this.asked >= this.end;
	}

	/** Whether bytes may be asked for as far as the disk goes. */
	hasRoom(windowBytes: u64): bool {
		return this.asked - this.bytes < windowBytes;
	}

	/** When to ask for more, if all else allows it. */
	get readyAt(): u64 {
		return max(this.startAt, this.retryAt);
	}

	moved(): void {
		this.trouble = "";
		this.failures = 0;
		this.refusals = 0;
	}

	/** Why it is to end; empty where it is to be tried again. */
	failed(failure: Failure, now: u64): string {
		if (failure == Failure.Denied) return "denied";
		this.trouble = nameOf(failure);
		const isRefusal = failure == Failure.Refused || failure == Failure.Malformed;
		if (isRefusal && ++this.refusals >= MAX_REFUSALS) return "refused";
		this.retryAt = now + min(LAST_RETRY_US, FIRST_RETRY_US << min<u64>(this.failures, 8));
		this.failures++;
		return "";
	}

	view(now: u64): Programme {
		const view = new Programme();
		view.name = this.name;
		view.state = this.stateAt(now);
		view.bytes = this.bytes;
		view.size = this.size;
		view.code = this.code;
		view.sha256 = this.sha256;
		view.play = "recording:recorder/" + this.name;
		view.url = this.booking.url;
		view.startAt = this.booking.startAt;
		view.maxBytes = this.booking.maxBytes;
		view.trouble = this.trouble;
		return view;
	}

	private stateAt(now: u64): State {
		if (this.hasEnded) return State.STATE_RECORDED;
		return now < this.startAt ? State.STATE_WAITING : State.STATE_RECORDING;
	}
}

function nameOf(failure: Failure): string {
	if (failure == Failure.Unreachable) return "unreachable";
	if (failure == Failure.TimedOut) return "timed-out";
	return failure == Failure.Refused ? "refused" : "malformed";
}

function hex(bytes: Uint8Array): string {
	let text = "";
	for (let at = 0; at < bytes.length; at++) text += (bytes[at] < 16 ? "0" : "") + bytes[at].toString(16);
	return text;
}
