/** Fetches for all recordings, one range at a time: a single connection is all that who plays has to share with. */
import { Failure, Turn } from "mullion/sdk";
import { Settings } from "./bus/recorder";
import { Pace } from "./pace";
import { Recording } from "./recording";
import { append } from "./shelf";

const LEAST_WINDOW_BYTES: u64 = 262_144;

export class Fetcher {
	readonly pace: Pace;
	private stream: u32 = 0;
	private recording: Recording | null = null;
	private to: u64 = 0;
	private from: u64 = 0;
	private askedAt: u64 = 0;
	private windowBytes: u64;

	constructor(settings: Settings) {
		this.pace = new Pace(settings);
		this.windowBytes = max(LEAST_WINDOW_BYTES, <u64>settings.windowBytes);
	}

	get isBusy(): bool {
		return this.stream != 0;
	}

	/** Whether it could ask for more of this one now. */
	mayAsk(recording: Recording, now: u64): bool {
		if (recording.hasEnded || recording.isEnding || recording.isWhole) return false;
		return now >= recording.readyAt && recording.hasRoom(this.windowBytes);
	}

	ask(recording: Recording, turn: Turn): void {
		this.recording = recording;
		this.from = recording.asked;
		this.to = min(recording.end, this.from + this.pace.fetchBytes);
		this.askedAt = turn.now;
		this.stream = turn.fetch(recording.booking.url, this.from, this.to - this.from);
	}

	chunk(stream: u32, offset: u64, bytes: Uint8Array, turn: Turn): void {
		const recording = this.recording;
		if (stream != this.stream || recording === null) return;
		if (offset != recording.asked || offset + bytes.length > this.to) {
			turn.cancelFetch(stream);
			this.failed(stream, Failure.Malformed, turn);
			return;
		}
		append(recording.name, offset, bytes, turn);
		recording.asked += bytes.length;
		recording.moved();
	}

	/** Why the recording is to end: empty where it goes on. */
	ended(stream: u32, size: u64, turn: Turn): string {
		const recording = this.recording;
		if (stream != this.stream || recording === null) return "";
		if (recording.isSizeKnown && recording.size != size) {
			this.over(turn);
			return "changed";
		}
		recording.size = size;
		recording.isSizeKnown = true;
		if (recording.asked < min(this.to, size)) return this.failed(stream, Failure.Malformed, turn);
		this.over(turn);
		return "";
	}

	/** Why the recording is to end: empty where it is tried again. What has come stays. */
	failed(stream: u32, failure: Failure, turn: Turn): string {
		const recording = this.recording;
		if (stream != this.stream || recording === null) return "";
		this.over(turn);
		return recording.failed(failure, turn.now);
	}

	/** The recording that this stream is for. */
	of(stream: u32): Recording | null {
		return stream == this.stream ? this.recording : null;
	}

	/** What is on its way for this one is not wanted any more. */
	drop(recording: Recording, turn: Turn): void {
		if (this.recording !== recording) return;
		turn.cancelFetch(this.stream);
		this.over(turn);
	}

	private over(turn: Turn): void {
		const recording = this.recording;
		if (recording !== null) this.pace.fetched(max(recording.asked, this.from) - this.from, this.askedAt, turn.now);
		this.stream = 0;
		this.recording = null;
	}
}
