/** Waiting for the person at the keyboard to have had enough. */

import type { Controller } from '../controller/controller.ts';
import { ControllerError } from '../controller/controller-error.ts';

/** Resolves when the signal is aborted. */
export function aborted(signal: AbortSignal): Promise<void> {
	return new Promise((resolve) => {
		if (signal.aborted) resolve();
		else signal.addEventListener('abort', () => resolve(), { once: true });
	});
}

/** Resolves when the signal is aborted. Errors: `unreachable`, when the box's broker is lost before. */
export function ended(box: Controller, signal: AbortSignal): Promise<void> {
	return new Promise((resolve, reject) => {
		if (signal.aborted) return resolve();
		signal.addEventListener('abort', () => resolve(), { once: true });
		box.onLost(() => reject(new ControllerError('unreachable', 'the connection to the broker broke off')));
	});
}
