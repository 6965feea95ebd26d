/** The modules of a box, read from its data model. */
import type { Controller } from '../controller/controller.ts';
import { printable } from './printable.ts';

export interface Module {
	readonly name: string;
	readonly version: string;
	readonly status: string;
	readonly vendor: string;
	readonly url: string;
	readonly uuid: string;
	/** SHA-256 of its file; empty where the box does not say. */
	readonly digest: string;
	/** VMs it has. */
	readonly vms: number;
	/** Its row, ending in a dot. */
	readonly path: string;
}

export async function readModules(box: Controller): Promise<Module[]> {
	const rows = await box.get(['Device.SoftwareModules.DeploymentUnit.']);
	return Object.entries(rows).map(([path, params]) => ({
		name: params['Name'] ?? '',
		version: params['Version'] ?? '',
		status: params['Status'] ?? '',
		vendor: params['Vendor'] ?? '',
		url: params['URL'] ?? '',
		uuid: params['UUID'] ?? '',
		digest: params['X_MULLION_Digest'] ?? '',
		vms: (params['ExecutionUnitList'] ?? '').split(',').filter((unit) => unit !== '').length,
		path,
	}));
}

export interface WaitingVm {
	readonly vm: string;
	readonly module: string;
	/** `suspended`, `starting` also between two tries, or `parked` where it has failed too often. */
	readonly state: string;
	readonly reason: string;
	/** Its row, ending in a dot. */
	readonly path: string;
}

const waitingStates = ['suspended', 'starting', 'parked'];

/** VMs that do not run though they should. */
export async function readWaiting(box: Controller): Promise<WaitingVm[]> {
	const rows = Object.entries(await box.get(['Device.SoftwareModules.ExecutionUnit.']));
	return rows
		.map(([path, params]) => ({
			vm: params['EUID'] ?? '',
			module: params['Name'] ?? '',
			state: params['X_MULLION_State'] ?? '',
			reason: params['X_MULLION_Reason'] ?? '',
			path,
		}))
		.filter(({ state }) => waitingStates.includes(state));
}

/** As a person reads it. */
export function waitingLine({ vm, state, reason }: WaitingVm): string {
	return `${printable(vm)} is ${state}: ${printable(reason)}`;
}
