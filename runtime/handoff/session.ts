/** One session: where it is, who owns it, and the states from which it can go on. */
import type { VmId } from '../vm/cell-protocol.ts';
import type { Bars } from './bars.ts';
import { CheckpointShelf, type KeptState } from './checkpoint-shelf.ts';
import type { Request, Situation } from './policy.ts';
import type { Checkpoint } from './session-control.ts';
import type { JournalEntry, SafePoint } from './session-journal.ts';
import type { SessionState } from './session-machine.ts';
import type { SinkPlace } from './session-sink.ts';

/** A session as others may see it. */
export interface SessionView {
	readonly id: string;
	readonly kind: string;
	readonly url: string;
	readonly state: SessionState;
	/** Undefined: the platform holds it. */
	readonly owner: VmId | undefined;
	/** The network it is on, or was on last. */
	readonly baseband: string | undefined;
	readonly preferred: string | undefined;
	/** The network it is moving to. */
	readonly movingTo: string | undefined;
	/** Why it is where it is: the policy's reason, or the code of what last went wrong. */
	readonly reason: string;
}

/** An attempt to give the session to another VM. */
export interface Flight {
	readonly to: string;
	/** Undefined when it is no handoff: nobody has the session. */
	readonly source?: VmId;
	target?: VmId;
	/** The VM that has been sent the session and has not answered. */
	taking?: VmId;
	/** What came from that VM before its answer. */
	early?: Checkpoint;
}

export interface SessionOptions {
	readonly id: string;
	readonly kind: string;
	readonly url: string;
	readonly preferred?: string | undefined;
	readonly start: SinkPlace;
	readonly bars: Bars;
	readonly safe?: SafePoint | undefined;
}

export class Session {
	readonly id: string;
	readonly kind: string;
	readonly url: string;
	readonly bars: Bars;
	/** Where in what was played it begins. */
	readonly start: SinkPlace;
	preferred: string | undefined;
	request: Request | undefined;
	state: SessionState = 'waiting';
	reason = 'no-network';
	owner: VmId | undefined;
	baseband: string | undefined;
	movedAtUs: number | undefined;
	flight: Flight | undefined;
	/** Where to go on from after a power cut. */
	safe: SafePoint | undefined;
	/** Goes up each time the session is begun anew; places of an earlier era mean nothing. */
	era = 0;
	readonly #shelf = new CheckpointShelf();
	/** The whole state of the last handoff, until a checkpoint overtakes it. */
	#whole: KeptState | undefined;

	constructor({ id, kind, url, preferred, start, bars, safe }: SessionOptions) {
		this.id = id;
		this.kind = kind;
		this.url = url;
		this.preferred = preferred;
		this.start = start;
		this.bars = bars;
		this.safe = safe;
		if (safe !== undefined) {
			this.#shelf.add(safe);
		}
	}

	keep(checkpoint: KeptState): void {
		this.#shelf.add(checkpoint);
	}

	keepWhole(state: KeptState): void {
		this.#whole = state;
	}

	/** The newest state whose frames all lie before `sequence`. */
	newestUpTo(sequence: number): KeptState | undefined {
		const kept = this.#shelf.newestUpTo(sequence);
		const whole = this.#whole;
		const isWholeNewer =
			whole !== undefined &&
			whole.nextSequence <= sequence &&
			whole.nextSequence >= (kept?.nextSequence ?? 0);
		return isWholeNewer ? whole : kept;
	}

	/** The session is begun anew, and no state of before is of use. */
	forgetStates(): void {
		this.era++;
		this.#shelf.clear();
		this.#whole = undefined;
		this.safe = undefined;
	}

	/**
	 * What is before `place` is heard and on disk. Returns true if that gave a newer point to go on
	 * from after a power cut. Whole states stay in memory: they are large, and a checkpoint follows.
	 */
	settle(place: SinkPlace): boolean {
		const kept = this.#shelf.newestUpTo(place.nextSequence) ?? this.newestUpTo(place.nextSequence);
		if (kept === undefined || (this.safe !== undefined && kept.nextSequence <= this.safe.nextSequence)) {
			return false;
		}
		this.safe = { ...kept, place };
		this.#shelf.settle(place.nextSequence);
		if (this.#whole !== undefined && kept.nextSequence > this.#whole.nextSequence) {
			this.#whole = undefined;
		}
		return true;
	}

	situation(): Situation {
		const { baseband, movedAtUs, preferred, request, bars } = this;
		return { baseband, movedAtUs, preferred, request, barredUntilUs: bars.untilUs };
	}

	entry(): JournalEntry {
		const { id: session, kind, url, preferred, owner, baseband, start, safe, flight } = this;
		const target =
			flight?.source !== undefined && flight.target !== undefined
				? { vm: flight.target, baseband: flight.to }
				: undefined;
		return { session, kind, url, preferred, owner, baseband, target, start, safe };
	}

	view(): SessionView {
		const { id, kind, url, state, owner, baseband, preferred, flight, reason } = this;
		return { id, kind, url, state, owner, baseband, preferred, movingTo: flight?.to, reason };
	}
}
