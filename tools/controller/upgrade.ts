/** A released firmware onto a box: into the slot that does not run, started from there, and found good or given back. */
import type { Controller } from './controller.ts';
import { type FirmwareSlot, isRunning, readSlots } from './firmware-slots.ts';

export interface UpgradeOptions {
	/** `tuf:firmware/BOARD/VERSION`. */
	readonly url: string;
	/** The slot it goes into. */
	readonly slot: FirmwareSlot;
	readonly signal: AbortSignal;
	/** Told of what goes on meanwhile. */
	readonly tell: (what: string) => void;
}

/** A large release over a slow network, and the trial after it. */
const longestMs = 3_600_000;

/**
 * Resolves with the slot that runs once the release was found good.
 *
 * The box goes on with it whatever becomes of this wait. Errors: `failed` with the box's reason
 * (`activation-failed`, `downgrade-refused`, ...), and those of `Controller.operate`.
 */
export async function upgradeBox(
	box: Controller,
	{ url, slot, signal, tell }: UpgradeOptions,
): Promise<FirmwareSlot | undefined> {
	const running = async (): Promise<FirmwareSlot | undefined> => (await readSlots(box)).find(isRunning);
	// What it writes of its own accord while it loads, and while it finds out how well it is.
	await box.subscribe('Device.X_MULLION_Log.Line!', ({ args: { Vm = '', Text = '' } }) => {
		if (Vm === '' && /^(firmware .* bytes|the firmware that runs .*)$/.test(Text)) tell(Text);
	});
	await box.subscribe('Device.LocalAgent.TransferComplete!', ({ args }) => {
		if (args['TransferURL'] === url && args['FaultCode'] === '0')
			tell(`slot ${slot.name} is written; the box restarts into it`);
	});
	const stopListening = box.onConnected(() => {
		running().then(
			(now) => now && tell(`the box is back, with ${slotText(now)}`),
			() => undefined,
		);
	});
	try {
		const args = { URL: url, AutoActivate: 'true' };
		await box.operate(`${slot.path}Download()`, args, { signal, completionMs: longestMs });
		return await running();
	} finally {
		stopListening();
	}
}

/** What is in a slot, in words. */
export function slotText({ name, version, isOnTrial }: FirmwareSlot): string {
	return `${version || 'firmware'} in slot ${name}${isOnTrial ? ', on trial' : ''}`;
}
