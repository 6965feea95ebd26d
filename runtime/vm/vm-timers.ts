/** The timers of the VMs of a cell. */
import type { Waiting } from '../bus/inbox.ts';
import type { Clock, Timer } from '../clock.ts';
import type { Effect, Event } from '../component/generated/service.ts';
import type { VmId } from './cell-protocol.ts';
import { nextTickUs } from './next-tick.ts';
import type { ArmedTimer } from './passage.ts';
import type { Resident } from './resident.ts';

export type TimerSetting = Extract<Effect, { tag: 'set-timer' }>['val'];

/** Of one that is suspended: it is armed when that is over. */
const unarmed: Timer = { cancel: () => undefined };

export interface VmTimersOptions {
	readonly clock: Clock;
	/** Has the VM get it on a later turn. */
	readonly give: (vm: VmId, event: Event) => void;
}

export class VmTimers {
	readonly #clock: Clock;
	readonly #give: VmTimersOptions['give'];

	constructor({ clock, give }: VmTimersOptions) {
		this.#clock = clock;
		this.#give = give;
	}

	/** Takes the place of the one with its number. */
	set(resident: Resident, timer: TimerSetting): void {
		this.arm(resident, { ...timer, dueUs: this.#clock.now() + Math.max(1, timer.delayMs) * 1000 });
	}

	/** The same for one that has run before; one that is due already fires at once. */
	arm(resident: Resident, { id, delayMs, repeat, dueUs }: ArmedTimer): void {
		resident.timers.get(id)?.cancel();
		const timer = { id, delayMs, repeat, dueUs };
		const fire = (): void => {
			resident.dropTimer(id);
			const isThisTimer = ({ event }: Waiting<Event>) => event.tag === 'timer' && event.val === id;
			// One that is not handled does not pile up.
			if (!repeat || !resident.inbox.holds(isThisTimer)) this.#give(resident.id, { tag: 'timer', val: id });
			// Behind what it gives: a tick that is due by now comes once this one can have been taken.
			if (repeat) this.arm(resident, { ...timer, dueUs: nextTickUs(timer, this.#clock.now()) });
		};
		const waitMs = Math.max(0, (dueUs - this.#clock.now()) / 1000);
		const { cancel } = resident.isSuspended ? unarmed : this.#clock.after(waitMs, fire);
		resident.setTimer({ ...timer, cancel });
	}

	cancel(resident: Resident, id: TimerSetting['id']): void {
		resident.timers.get(id)?.cancel();
		resident.dropTimer(id);
	}
}
