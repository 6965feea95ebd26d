/** What is kept of each handoff: from where to where, why, how long each phase took, how it ended. */
import type { Clock } from '../clock.ts';
import type { VmId } from '../vm/cell-protocol.ts';
import type { Trigger } from './policy.ts';

export interface HandoffRecord {
	readonly session: string;
	/** When it began, microseconds since the epoch. */
	readonly atUs: number;
	readonly trigger: Trigger;
	/** The policy's words. */
	readonly why: string;
	/** Ids of the networks. */
	readonly from: string | undefined;
	readonly to: string;
	readonly source: VmId;
	/** Undefined if no VM could be provided. */
	readonly target: VmId | undefined;
	readonly phasesMs: PhasesMs;
	/** Bytes of the state as the source gave it; 0 if it never did. */
	readonly stateBytes: number;
	readonly outcome: 'committed' | 'back';
	/** `ok`, or the code of what went wrong. */
	readonly reason: string;
}

/**
 * Milliseconds of each phase that was gone through, the one that failed included. `prepare` holds
 * the quiescing of the source and the journal; `total` ends when the session has an owner again.
 */
export interface PhasesMs {
	readonly provide?: number;
	readonly prepare?: number;
	readonly transfer?: number;
	readonly commit?: number;
	readonly total: number;
}

export type Phase = Exclude<keyof PhasesMs, 'total'>;

/** Times the phases, each ending where the next begins. */
export class PhaseWatch {
	readonly #clock: Clock;
	readonly startUs: number;
	readonly #phases: { [phase in Phase]?: number } = {};
	#phase: Phase | undefined = 'provide';
	#sinceUs: number;

	constructor(clock: Clock) {
		this.#clock = clock;
		this.startUs = clock.now();
		this.#sinceUs = this.startUs;
	}

	/** @param phase undefined is the way back, which is part of the total only */
	enter(phase: Phase | undefined): void {
		this.#end();
		this.#phase = phase;
	}

	/** Ends the last phase. */
	stop(): PhasesMs {
		this.#end();
		return { ...this.#phases, total: (this.#sinceUs - this.startUs) / 1000 };
	}

	#end(): void {
		const nowUs = this.#clock.now();
		if (this.#phase !== undefined) {
			this.#phases[this.#phase] = (nowUs - this.#sinceUs) / 1000;
		}
		this.#sinceUs = nowUs;
	}
}
