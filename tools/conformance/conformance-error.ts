/** Why a file of the suite could not be read, or a folder not be judged. */
import { CodedError } from '../../runtime/error.ts';

export const conformanceErrors = {
	'bad-script': 'A file of the suite is not of s-expressions that belong to a WebAssembly script.',
	'bad-list': 'The list of what is expected not to pass is not of its form.',
	'no-files': 'The folder holds no .wast file.',
} as const;

export class ConformanceError extends CodedError<keyof typeof conformanceErrors> {
	override readonly name = 'ConformanceError';
}
