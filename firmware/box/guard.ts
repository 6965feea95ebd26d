/** Feeds the hardware watchdog for as long as the platform is alive: this thread runs, and every cell answers. */
import type { Clock, Timer } from '../../runtime/clock.ts';
import type { Supervisor } from '../../runtime/vm/supervisor.ts';
import type { Watchdog } from '../hal/watchdog.ts';

export interface GuardOptions {
	readonly watchdog: Watchdog;
	/** How long it waits. */
	readonly seconds: number;
	readonly supervisor: Pick<Supervisor, 'count'>;
	readonly clock: Clock;
}

/** Feeds so often that two rounds may be lost. */
const roundsInTime = 3;

/** The first feed is at once: whoever armed it may have done so long ago. */
export function guard({ watchdog, seconds, supervisor, clock }: GuardOptions): { close(): void } {
	let timer: Timer | undefined;
	let isOver = false;
	const round = async (): Promise<void> => {
		// A cell that hangs is replaced; one that cannot be keeps this from ever resolving.
		await supervisor.count();
		if (isOver) return;
		watchdog.feed();
		timer = clock.after((seconds * 1000) / roundsInTime, () => void round());
	};
	watchdog.feed();
	void round();
	return {
		close: () => {
			isOver = true;
			timer?.cancel();
			watchdog.close();
		},
	};
}
