/** The machine's time as a port, for tools that shape real traffic. */
import type { Clock } from '../../../runtime/clock.ts';

export const systemClock: Clock = {
	now: () => Math.round((performance.timeOrigin + performance.now()) * 1000),
	after(delayMs, fire) {
		// Node counts in whole milliseconds and may fire a fraction early; the port promises it never does.
		const dueUs = systemClock.now() + delayMs * 1000;
		let timer: NodeJS.Timeout;
		const arm = () => {
			timer = setTimeout(check, Math.max(0, Math.ceil((dueUs - systemClock.now()) / 1000)));
		};
		const check = () => (systemClock.now() < dueUs ? arm() : fire());
		arm();
		return { cancel: () => clearTimeout(timer) };
	},
};
