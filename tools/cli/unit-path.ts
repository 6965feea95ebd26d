/** Where a VM stands in the data model of its box. */
import type { Controller } from '../controller/controller.ts';
import { CliError } from './cli-error.ts';
import { printable } from './printable.ts';

/** Its row, ending in a dot. Errors: `unknown-vm`. */
export async function unitPath(box: Controller, vm: string): Promise<string> {
	const units = await box.get(['Device.SoftwareModules.ExecutionUnit.']);
	const [path] = Object.entries(units).find(([, { EUID }]) => EUID === vm) ?? [];
	if (path !== undefined) return path;
	const known = Object.values(units).flatMap(({ EUID }) => EUID ?? []);
	throw new CliError(
		'unknown-vm',
		`there is no VM "${vm}"; there are ${known.map(printable).join(', ') || 'none'}`,
	);
}
