/** A released firmware onto one box that is there, where it does not run already. */
import type { Controller } from '../controller/controller.ts';
import { type FirmwareSlot, isRunning, readSlots } from '../controller/firmware-slots.ts';
import { type UpgradeOptions, upgradeBox } from '../controller/upgrade.ts';
import { CliError } from './cli-error.ts';
import { requireServed } from './patience.ts';
import type { ReleaseNamed } from './released.ts';

/** For the headend to answer in, before a box is told to ask it. */
const answerMs = 10_000;

export interface Upgraded {
	/** That runs. */
	readonly slot: FirmwareSlot;
	readonly action: 'upgraded' | 'unchanged';
}

/** What is meant for this box, which says itself what board it is. Errors: `no-slots`, those of `named`. */
export async function releaseFor(box: Controller, named: ReleaseNamed): Promise<string> {
	// A box that is no image has no board either: that it takes no firmware comes first.
	await slotsOf(box);
	const { 'Device.DeviceInfo.': info } = await box.get(['Device.DeviceInfo.HardwareVersion']);
	return named(info?.['HardwareVersion'] ?? '');
}

/** Errors: `no-slots`, `not-served`, those of `upgradeBox`. @param broker of the box */
export async function upgradeTo(
	box: Controller,
	{ broker, url, signal, tell }: Omit<UpgradeOptions, 'slot'> & { readonly broker: string },
): Promise<Upgraded> {
	const version = url.slice(url.lastIndexOf('/') + 1);
	const { before, slot } = await slotsOf(box);
	if (before.version === version && !before.isOnTrial) return { slot: before, action: 'unchanged' };
	await requireServed({ broker, what: version, signal, withinMs: answerMs });
	tell(`${url} goes into slot ${slot.name}`);
	return { slot: (await upgradeBox(box, { url, slot, signal, tell })) ?? slot, action: 'upgraded' };
}

async function slotsOf(box: Controller): Promise<{ before: FirmwareSlot; slot: FirmwareSlot }> {
	const slots = await readSlots(box);
	const [before, slot] = [slots.find(isRunning), slots.find((each) => !isRunning(each))];
	if (before !== undefined && slot !== undefined) return { before, slot };
	throw new CliError('no-slots', 'this box does not look after its own firmware: it is no image');
}
