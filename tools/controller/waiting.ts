/** Answers that are still to come, by key, each with its deadline. */
import { ControllerError } from './controller-error.ts';

interface Wait<T> {
	readonly resolve: (value: T) => void;
	readonly reject: (error: unknown) => void;
	readonly stop: () => void;
}

export class Waiting<T> {
	readonly #waits = new Map<string, Wait<T>>();

	/** Errors: `no-answer` after `ms`; the signal's reason. */
	wait(
		key: string,
		{ ms, what, signal }: { ms: number; what: string; signal?: AbortSignal | undefined },
	): Promise<T> {
		return new Promise((resolve, reject) => {
			const timer = setTimeout(() => {
				this.reject(key, new ControllerError('no-answer', `${what} did not come within ${ms} ms`));
			}, ms);
			const onAbort = () => this.reject(key, signal?.reason);
			const stop = () => {
				clearTimeout(timer);
				signal?.removeEventListener('abort', onAbort);
			};
			this.#waits.set(key, { resolve, reject, stop });
			if (signal?.aborted) onAbort();
			signal?.addEventListener('abort', onAbort, { once: true });
		});
	}

	resolve(key: string, value: T): void {
		this.#take(key)?.resolve(value);
	}

	reject(key: string, error: unknown): void {
		this.#take(key)?.reject(error);
	}

	/** Nobody waits for it any more; its promise stays open. */
	drop(key: string): void {
		this.#take(key);
	}

	rejectAll(error: unknown): void {
		for (const key of [...this.#waits.keys()]) this.reject(key, error);
	}

	#take(key: string): Wait<T> | undefined {
		const wait = this.#waits.get(key);
		wait?.stop();
		this.#waits.delete(key);
		return wait;
	}
}
