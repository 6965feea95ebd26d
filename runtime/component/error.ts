/** Why bytes cannot become something that runs. */
import { CodedError } from '../error.ts';

export const componentErrors = {
	'not-a-component': 'The bytes are not a WebAssembly component, or are cut off or damaged.',
	'component-too-large': 'The component is larger than this box takes.',
	'world-unknown': 'The component does not export the interface of a Mullion service of this version.',
	'import-unknown': 'The component imports something that no capability of this box provides.',
	'import-not-granted': 'The component imports a capability that its manifest does not ask for.',
	'memory-unbounded':
		'The module has a memory that is shared, 64-bit or not the only one, or larger than its manifest allows.',
	'instruction-unknown':
		'The module uses an instruction or a type that no guest may: threads, relaxed SIMD, exceptions, garbage collection, further or 64-bit memories.',
	'export-reserved': 'The module exports a name that is kept for the platform.',
	'tables-too-large': 'The module has more tables, table entries or segments than this box takes.',
	'glue-failed': 'No glue could be made for the component, or not such as this version knows.',
	'name-unfit': 'A core module of the component uses a name that can not stand in glue.',
	'module-too-complex':
		'The module has more functions, types, imports or exports than this box takes, or a function that is too large, or the component too many core instances.',
	'encoding-unsupported': 'The component uses a string encoding other than UTF-8 or UTF-16.',
} as const;

export class ComponentError extends CodedError<keyof typeof componentErrors> {
	override readonly name = 'ComponentError';
}
