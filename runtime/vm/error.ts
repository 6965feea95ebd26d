/** What a guest can do wrong, and what the platform answers when a VM cannot be had. */
import { CodedError } from '../error.ts';
import type { BudgetName } from './budget-name.ts';

export const vmErrors = {
	trapped: 'The guest trapped: an assertion, an index out of range, an unreachable instruction.',
	'over-budget': 'The turn took longer than its budget and was stopped.',
	'out-of-memory': 'The guest wanted more memory than its maximum.',
	flooded: 'The turn returned more effects, or more bytes of them, than its budget allows.',
	'over-quota': 'The turn would store more than its key-value grant allows.',
	denied: 'The turn asked for something that the manifest does not grant.',
	'malformed-value': 'The guest returned a value that breaks the canonical ABI.',
	refused: 'The service itself gave the turn back with an error.',
	'cell-lost': 'Another VM of the cell had to be stopped by force, and the cell with it.',
	foreign: 'The cell does not run components of other toolchains, or was asked for what they cannot do.',
	'not-recordable': 'Turns of components of other toolchains cannot be recorded: they could not be replayed.',
	'not-movable':
		'The VM cannot go to that cell, or cannot leave its own: it is kept, or of another toolchain, or what it said finds no room.',
	'vm-gone': 'There is no such VM, or it is not running.',
} as const;

export type VmErrorCode = keyof typeof vmErrors;

export class VmError extends CodedError<VmErrorCode> {
	override readonly name = 'VmError';
	/** Where the guest wanted more than it has. */
	readonly budget: BudgetName | undefined;

	constructor(code: VmErrorCode, message: string, options: ErrorOptions & { budget?: BudgetName } = {}) {
		super(code, message, options);
		this.budget = options.budget;
	}
}
