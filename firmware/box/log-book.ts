/** Where every line of every VM, and of the platform, comes together. */
import type { Clock } from '../../runtime/clock.ts';
import type { LogLine, LogSource, Stop } from '../agent/ports.ts';

export class LogBook implements LogSource {
	readonly #clock: Clock;
	readonly #listeners = new Set<(line: LogLine) => void>();

	constructor(clock: Clock) {
		this.#clock = clock;
	}

	/** @param line `vm` is empty for the platform itself, and `at` undefined for one of now */
	write({ at = this.#clock.now(), ...line }: Omit<LogLine, 'at'> & { at?: number | undefined }): void {
		const stamped = { at, ...line };
		for (const listener of this.#listeners) listener(stamped);
	}

	onLine(listener: (line: LogLine) => void): Stop {
		this.#listeners.add(listener);
		return () => this.#listeners.delete(listener);
	}
}
