/** One for one: a VM that fails comes back after a growing pause, and is parked when it fails too often. */

export interface RestartOptions {
	/** First pause; doubles with each failure in the window. Default 100. */
	readonly firstPauseMs?: number;
	/** Longest pause. Default 10 000. */
	readonly longestPauseMs?: number;
	/** Failures in the window that are forgiven. Default 5. */
	readonly mostFailures?: number;
	/** Default 60 000. */
	readonly windowMs?: number;
}

export type Verdict = { readonly action: 'restart'; readonly pauseMs: number } | { readonly action: 'park' };

// Every VM has a policy, and few ever fail.
const defaults: RestartOptions = {};
const none: readonly number[] = [];

export class RestartPolicy {
	readonly #options: RestartOptions;
	#failures = none;

	constructor(options: RestartOptions = defaults) {
		this.#options = options;
	}

	/** @param nowUs microseconds since the epoch */
	failed(nowUs: number): Verdict {
		const {
			firstPauseMs = 100,
			longestPauseMs = 10_000,
			mostFailures = 5,
			windowMs = 60_000,
		} = this.#options;
		this.#failures = [...this.#failures.filter((at) => at > nowUs - windowMs * 1000), nowUs];
		const count = this.#failures.length;
		if (count > mostFailures) return { action: 'park' };
		return { action: 'restart', pauseMs: Math.min(longestPauseMs, firstPauseMs * 2 ** (count - 1)) };
	}

	/** Forgets the past, e.g. when the operator starts a parked VM by hand. */
	reset(): void {
		this.#failures = none;
	}
}
