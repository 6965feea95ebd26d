/** The timers of the VMs of a cell. */
import type { Waiting } from '../bus/inbox.ts';
import type { Clock, Timer } from '../clock.ts';
import type { Effect, Event } from '../component/generated/service.ts';
import type { VmId } from './cell-protocol.ts';
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

	/** Takes the place of the one with its number. @param firstMs until it fires for the first time */
	set(resident: Resident, timer: TimerSetting, firstMs = timer.delayMs): void {
		const { id, repeat } = timer;
		resident.timers.get(id)?.cancel();
		const fire = (): void => {
			resident.dropTimer(id);
			// A repeated timer is armed again when it fires, so one that is not handled cannot pile up.
			if (repeat) this.set(resident, timer);
			const isThisTimer = ({ event }: Waiting<Event>) => event.tag === 'timer' && event.val === id;
			if (!repeat || !resident.inbox.holds(isThisTimer)) this.#give(resident.id, { tag: 'timer', val: id });
		};
		const { cancel } = resident.isSuspended ? unarmed : this.#clock.after(Math.max(1, firstMs), fire);
		const dueUs = this.#clock.now() + firstMs * 1000;
		resident.setTimer({ ...timer, dueUs, cancel });
	}

	cancel(resident: Resident, id: TimerSetting['id']): void {
		resident.timers.get(id)?.cancel();
		resident.dropTimer(id);
	}
}
