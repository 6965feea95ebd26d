/** Records programmes over whatever network is there. All that it has to remember is kept with the recordings. */
import { Failure, Service, serve, Turn } from "mullion/sdk";
import { PlayerState } from "./bus/media";
import {
	Booking,
	DeleteReply,
	DeleteRequest,
	ListReply,
	Programme,
	Settings,
	StartReply,
	StartRequest,
	State,
	StopReply,
	StopRequest,
} from "./bus/recorder";
import { Recording as Kept, Refusal, Report, State as KeptState } from "./bus/recordings";
import { Fetcher } from "./fetcher";
import { Recording } from "./recording";
import { begin, finish, list, remove } from "./shelf";

const LONGEST_URL = 2048;
/** A timer goes no farther. */
const LONGEST_WAIT_US: u64 = 3_600_000_000;
const BAD = "bad-request";
const THERE = "recording-there";
const UNKNOWN = "recording-unknown";
const DIGITS = "0123456789abcdef";

enum Wish {
	Start,
	Stop,
	Delete,
}

class Asked {
	constructor(
		readonly wish: Wish,
		readonly name: string,
		readonly correlation: u32,
	) {}
}

class Waiting {
	constructor(
		readonly topic: string,
		readonly payload: Uint8Array,
		readonly correlation: u32,
	) {}
}

class Recorder extends Service {
	private fetcher: Fetcher = new Fetcher(new Settings());
	private recordings: Map<string, Recording> = new Map<string, Recording>();
	/** Requests whose answer the disk has. */
	private asked: Asked[] = [];
	/** Until it is known what there is. */
	private waiting: Waiting[] = [];
	private isReady: bool = false;
	private lastServed: string = "";
	private timerAt: u64 = 0;

	start(turn: Turn): void {
		const settings = Settings.decode(turn.config);
		if (settings !== null) this.fetcher = new Fetcher(settings);
		list(turn);
	}

	message(topic: string, payload: Uint8Array, turn: Turn): void {
		if (topic == "recordings.report") this.heard(payload, turn);
		else if (topic == "media.state") this.played(payload, turn);
		else if (this.isReady) this.serve(topic, payload, turn);
		else this.waiting.push(new Waiting(topic, payload, turn.correlation));
	}

	timer(name: string, turn: Turn): void {
		this.timerAt = 0;
	}

	chunk(stream: u32, offset: u64, bytes: Uint8Array, turn: Turn): void {
		this.fetcher.chunk(stream, offset, bytes, turn);
	}

	streamEnded(stream: u32, size: u64, turn: Turn): void {
		const recording = this.fetcher.of(stream);
		const code = this.fetcher.ended(stream, size, turn);
		if (recording !== null && code != "") this.end(recording, code, turn);
	}

	streamFailed(stream: u32, failure: Failure, turn: Turn): void {
		const recording = this.fetcher.of(stream);
		const code = this.fetcher.failed(stream, failure, turn);
		if (recording !== null && code != "") this.end(recording, code, turn);
	}

	flush(turn: Turn): void {
		const all = this.recordings.values();
		for (let at = 0; at < all.length; at++) {
			const recording = all[at];
			const isDone = !recording.hasEnded && recording.isWhole && recording.bytes >= recording.asked;
			if (isDone) this.end(recording, recording.isSizeKnown && recording.end < recording.size ? "limit" : "", turn);
			this.tell(recording, turn);
		}
		this.fetch(turn);
		this.wake(turn);
	}

	private serve(topic: string, payload: Uint8Array, turn: Turn): void {
		if (topic == "recorder.list") return this.list(turn);
		if (topic == "recorder.start") return this.book(payload, turn);
		if (topic == "recorder.stop") {
			const request = StopRequest.decode(payload);
			return request === null ? turn.reject("not a StopRequest") : this.stop(request.name, turn);
		}
		const request = DeleteRequest.decode(payload);
		if (request === null) turn.reject("not a DeleteRequest");
		else this.delete(request.name, turn);
	}

