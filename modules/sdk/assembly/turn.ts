/** One call of the service: what it may know, and everything it wants to happen, kept until the call returns. */
import { get } from "./wit/key-value";
import { Level, write } from "./wit/log";
import { err, ok } from "./wit/abi";
import {
	Effect,
	EffectCancelFetch,
	EffectCancelTimer,
	EffectDelete,
	EffectFetch,
	EffectPlay,
	EffectPublish,
	EffectPut,
	EffectReply,
	EffectRequest,
	EffectSetTimer,
	Entry,
	Fetch,
	Frame,
	Publication,
	Reply,
	Request,
	Timer,
} from "./wit/types";
import { Timers } from "./timers";
import { noTopic, Topics } from "./topics";

export class Turn {
	/** Microseconds since the Unix epoch, never going back. */
	now: u64 = 0;
	/** Of the request being handled; 0 for anything else. */
	correlation: u32 = 0;

	private effects: Effect[] = [];
	private answered: u32 = 0;
	private requests: u32 = 0;
	private streams: u32 = 0;

	constructor(
		/** Number of this VM on its box. */
		readonly vm: u32,
		/** Bytes of the message that the manifest declares as the service's configuration. */
		readonly config: Uint8Array,
		/** The network this VM is bound to, or "". */
		readonly baseband: string,
		readonly topics: Topics,
		readonly timers: Timers,
	) {}

	get isRequest(): bool {
		return this.correlation != 0;
	}

	/** Whether the request being handled has its answer. */
	get isAnswered(): bool {
		return this.isRequest && this.answered == this.correlation;
	}

	publish(topic: string, payload: Uint8Array): void {
		const id = this.topics.idOf(topic);
		if (id == noTopic) return this.warn("not published: the manifest declares no topic " + topic);
		this.add(new EffectPublish(new Publication(id, payload)));
	}

	/** Returns the correlation of the answer. A topic that the manifest does not declare is answered `Denied`. */
	request(topic: string, payload: Uint8Array, deadlineMs: u32): u32 {
		const correlation = ++this.requests;
		this.add(new EffectRequest(new Request(this.topics.idOf(topic), correlation, deadlineMs, payload)));
		return correlation;
	}

	/** Answers the request being handled. */
	reply(payload: Uint8Array): void {
		if (!this.isRequest) return this.warn("a reply to what was no request");
		this.replyTo(this.correlation, payload);
	}

	/** Answers a request of an earlier turn. */
	replyTo(correlation: u32, payload: Uint8Array): void {
		this.answered = correlation;
		this.add(new EffectReply(new Reply(correlation, ok<Uint8Array, string>(payload))));
	}

	/** Refuses the message being handled: a request gets the reason as its answer, anything else a line in the log. */
	reject(reason: string): void {
		if (this.isRequest) this.rejectTo(this.correlation, reason);
		else this.warn(reason);
	}

	rejectTo(correlation: u32, reason: string): void {
		this.answered = correlation;
		this.add(new EffectReply(new Reply(correlation, err<Uint8Array, string>(reason))));
	}

	/** Calls `timer(name)` once; a timer of that name that still runs is replaced. */
	after(ms: u32, name: string): void {
		this.setTimer(name, ms, false);
	}

	/**
	 * Calls `timer(name)` again and again, on the beat that this begins: one that comes late moves none behind it.
	 * What was missed for two periods or more is left out, so count time by `now` and not by calls.
	 */
	every(ms: u32, name: string): void {
		this.setTimer(name, ms, true);
	}

	cancel(name: string): void {
		const id = this.timers.remove(name);
		if (id != 0) this.add(new EffectCancelTimer(id));
	}

	/** Keeps a value across restarts. Reads see it from the next turn on. */
	put(key: string, value: Uint8Array): void {
		this.add(new EffectPut(new Entry(key, value)));
	}

	remove(key: string): void {
		this.add(new EffectDelete(key));
	}

	get(key: string): Uint8Array | null {
		return get(key);
	}

	/** Asks for bytes over this VM's network; `length` 0 is: to the end. Returns the number of the stream. */
	fetch(url: string, offset: u64, length: u64): u32 {
		const stream = ++this.streams;
		this.add(new EffectFetch(new Fetch(stream, url, offset, length)));
		return stream;
	}

	cancelFetch(stream: u32): void {
		this.add(new EffectCancelFetch(stream));
	}

	/** Gives the box's player a frame to be heard at `at` for `duration` microseconds. */
	play(sequence: u64, at: u64, duration: u32, bytes: Uint8Array): void {
		this.add(new EffectPlay(new Frame(sequence, at, duration, bytes)));
	}

	debug(line: string): void {
		write(Level.Debug, line);
	}

	info(line: string): void {
		write(Level.Info, line);
	}

	warn(line: string): void {
		write(Level.Warn, line);
	}

	error(line: string): void {
		write(Level.Error, line);
	}

	/** Called by the SDK when a call of the service begins. */
	begin(now: u64): void {
		this.now = now;
		this.answered = 0;
		// The host has read what happened last time, so the array serves again.
		this.effects.length = 0;
	}

	/** Called by the SDK when it ends. */
	end(): Effect[] {
		return this.effects;
	}

	private setTimer(name: string, ms: u32, repeat: bool): void {
		this.cancel(name);
		this.add(new EffectSetTimer(new Timer(this.timers.add(name, repeat), ms, repeat)));
	}

	private add(effect: Effect): void {
		this.effects.push(effect);
	}
}
