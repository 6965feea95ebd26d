/** Who waits until the log has got to a sequence. */
interface Waiter {
	readonly sequence: number;
	readonly resolve: () => void;
	readonly reject: (error: Error) => void;
}

export class Waiters {
	#waiting: Waiter[] = [];

	wait(sequence: number): Promise<void> {
		const { promise, resolve, reject } = Promise.withResolvers<void>();
		this.#waiting.push({ sequence, resolve, reject });
		return promise;
	}

	reach(durable: number): void {
		if (this.#waiting.length === 0) return;
		const waiting = this.#waiting;
		this.#waiting = waiting.filter(({ sequence }) => sequence > durable);
		for (const { sequence, resolve } of waiting) if (sequence <= durable) resolve();
	}

	end(error: Error): void {
		for (const { reject } of this.#waiting) reject(error);
		this.#waiting = [];
	}
}
