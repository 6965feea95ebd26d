/** Writes one session to the journal: steps before they are taken, checkpoints at a bounded rate. */
import type { Clock, Timer } from '../clock.ts';
import { HandoffError } from './handoff-error.ts';
import type { Session } from './session.ts';
import type { SessionJournal } from './session-journal.ts';
import type { SessionSink } from './session-sink.ts';

export interface SessionPaperOptions {
	readonly session: Session;
	readonly journal: SessionJournal;
	readonly sink: SessionSink;
	readonly clock: Clock;
	/** Least time between two checkpoints. */
	readonly intervalMs: number;
	/** A checkpoint that could not be written is no reason to stop; the next one will be tried. */
	readonly onTrouble: (error: HandoffError) => void;
}

export class SessionPaper {
	readonly #options: SessionPaperOptions;
	#tail: Promise<void> = Promise.resolve();
	#timer: Timer | undefined;
	#lastUs = Number.NEGATIVE_INFINITY;
	#isClosed = false;
	/** There is a point to go on from that has not been written. */
	#isDue = false;
	#writes = 0;

	constructor(options: SessionPaperOptions) {
		this.#options = options;
	}

	get writes(): number {
		return this.#writes;
	}

	/** The session as it is when its turn to be written comes; durable once resolved. Errors: `journal-failed`. */
	announce(): Promise<void> {
		return this.#queue(() => this.#write());
	}

	/** There is a new checkpoint: it is written soon, if it can be gone on from by then. */
	note(): void {
		const { clock, intervalMs } = this.#options;
		if (this.#timer === undefined && !this.#isClosed) {
			const dueUs = this.#lastUs + intervalMs * 1000;
			this.#timer = clock.after(Math.max(0, (dueUs - clock.now()) / 1000), () => {
				this.#timer = undefined;
				void this.flush();
			});
		}
	}

	/** Writes the newest checkpoint that can be gone on from, if there is a newer one. Never rejects. */
	async flush(): Promise<void> {
		const { session, sink, clock, onTrouble } = this.#options;
		this.#lastUs = clock.now();
		try {
			const { era } = session;
			// Outside the queue, so that a slow disk of the player does not hold a handoff up.
			const place = await sink.durable(session.id).catch(rethrow(session.id));
			this.#isDue = (era === session.era && session.settle(place)) || this.#isDue;
			if (this.#isDue) {
				await this.announce();
			}
		} catch (error) {
			onTrouble(error as HandoffError);
			this.note();
		}
	}

	/** Nothing is written from here on. */
	close(): Promise<void> {
		this.#timer?.cancel();
		this.#timer = undefined;
		this.#isClosed = true;
		return this.#tail;
	}

	/** The session is over; it will not come back after a restart. Errors: `journal-failed`. */
	async remove(): Promise<void> {
		const { session, journal } = this.#options;
		await this.close();
		await journal.remove(session.id).catch(rethrow(session.id));
	}

	async #write(): Promise<void> {
		const { session, journal } = this.#options;
		this.#writes++;
		this.#isDue = false;
		try {
			await journal.write(session.entry());
		} catch (error) {
			this.#isDue = true;
			throw error;
		}
	}

	/** One write at a time, in the order of the calls. */
	#queue(write: () => Promise<void>): Promise<void> {
		const { id } = this.#options.session;
		const done = this.#tail.then(() => (this.#isClosed ? undefined : write())).catch(rethrow(id));
		this.#tail = done.catch(() => undefined);
		return done;
	}
}

function rethrow(session: string): (cause: unknown) => never {
	return (cause) => {
		const why = cause instanceof Error ? cause.message : String(cause);
		throw new HandoffError('journal-failed', `the journal of session ${session}: ${why}`, { cause });
	};
}
