/** What Add, Set and Delete have in common: plan every change first, then make all, some or none. */

import type { ParamSetting } from '../../../proto/host/cloud/usp/usp-msg.ts';
import type { Plan, Setting, TableEditor } from '../data-model/provider.ts';
import type { Place } from '../data-model/view.ts';
import { type Fault, faultOf, UspError, type UspFaultName } from '../error.ts';

/** A change that was planned or why it cannot be. */
export type Planned<T> =
	| { readonly path: string; readonly plan: Plan<T>; readonly fault?: undefined }
	| { readonly path: string; readonly fault: Fault; readonly plan?: undefined };

/** Fails the whole message: the first fault is the message's, the rest its details. */
export class PartialError extends UspError {
	readonly faults: readonly { readonly path: string; readonly fault: Fault }[];

	constructor(faults: readonly { readonly path: string; readonly fault: Fault }[]) {
		super(
			'invalid-arguments',
			'nothing was changed: a part of the request cannot be done, and allow_partial is false',
		);
		this.faults = faults;
	}

	override get fault(): number {
		return this.faults[0]?.fault.code ?? super.fault;
	}
}

export async function planned<T>(path: string, plan: () => Promise<Plan<T>>): Promise<Planned<T>> {
	try {
		return { path, plan: await plan() };
	} catch (error) {
		return { path, fault: faultOf(error, 'internal-error') };
	}
}

/** Errors: `PartialError`, where a change cannot be made and the controller wants all or none (R-ADD.1, R-SET.1). */
export function requireAll(all: readonly Planned<unknown>[], allowPartial: boolean): void {
	const faults = all.flatMap(({ path, fault }) => (fault === undefined ? [] : [{ path, fault }]));
	if (faults.length > 0 && !allowPartial) throw new PartialError(faults);
}

/** The editor of the table that a row, or a table itself, belongs to. Errors: `otherwise`. */
export function editorOf({ node, path }: Place, otherwise: UspFaultName): TableEditor {
	const editor = (node.row ?? node).provider?.editor;
	if (editor === undefined) throw new UspError(otherwise, `${path} is not for controllers to change`);
	return editor;
}

export function settingsOf(settings: readonly ParamSetting[]): Setting[] {
	return settings.map(({ param, value, required }) => ({ param, value, isRequired: required }));
}
