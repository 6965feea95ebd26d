/** A player that hears numbered frames and finds every one that is lost or doubled: the double of `SessionSink`. */
import type { VmId } from '../vm/cell-protocol.ts';
import type { SessionSink, SinkPlace, SinkPosition } from './session-sink.ts';

export interface SimulatedFrame {
	readonly sequence: number;
	readonly atUs: number;
	readonly durationUs: number;
}

export interface SimulatedSinkOptions {
	/** Frames taken that are not heard yet; these are gone after a power cut. Default 3. */
	readonly lead?: number;
}

/** What is wrong with what was heard. Both stay empty as long as the platform keeps its promise. */
export interface Faults {
	/** Sequence numbers that came after one was left out, or at another time than they were due. */
	readonly lost: number[];
	readonly doubled: number[];
}

interface Playing {
	owner: VmId | undefined;
	/** Frames before this one are here. */
	next: number;
	nextAtUs: number;
	/** Frames before this one are heard. */
	heard: number;
}

/** Every frame leaves this many bytes in the output. */
const frameBytes = 100;

export class SimulatedSink implements SessionSink {
	readonly #lead: number;
	readonly #sessions = new Map<string, Playing>();
	readonly faults: Faults = { lost: [], doubled: [] };
	/** Frames of VMs that were not the owner. */
	refused = 0;

	constructor({ lead = 3 }: SimulatedSinkOptions = {}) {
		this.#lead = lead;
	}

	/** The VM that is heard. */
	ownerOf(session: string): VmId | undefined {
		return this.#sessions.get(session)?.owner;
	}

	/** Takes a frame if it comes from the owner. */
	offer(vm: VmId, session: string, { sequence, atUs, durationUs }: SimulatedFrame): void {
		const playing = this.#of(session);
		if (playing.owner !== vm) {
			this.refused++;
			return;
		}
		if (sequence < playing.next) {
			this.faults.doubled.push(sequence);
			return;
		}
		if (sequence > playing.next || (playing.nextAtUs !== 0 && atUs !== playing.nextAtUs)) {
			this.faults.lost.push(sequence);
		}
		playing.next = sequence + 1;
		playing.nextAtUs = atUs + durationUs;
		playing.heard = Math.max(playing.heard, playing.next - this.#lead);
	}

	assign(session: string, owner: VmId | undefined): void {
		this.#of(session).owner = owner;
	}

	position(session: string): SinkPosition {
		const { next, nextAtUs } = this.#of(session);
		return { nextSequence: next, nextAtUs };
	}

	async durable(session: string): Promise<SinkPlace> {
		const { heard } = this.#of(session);
		return { nextSequence: heard, playedBytes: heard * frameBytes };
	}

	async rewind(session: string, { nextSequence, playedBytes }: SinkPlace): Promise<void> {
		const playing = this.#of(session);
		if (playedBytes !== nextSequence * frameBytes || nextSequence > playing.heard) {
			throw new RangeError(`${session} was never heard up to frame ${nextSequence}, byte ${playedBytes}`);
		}
		playing.owner = undefined;
		playing.next = nextSequence;
		playing.heard = nextSequence;
		playing.nextAtUs = 0;
	}

	/** The power fails: what was heard stays, everything else is forgotten. */
	cutPower(): void {
		for (const playing of this.#sessions.values()) {
			playing.owner = undefined;
			playing.next = 0;
			playing.nextAtUs = 0;
		}
	}

	#of(session: string): Playing {
		const playing = this.#sessions.get(session) ?? { owner: undefined, next: 0, nextAtUs: 0, heard: 0 };
		this.#sessions.set(session, playing);
		return playing;
	}
}
