/** The slots for firmware of a box, as its operator sees them. */
import type { Controller, Objects } from './controller.ts';
import { ControllerError } from './controller-error.ts';

export interface FirmwareSlot {
	/** `Device.DeviceInfo.FirmwareImage.2.` */
	readonly path: string;
	readonly name: string;
	/** Empty where nobody knows. */
	readonly version: string;
	/** TR-181: `Active`, `Available`, `NoImage`, ... */
	readonly status: string;
	/** It runs and was not found good yet. */
	readonly isOnTrial: boolean;
	/** Why it was tried and given back, or empty. */
	readonly failure: string;
}

export const slotTable = 'Device.DeviceInfo.FirmwareImage.';

/** None where the box does not look after its own firmware. Errors: `no-answer`, `unreachable`. */
export async function readSlots(box: Controller): Promise<FirmwareSlot[]> {
	try {
		return slotsIn(await box.get([slotTable]));
	} catch (error) {
		if (error instanceof ControllerError && error.code === 'refused') return [];
		throw error;
	}
}

/** Those among objects that were read, in the order of their numbers. */
export function slotsIn(objects: Objects): FirmwareSlot[] {
	return Object.entries(objects)
		.filter(([path]) => path.startsWith(slotTable))
		.map(([path, row]) => ({
			path,
			name: row['Name'] ?? '',
			version: row['Version'] ?? '',
			status: row['Status'] ?? '',
			isOnTrial: row['X_MULLION_OnTrial'] === 'true',
			failure: row['BootFailureLog'] ?? '',
		}));
}

export function isRunning({ status }: Pick<FirmwareSlot, 'status'>): boolean {
	return status === 'Active';
}
