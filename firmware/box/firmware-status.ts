/** What an operator reads of the slots: TR-181 FirmwareImage. */
import type { FirmwareStatus } from '../agent/ports.ts';
import { otherSlot } from '../slots/boot-state.ts';
import type { UpdateState } from '../slots/update-machine.ts';
import type { SlotsView } from '../slots/updater-options.ts';

export interface StatusState {
	/** Of what runs. */
	readonly version: string;
	readonly update: UpdateState;
	/** How the last download ended, if badly. */
	readonly failure: FirmwareStatus['status'] | undefined;
}

/** Of both, in the order of their names. */
export function slotStatuses(view: SlotsView, state: StatusState): FirmwareStatus[] {
	const other = otherSlot(view.running);
	const active: FirmwareStatus = {
		slot: view.running,
		version: state.version,
		status: 'active',
		isAvailable: true,
		isNext: view.next === view.running,
		isOnTrial: state.update === 'trial' || state.update === 'rejected',
		failure: '',
	};
	const waiting: FirmwareStatus = {
		slot: other,
		version: view.other?.version ?? '',
		status: statusOf(view, state),
		isAvailable: state.update === 'ready' || state.update === 'activated' || view.isOtherGood,
		isNext: view.next === other,
		isOnTrial: false,
		failure: view.failed?.slot === other ? describe(view.failed) : '',
	};
	return view.running === 'a' ? [active, waiting] : [waiting, active];
}

function statusOf(
	{ other, failed, running, isOtherGood }: SlotsView,
	{ update, failure }: StatusState,
): FirmwareStatus['status'] {
	if (update === 'writing') return 'downloading';
	if (update === 'ready' || update === 'activated') return 'available';
	if (failed?.slot === otherSlot(running)) return failure ?? 'activation-failed';
	// A release that was refused has left alone what is in the slot.
	if (isOtherGood) return 'available';
	return failure ?? (other?.isReady === true ? 'available' : 'none');
}

export function describe({ slot, version, tries, reason }: NonNullable<SlotsView['failed']>): string {
	return `${version ?? 'firmware'} in slot ${slot} was given back after ${tries} starts: ${reason}`;
}

const notInstalled = new Set([
	...['write-failed', 'read-back-failed', 'boot-state-not-written', 'image-too-large', 'disk-full', 'io'],
]);
const notValid = new Set([
	...[
		'digest-mismatch',
		'length-mismatch',
		'target-length',
		'bad-update',
		'wrong-board',
		'downgrade-refused',
	],
	...[
		'metadata-signature',
		'metadata-expired',
		'metadata-rollback',
		'metadata-mismatch',
		'metadata-malformed',
	],
]);

/** What did not come, what was not right, and what could not be written are told apart. */
export function failureOf(code: string): FirmwareStatus['status'] {
	if (notInstalled.has(code)) return 'installation-failed';
	return notValid.has(code) ? 'validation-failed' : 'download-failed';
}
