/** The double of `Health`: says what a test lets it say, and tells when it was asked. */
import type { Health } from './health.ts';

export class SimulatedHealth implements Health {
	problems: readonly string[] = [];
	checks = 0;
	/** Called at each check: may throw, or wait. */
	whenAsked: (check: number) => void | Promise<void> = () => undefined;

	async check(): Promise<readonly string[]> {
		await this.whenAsked(++this.checks);
		return this.problems;
	}
}
