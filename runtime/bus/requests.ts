/** Requests that wait for an answer: who asked, who has to answer, and until when. */
import type { Clock, Timer } from '../clock.ts';

export interface PendingRequest<Party> {
	readonly from: Party;
	/** The number that the asking side knows the request by. */
	readonly theirs: number;
	/** Only this one may answer. */
	readonly to: Party;
}

interface Entry<Party> extends PendingRequest<Party> {
	readonly deadline: Timer;
}

const largestCorrelation = 0xffff_ffff;

export class Requests<Party> {
	readonly #clock: Clock;
	readonly #pending = new Map<number, Entry<Party>>();
	#last = 0;

	constructor(clock: Clock) {
		this.#clock = clock;
	}

	/** Gives the request a number of its own; `expire` is called when nobody has answered in time. */
	open({
		request,
		deadlineMs,
		expire,
	}: {
		request: PendingRequest<Party>;
		deadlineMs: number;
		expire: () => void;
	}): number {
		const id = this.#next();
		const deadline = this.#clock.after(deadlineMs, () => {
			this.#pending.delete(id);
			expire();
		});
		this.#pending.set(id, { ...request, deadline });
		return id;
	}

	/** Numbers up to this one were given out before. */
	goOnFrom(id: number): void {
		this.#last = Math.max(this.#last, id);
	}

	/** Who asked; undefined when it is over. */
	askerOf(id: number): Party | undefined {
		return this.#pending.get(id)?.from;
	}

	has(id: number): boolean {
		return this.#pending.has(id);
	}

	/** Takes the request out; undefined when it is over, or was never `by`'s to answer. */
	close(id: number, by: Party): PendingRequest<Party> | undefined {
		const entry = this.#pending.get(id);
		if (entry?.to !== by) return undefined;
		this.#drop(id, entry);
		return entry;
	}

	/** The numbers by which `party` knows what it waits for. */
	askedBy(party: Party): number[] {
		return [...this.#pending.values()].flatMap(({ from, theirs }) => (from === party ? [theirs] : []));
	}

	/** What `party` asked for is answered to nobody. */
	forgetAskedBy(party: Party): void {
		for (const [id, entry] of this.#pending) if (entry.from === party) this.#drop(id, entry);
	}

	/** Forgets what `party` asked for and returns what it still had to answer. */
	leave(party: Party): PendingRequest<Party>[] {
		const owed: PendingRequest<Party>[] = [];
		for (const [id, entry] of this.#pending) {
			if (entry.from !== party && entry.to !== party) continue;
			this.#drop(id, entry);
			if (entry.from !== party) owed.push(entry);
		}
		return owed;
	}

	#drop(id: number, entry: Entry<Party>): void {
		entry.deadline.cancel();
		this.#pending.delete(id);
	}

	#next(): number {
		do this.#last = this.#last === largestCorrelation ? 1 : this.#last + 1;
		while (this.#pending.has(this.#last));
		return this.#last;
	}
}