	private book(payload: Uint8Array, turn: Turn): void {
		const request = StartRequest.decode(payload);
		if (request === null) return turn.reject("not a StartRequest");
		const name = request.name;
		if (this.recordings.has(name) || this.isAsked(Wish.Start, name))
			return no(Wish.Start, THERE, "there is a recording " + name + ": delete it, or take another name", turn);
		if (!request.url.startsWith("http://") || request.url.length > LONGEST_URL)
			return no(Wish.Start, BAD, "url has to be an http: address of up to 2048 characters", turn);
		if (request.sha256 != "" && !isDigest(request.sha256))
			return no(Wish.Start, BAD, "sha256 has to be 64 digits of 0-9 a-f", turn);
		if (request.startAt > u64.MAX_VALUE / 1_000_000)
			return no(Wish.Start, BAD, "startAt has to be seconds since 1970", turn);
		this.asked.push(new Asked(Wish.Start, name, turn.correlation));
		const booking = Booking.of(request.url, request.startAt, request.maxBytes, request.sha256);
		begin(name, booking.encode(), turn);
	}

	private stop(name: string, turn: Turn): void {
		if (!this.recordings.has(name)) return no(Wish.Stop, UNKNOWN, "there is no recording " + name, turn);
		const recording = this.recordings.get(name);
		if (recording.hasEnded) {
			if (turn.isRequest) turn.reply(stopped(recording, turn.now));
			return;
		}
		this.asked.push(new Asked(Wish.Stop, name, turn.correlation));
		this.end(recording, "stopped", turn);
	}

	private delete(name: string, turn: Turn): void {
		if (!this.recordings.has(name)) return no(Wish.Delete, UNKNOWN, "there is no recording " + name, turn);
		const recording = this.recordings.get(name);
		this.asked.push(new Asked(Wish.Delete, name, turn.correlation));
		this.fetcher.drop(recording, turn);
		recording.isEnding = true;
		remove(name, turn);
	}

	private list(turn: Turn): void {
		if (!turn.isRequest) return;
		const reply = new ListReply();
		const all = this.recordings.values();
		for (let at = 0; at < all.length; at++) reply.programmes.push(all[at].view(turn.now));
		turn.reply(reply.encode());
	}

	private end(recording: Recording, code: string, turn: Turn): void {
		if (recording.isEnding) return;
		recording.isEnding = true;
		this.fetcher.drop(recording, turn);
		finish(recording.name, code, turn);
	}

	private heard(payload: Uint8Array, turn: Turn): void {
		const report = Report.decode(payload);
		if (report === null) return turn.reject("not a Report");
		turn.reply(new Uint8Array(0));
		for (let at = 0; at < report.recordings.length; at++) this.keep(report.recordings[at], turn);
		for (let at = 0; at < report.refusals.length; at++) this.refused(report.refusals[at], turn);
		if (!report.listed || this.isReady) return;
		this.isReady = true;
		for (let at = 0; at < this.waiting.length; at++) {
			const waiting = this.waiting[at];
			turn.correlation = waiting.correlation;
			this.serve(waiting.topic, waiting.payload, turn);
		}
		turn.correlation = 0;
		this.waiting = [];
	}

	private keep(kept: Kept, turn: Turn): void {
		const name = kept.name;
		if (kept.state == KeptState.STATE_DELETED) return this.deleted(name, turn);
		if (!this.recordings.has(name)) this.recordings.set(name, new Recording(name));
		const recording = this.recordings.get(name);
		recording.keep(kept);
		if (recording.hasEnded) this.fetcher.drop(recording, turn);
		this.satisfy(Wish.Start, name, started(recording, turn.now), turn);
		if (recording.hasEnded) this.satisfy(Wish.Stop, name, stopped(recording, turn.now), turn);
	}

	private deleted(name: string, turn: Turn): void {
		if (!this.recordings.has(name)) return;
		this.recordings.delete(name);
		this.satisfy(Wish.Delete, name, DeleteReply.of(name).encode(), turn);
		this.refuse(Wish.Stop, name, UNKNOWN, name + " was deleted", turn);
		const gone = new Programme();
		gone.name = name;
		gone.state = State.STATE_DELETED;
		turn.publish("recorder.state", gone.encode());
	}

	/** What the disk has not taken is asked for again, from where it is. */
	private refused(refusal: Refusal, turn: Turn): void {
		this.refuse(Wish.Start, refusal.name, refusal.code, refusal.why, turn);
		this.refuse(Wish.Delete, refusal.name, refusal.code, refusal.why, turn);
		if (!this.recordings.has(refusal.name)) return;
		const recording = this.recordings.get(refusal.name);
		if (recording.hasEnded || recording.isEnding) return;
		turn.warn(refusal.name + ": " + refusal.code + ": " + refusal.why);
		this.fetcher.drop(recording, turn);
		recording.asked = refusal.bytes;
	}

