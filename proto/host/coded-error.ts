/**
 * An error with a stable code. Each part of the house declares its own closed table of codes;
 * codes are for programs and never change, messages are for people and may.
 */
export class CodedError<Code extends string = string> extends Error {
	override readonly name: string = 'CodedError';
	readonly code: Code;

	constructor(code: Code, message: string, options?: ErrorOptions) {
		super(message, options);
		this.code = code;
	}
}

/** The code of any error: its own, or `internal` for one that nobody foresaw. */
export function codeOf(error: unknown): string {
	return error instanceof CodedError ? error.code : 'internal';
}
