/** What can go wrong between a controller and its box. */
import { CodedError } from '../../runtime/error.ts';

export const controllerErrors = {
	unreachable: 'the broker cannot be reached, or the connection to it broke off',
	'no-answer': 'the box did not answer within the deadline: it is off, or does not know this controller',
	refused: 'the box answered with an error instead of doing what was asked',
	failed: 'the command was accepted and ended in a fault',
	closed: 'the controller was closed while it waited',
} as const;

export type ControllerErrorCode = keyof typeof controllerErrors;

export class ControllerError extends CodedError<ControllerErrorCode> {
	override readonly name = 'ControllerError';
	/** The USP error code of a `refused` or `failed`, otherwise undefined. */
	readonly fault: number | undefined;
	/** The stable code behind the fault, where the box gave one: `bad-signature`. */
	readonly reason: string | undefined;

	constructor(code: ControllerErrorCode, message: string, options: ControllerErrorOptions = {}) {
		super(code, options.fault === undefined ? message : message.replace(reasonShape, ''), options);
		this.fault = options.fault;
		this.reason = options.fault === undefined ? undefined : reasonShape.exec(message)?.[1];
	}
}

interface ControllerErrorOptions extends ErrorOptions {
	readonly fault?: number;
}

// Our agent's error texts start with the code of what went wrong inside the box.
const reasonShape = /^([a-z][a-z0-9]*(?:-[a-z0-9]+)*): /;