	private played(payload: Uint8Array, turn: Turn): void {
		const state = PlayerState.decode(payload);
		if (state !== null && !state.ended) this.fetcher.pace.playing(state.bufferedMs, state.waiting, turn.now);
	}

	/** Each recording in its turn. */
	private fetch(turn: Turn): void {
		if (this.fetcher.isBusy || turn.now < this.fetcher.pace.readyAt) return;
		const all = this.recordings.values();
		let first: Recording | null = null;
		let next: Recording | null = null;
		let isBehind = false;
		for (let at = 0; at < all.length; at++) {
			const recording = all[at];
			if (this.fetcher.mayAsk(recording, turn.now)) {
				if (first === null) first = recording;
				if (isBehind && next === null) next = recording;
			}
			if (recording.name == this.lastServed) isBehind = true;
		}
		const chosen = next === null ? first : next;
		if (chosen === null) return;
		this.lastServed = chosen.name;
		this.fetcher.ask(chosen, turn);
	}

	/** Has time call when time alone is what is waited for. */
	private wake(turn: Turn): void {
		if (this.fetcher.isBusy) return;
		let at: u64 = u64.MAX_VALUE;
		const all = this.recordings.values();
		for (let each = 0; each < all.length; each++) {
			const recording = all[each];
			if (recording.hasEnded || recording.isEnding || recording.isWhole) continue;
			const readyAt = max(recording.readyAt, this.fetcher.pace.readyAt);
			// Otherwise it waits for the disk.
			if (readyAt > turn.now) at = min(at, readyAt);
		}
		if (at == u64.MAX_VALUE || (this.timerAt != 0 && this.timerAt <= at)) return;
		this.timerAt = min(at, turn.now + LONGEST_WAIT_US);
		turn.after(<u32>((this.timerAt - turn.now + 999) / 1000), "wake");
	}

	private tell(recording: Recording, turn: Turn): void {
		const view = recording.view(turn.now);
		const told = view.state.toString() + view.code + view.trouble;
		if (told == recording.told) return;
		recording.told = told;
		turn.publish("recorder.state", view.encode());
	}

	private isAsked(wish: Wish, name: string): bool {
		for (let at = 0; at < this.asked.length; at++)
			if (this.asked[at].wish == wish && this.asked[at].name == name) return true;
		return false;
	}

	private satisfy(wish: Wish, name: string, reply: Uint8Array, turn: Turn): void {
		const asked = this.settle(wish, name);
		for (let at = 0; at < asked.length; at++) if (asked[at] != 0) turn.replyTo(asked[at], reply);
	}

	private refuse(wish: Wish, name: string, code: string, why: string, turn: Turn): void {
		const asked = this.settle(wish, name);
		for (let at = 0; at < asked.length; at++) {
			turn.correlation = asked[at];
			no(wish, code, why, turn);
		}
		turn.correlation = 0;
	}

	/** Who asked for it; a message that was no request is 0. */
	private settle(wish: Wish, name: string): u32[] {
		const found: u32[] = [];
		const left: Asked[] = [];
		for (let at = 0; at < this.asked.length; at++) {
			const asked = this.asked[at];
			if (asked.wish == wish && asked.name == name) found.push(asked.correlation);
			else left.push(asked);
		}
		this.asked = left;
		return found;
	}
}

/** The request being handled is answered by why it is not done; of what was no request the log says it. */
function no(wish: Wish, code: string, why: string, turn: Turn): void {
	if (!turn.isRequest) return turn.warn(code + ": " + why);
	if (wish == Wish.Start) return turn.reply(StartReply.of(code, why).encode());
	if (wish == Wish.Stop) return turn.reply(StopReply.of(code, why).encode());
	turn.reply(DeleteReply.of("", code, why).encode());
}

function started(recording: Recording, now: u64): Uint8Array {
	const reply = new StartReply();
	reply.programme = recording.view(now);
	return reply.encode();
}

function stopped(recording: Recording, now: u64): Uint8Array {
	const reply = new StopReply();
	reply.programme = recording.view(now);
	return reply.encode();
}

function isDigest(text: string): bool {
	if (text.length != 64) return false;
	for (let at = 0; at < text.length; at++) if (DIGITS.indexOf(text.charAt(at)) < 0) return false;
	return true;
}

serve(new Recorder());
