/** Why a test has failed, as a report tells it. */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CodedError } from '../../../runtime/error.ts';

export interface FailureReport {
	/** Stable code, or the kind of error. */
	readonly code: string;
	readonly message: string;
	readonly stack: string;
}

export function failureOf(error: unknown): FailureReport {
	if (!(error instanceof Error)) return { code: 'unknown', message: String(error), stack: '' };
	const code = error instanceof CodedError ? error.code : error.name;
	const { message, stack = '' } = error;
	// The test runner says of a failed assertion only that there was one: its line says which.
	const said = error.name === 'TestFailure' ? assertionIn(stack) : undefined;
	return { code, message: said ?? message, stack };
}

/** The first line of a test or of what it calls. */
function assertionIn(stack: string): string | undefined {
	for (const [, url = '', line = ''] of stack.matchAll(/(file:\/\/\/[^\s()]+):(\d+):\d+/g)) {
		if (url.includes('/node_modules/')) continue;
		try {
			const file = fileURLToPath(url);
			const text = readFileSync(file, 'utf8').split('\n')[Number(line) - 1]?.trim() ?? '';
			return `${basename(file)}:${line}: ${text}`;
		} catch {
			return undefined;
		}
	}
	return undefined;
}
