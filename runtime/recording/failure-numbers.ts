/** Failures by the numbers of the contract: `Failure` of `proto/recording/recording.proto`. */
import type { Failure } from '../component/generated/service.ts';
import { malformed } from './wire-reader.ts';

/** In the order of the contract, which begins with 1. */
const failures: readonly Failure[] = [
	'denied',
	'timed-out',
	'refused',
	'unreachable',
	'malformed',
	'cancelled',
];

export function numberOf(failure: Failure): number {
	return failures.indexOf(failure) + 1;
}

/** @throws RecordingError `malformed-record` */
export function failureOf(number: number): Failure {
	const failure = failures[number - 1];
	if (failure === undefined) throw malformed(`there is no failure ${number}`);
	return failure;
}
