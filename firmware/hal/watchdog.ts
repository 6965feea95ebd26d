/** The hardware watchdog: resets the box when it is not fed in time. */
import { closeSync, writeSync } from 'node:fs';

export interface Watchdog {
	feed(): void;
	/** It goes on counting: a platform that has ended is no reason to spare the box. */
	close(): void;
}

/**
 * By a device of Linux (Documentation/watchdog/watchdog-api.rst): any byte but `V` feeds it, and without a
 * `V` before it is closed it is not stopped. It can be opened only once: this is who has, by its descriptor. Errors:
 * those of the file system.
 */
export function watchdogDevice(file: number): Watchdog {
	return {
		feed: () => void writeSync(file, '.'),
		close: () => closeSync(file),
	};
}
