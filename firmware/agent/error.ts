/** Why the agent refuses or fails a message: the standard's error codes, by name. */
import { CodedError, codeOf } from '../../runtime/error.ts';
import { faultOfCode } from './fault-table.ts';

/** TR-369 "Error Codes" and TR-181 data-model codes: name -> number on the wire. */
export const uspFaults = {
	'message-failed': 7000,
	'message-not-supported': 7001,
	'request-denied': 7002,
	'internal-error': 7003,
	'invalid-arguments': 7004,
	'resources-exceeded': 7005,
	'permission-denied': 7006,
	'invalid-path-syntax': 7008,
	'parameter-action-failed': 7009,
	'unsupported-parameter': 7010,
	'invalid-type': 7011,
	'invalid-value': 7012,
	'parameter-not-writable': 7013,
	'operation-error': 7015,
	'object-does-not-exist': 7016,
	'object-not-created': 7017,
	'object-not-a-table': 7018,
	'object-not-creatable': 7019,
	'object-not-updated': 7020,
	'required-parameter-failed': 7021,
	'command-failure': 7022,
	'command-canceled': 7023,
	'delete-failure': 7024,
	'duplicate-key': 7025,
	'invalid-path': 7026,
	'invalid-command-arguments': 7027,
	'server-unreachable': 7033,
	'server-insecure': 7034,
	'corrupt-module': 7035,
	'bad-signature': 7036,
	'record-not-parsed': 7100,
	'secure-session-required': 7101,
	'secure-session-not-supported': 7102,
	'segmentation-not-supported': 7103,
	'invalid-record-value': 7104,
	'session-context-terminated': 7105,
	'session-context-not-allowed': 7106,
	'unknown-environment': 7223,
	'environment-mismatch': 7225,
	'duplicate-module': 7226,
	'module-resources-exceeded': 7227,
	'invalid-module-state': 7229,
	'invalid-environment-state': 7230,
} as const;

export type UspFaultName = keyof typeof uspFaults;

export class UspError extends CodedError<UspFaultName> {
	override readonly name = 'UspError';

	/** The code on the wire, 7000 to 7999. */
	get fault(): number {
		return uspFaults[this.code];
	}
}

/** What goes on the wire of an error: `text` starts with the stable code, as in `bad-signature: ...`. */
export interface Fault {
	readonly code: number;
	readonly text: string;
}

/** What is quoted in a message may be as long as its sender liked. */
const longestText = 1000;

/**
 * The fault that tells a controller of an error: the standard's number where there is one.
 *
 * @param otherwise the fault of a code the table does not know
 */
export function faultOf(error: unknown, otherwise: UspFaultName = 'command-failure'): Fault {
	const message = error instanceof Error ? error.message : String(error);
	const code = codeOf(error);
	const text = `${code}: ${message}`.slice(0, longestText);
	if (error instanceof UspError) return { code: error.fault, text };
	const known = Object.hasOwn(faultOfCode, code) ? faultOfCode[code] : undefined;
	const name = Object.hasOwn(uspFaults, code) ? (code as UspFaultName) : (known ?? otherwise);
	return { code: uspFaults[name], text };
}
