/** Why a WIT text cannot be turned into bindings. */
import { CodedError } from '../../../runtime/error.ts';

export const witErrors = {
	'wit-syntax': 'the text is not WIT',
	'wit-unsupported': 'valid WIT, but a feature that services do not have (resources, async, other packages)',
	'wit-unknown-name': 'a type, interface or world is used that is nowhere declared',
	'wit-duplicate-name': 'one name is declared twice, or two names become one in the generated language',
	'wit-recursive-type': 'a type contains itself',
} as const;

/** Where in a WIT text something stands; both count from 1. */
export interface Place {
	readonly line: number;
	readonly column: number;
}

/** The message starts with `file:line:column`, as editors and terminals like it. */
export class WitError extends CodedError<keyof typeof witErrors> {
	override readonly name = 'WitError';
}
