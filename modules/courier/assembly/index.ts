/**
 * Carries what services say to each other, as it comes: messages on, requests on and their answers back. Topics that
 * the operator blocks are not carried, and counted.
 *
 * It says in the turn in which it hears, and in that order: so order holds per sender and topic, and what is in no
 * durable turn of the courier has not been said.
 */
import { ContainerService, Failure, Turn, serve } from "mullion/sdk";
import { Blocked, Report, Settings } from "./bus/courier";
import { Firewall } from "./firewall";

const REPORT = "courier.report";
/** Requests that wait at once; more are refused. */
const mostWaiting = 4096;
/** Where the operator says nothing. */
const usualDeadlineMs: u32 = 60_000;

class Courier extends ContainerService {
	private firewall: Firewall = new Firewall([]);
	private deadlineMs: u32 = usualDeadlineMs;
	/** Who waits for which answer: our number of the request -> theirs. */
	private waiting: Map<u32, u32> = new Map<u32, u32>();
	private messages: u64 = 0;
	private requests: u64 = 0;
	private refused: u64 = 0;

	start(turn: Turn): void {
		const settings = Settings.decode(turn.config);
		if (settings === null) return;
		this.firewall = new Firewall(settings.blocked);
		if (settings.deadlineMs > 0) this.deadlineMs = settings.deadlineMs;
	}

	message(topic: string, payload: Uint8Array, turn: Turn): void {
		if (topic == REPORT) return turn.reply(this.report());
		if (!this.firewall.passes(topic)) {
			if (turn.isRequest) turn.reject(nameOf(Failure.Denied));
			return;
		}
		if (turn.isRequest) return this.ask(topic, payload, turn);
		this.messages++;
		turn.publish(topic, payload);
	}

	answer(correlation: u32, payload: Uint8Array, turn: Turn): void {
		const theirs = this.take(correlation);
		if (theirs != 0) turn.replyTo(theirs, payload);
	}

	failed(correlation: u32, failure: Failure, turn: Turn): void {
		const theirs = this.take(correlation);
		if (theirs != 0) turn.rejectTo(theirs, nameOf(failure));
	}

	private ask(topic: string, payload: Uint8Array, turn: Turn): void {
		if (this.waiting.size >= mostWaiting) {
			this.refused++;
			return turn.reject(nameOf(Failure.Refused));
		}
		this.requests++;
		this.waiting.set(turn.request(topic, payload, this.deadlineMs), turn.correlation);
	}

	/** 0 for one that nobody waits for. */
	private take(correlation: u32): u32 {
		if (!this.waiting.has(correlation)) return 0;
		const theirs = this.waiting.get(correlation);
		this.waiting.delete(correlation);
		return theirs;
	}

	private report(): Uint8Array {
		const report = new Report();
		report.messages = this.messages;
		report.requests = this.requests;
		report.waiting = this.waiting.size;
		report.refused = this.refused;
		const topics = this.firewall.topics();
		for (let at = 0; at < topics.length; at++) {
			const blocked = new Blocked();
			blocked.topic = topics[at];
			blocked.count = this.firewall.count(topics[at]);
			report.blocked.push(blocked);
		}
		return report.encode();
	}
}

/** By which the platform tells who has asked what became of it. */
function nameOf(failure: Failure): string {
	if (failure == Failure.Denied) return "denied";
	if (failure == Failure.TimedOut) return "timed-out";
	if (failure == Failure.Unreachable) return "unreachable";
	if (failure == Failure.Malformed) return "malformed";
	return failure == Failure.Cancelled ? "cancelled" : "refused";
}

serve(new Courier());
