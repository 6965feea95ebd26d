/** Why a module could not be built. */
import { CodedError } from '../../runtime/error.ts';

export const buildErrors = {
	'no-module': 'The folder has no manifest.json, or neither assembly/index.ts nor component.wasm.',
	'no-component': 'The file is no WebAssembly component, or carries a manifest already.',
	'bad-manifest-file': 'manifest.json is not JSON, or says something that cannot be.',
	'unknown-type': 'The manifest names a message that no .proto file declares.',
	'bad-config': 'The configuration in the manifest does not fit the message that it is said to be.',
	'does-not-compile': 'The AssemblyScript compiler found errors.',
	'forbidden-import':
		'The code uses something that a service does not have, such as console, Date or Math.random.',
	'bad-name': 'A module name must be kebab-case, up to 64 characters.',
	'already-there': 'The folder for a new module exists.',
} as const;

/** Messages of `does-not-compile` have one `file:line:column` block per error of the compiler. */
export class BuildError extends CodedError<keyof typeof buildErrors> {
	override readonly name = 'BuildError';
}
