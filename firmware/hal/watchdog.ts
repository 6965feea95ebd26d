/** The hardware watchdog: resets the box when it is not fed in time. */
import { closeSync, openSync, writeSync } from 'node:fs';

export interface Watchdog {
	feed(): void;
	/** It goes on counting: a platform that has ended is no reason to spare the box. */
	close(): void;
}

/**
 * By a device of Linux (Documentation/watchdog/watchdog-api.rst): any byte but `V` feeds it, and without a
 * `V` before it is closed it is not stopped. It can be opened only once: by its path, or under the descriptor of whoever
 * has. Errors: those of the file system.
 */
export function watchdogDevice(device: string | number): Watchdog {
	const file = typeof device === 'number' ? device : openSync(device, 'w');
	return {
		feed: () => void writeSync(file, '.'),
		close: () => closeSync(file),
	};
}
