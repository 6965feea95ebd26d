/** A service that carries sessions which the platform may move to another VM and back. */
import { Checkpoint, SessionAnswer, SessionControl } from "./bus/session";
import { Service } from "./service";
import { Turn } from "./turn";

const CONTROL = "session.control";
const CHECKPOINT = "session.checkpoint";
const GONE = "no such session";

export abstract class SessionService extends Service {
	/** Start a session here. The answer is sent when it returns, unless `turn.reject` was called. */
	abstract open(session: string, url: string, turn: Turn): void;

	/** A handoff is being prepared: ask the network for nothing new. The state without bulk; null for no such session. */
	abstract quiesce(session: string, turn: Turn): Uint8Array | null;

	/**
	 * Open your own path to what this state describes. Say `prepared` when the first bytes have
	 * arrived, now or in a later turn, or `turn.rejectTo(correlation, ...)`.
	 */
	abstract prepare(session: string, state: Uint8Array, correlation: u32, turn: Turn): void;

	/** Stop, and give the whole state away: from now on you do not own it. Null for no such session. */
	abstract transfer(session: string, turn: Turn): Uint8Array | null;

	/** The session is yours; `nextSequence` is the first frame the sink does not have. False refuses it. */
	abstract take(session: string, state: Uint8Array, nextSequence: u64, nextAt: u64, turn: Turn): bool;

	/** The handoff did not happen: go on as before, or forget what was prepared. */
	abstract rollback(session: string, turn: Turn): void;

	/** The session is over here: free what it holds. */
	abstract release(session: string, turn: Turn): void;

	/** Answers `prepare`. */
	prepared(correlation: u32, turn: Turn): void {
		turn.replyTo(correlation, answerOf(nothing()));
	}

	/** Tells the platform what to go on from, should this VM end now. */
	checkpoint(session: string, state: Uint8Array, nextSequence: u64, ended: bool, turn: Turn): void {
		const message = new Checkpoint();
		message.session = session;
		message.state = state;
		message.nextSequence = nextSequence;
		message.ended = ended;
		turn.publish(CHECKPOINT, message.encode());
	}

	receive(topic: string, payload: Uint8Array, turn: Turn): void {
		if (topic != CONTROL) return super.receive(topic, payload, turn);
		const control = SessionControl.decode(payload);
		if (control === null) turn.reject("malformed session control");
		else obey(control, this, turn);
	}
}

// Functions, not private methods: those would take their names from every service.

function obey(control: SessionControl, service: SessionService, turn: Turn): void {
	const session = control.session;
	const open = control.open;
	const prepare = control.prepare;
	const take = control.take;
	if (open !== null) {
		service.open(session, open.url, turn);
		if (!turn.isAnswered) turn.reply(answerOf(nothing()));
	} else if (prepare !== null) {
		service.prepare(session, prepare.state, turn.correlation, turn);
	} else if (take !== null) {
		const isTaken = service.take(session, take.state, take.nextSequence, take.nextAtUs, turn);
		if (isTaken) turn.reply(answerOf(nothing()));
		else if (!turn.isAnswered) turn.reject("not taken");
	} else if (control.quiesce !== null) {
		give(service.quiesce(session, turn), turn);
	} else if (control.transfer !== null) {
		give(service.transfer(session, turn), turn);
	} else if (control.rollback !== null) {
		service.rollback(session, turn);
		turn.reply(answerOf(nothing()));
	} else if (control.release !== null) {
		service.release(session, turn);
		turn.reply(answerOf(nothing()));
	} else turn.reject("a session control without a command");
}

function give(state: Uint8Array | null, turn: Turn): void {
	if (state === null) turn.reject(GONE);
	else turn.reply(answerOf(state));
}

function nothing(): Uint8Array {
	return new Uint8Array(0);
}

function answerOf(state: Uint8Array): Uint8Array {
	const answer = new SessionAnswer();
	answer.state = state;
	return answer.encode();
}
