/** How a command ended, for scripts: codes that stay as they are. */
import { codeOf } from '../../runtime/error.ts';
import { ControllerError } from '../controller/controller-error.ts';

export const exitCodes = {
	0: 'done',
	1: 'the operation failed',
	2: 'the command line is wrong',
	3: 'the box, its broker or its headend cannot be reached',
	4: 'refused: not signed by whom the box trusts, or not allowed by its policy',
	130: 'interrupted: Ctrl-C or SIGTERM came before it was done',
} as const;

export type ExitCode = keyof typeof exitCodes;

const unreachable = [
	'no-headend',
	'bad-headend-file',
	'unreachable',
	'not-served',
	'no-answer',
	'closed',
	'boxes-away',
];
/** USP: request denied, permission denied, server insecure, corrupt data, bad signature. */
const refusals: readonly (number | undefined)[] = [7002, 7006, 7034, 7035, 7036];

export function exitCodeOf(error: unknown): ExitCode {
	if (error instanceof ControllerError && error.fault !== undefined)
		return refusals.includes(error.fault) ? 4 : 1;
	const code = codeOf(error);
	if (code === 'usage') return 2;
	if (code === 'interrupted') return 130;
	return unreachable.includes(code) ? 3 : 1;
}

/** An error as `--json` prints it. */
export function errorJson(error: unknown): { error: { code: string; message: string; fault?: number } } {
	const message = error instanceof Error ? error.message : String(error);
	if (!(error instanceof ControllerError)) return { error: { code: codeOf(error), message } };
	const { fault, reason, code } = error;
	return { error: { code: reason ?? code, message, ...(fault !== undefined && { fault }) } };
}
