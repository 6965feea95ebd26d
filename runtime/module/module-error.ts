/** Why the modules of a box are not changed as they were to be. */
import { CodedError } from '../error.ts';

export const moduleErrors = {
	'duplicate-module': 'This version of the module is installed already.',
	'unknown-module': 'No module of this name is installed.',
	'name-mismatch': 'The new version is of another module than the one to be updated.',
	'start-failed': 'The new version did not start; the version before runs again.',
} as const;

export class ModuleError extends CodedError<keyof typeof moduleErrors> {
	override readonly name = 'ModuleError';
}
