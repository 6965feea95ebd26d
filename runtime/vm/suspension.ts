/**
 * The VMs of a cell that may not run for now: for want of power, or of the device that they are for.
 *
 * Nothing of them runs, no timer wakes the thread for them, and as far as their state can be taken it is all
 * that is left of them. What is said to them waits in their inboxes; where there is no room the oldest goes.
 */
import type { Clock } from '../clock.ts';
import type { CellReport, VmId } from './cell-protocol.ts';
import type { Hibernation } from './hibernation.ts';
import type { Mail } from './mail.ts';
import type { ArmedTimer } from './passage.ts';
import type { Resident } from './resident.ts';
import type { RunQueue } from './run-queue.ts';

export interface SuspensionOptions {
	readonly clock: Clock;
	readonly residents: ReadonlyMap<VmId, Resident>;
	readonly queue: RunQueue<Resident>;
	readonly mail: Pick<Mail, 'releaseWaiters'>;
	readonly hibernation: Hibernation;
	/** Writes down what is to be kept of it, and is not yet. */
	readonly keep: (resident: Resident) => Promise<void>;
	readonly arm: (resident: Resident, timer: ArmedTimer) => void;
	readonly say: (report: CellReport) => void;
}

export class Suspension {
	readonly #options: SuspensionOptions;

	constructor(options: SuspensionOptions) {
		this.#options = options;
	}

	suspend(id: VmId): void {
		const { residents, mail, hibernation, keep } = this.#options;
		const resident = residents.get(id);
		if (resident === undefined || resident.isSuspended) return;
		resident.isSuspended = true;
		for (const timer of resident.timers.values()) timer.cancel();
		mail.releaseWaiters(resident);
		hibernation.suspended();
		if (resident.asleep === undefined) void keep(resident).then(() => hibernation.suspended());
	}

	resume(id: VmId): void {
		const { residents, clock, queue, arm, hibernation, say } = this.#options;
		const resident = residents.get(id);
		if (resident === undefined || !resident.isSuspended) return;
		resident.isSuspended = false;
		say({ tag: 'resumed', vm: id, isAsleep: resident.asleep !== undefined });
		const now = clock.now();
		const due = [...resident.timers.values()].toSorted((a, b) => a.dueUs - b.dueUs);
		for (const timer of due) arm(resident, timer);
		resident.restedAtUs = now;
		hibernation.mind(resident);
		queue.add(resident);
	}
}
