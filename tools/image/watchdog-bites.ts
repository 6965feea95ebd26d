/** Says on the console of a virtual board what a board of its own would show: that its watchdog has bitten. */
import type { Duplex } from 'node:stream';
import type { Sink } from '../cli/output.ts';
import { QmpClient } from '../hil/board/qmp.ts';

/** The terminal is as the board has set it: a line has to begin at its edge by itself. */
const bitten = '\r\n[the watchdog of the board was not fed: it starts anew]\r\n';

/** Resolves when QEMU has ended, or never said anything. @param monitor a control connection to QEMU */
export async function tellBites(monitor: Duplex, console: Sink): Promise<void> {
	try {
		using qmp = await QmpClient.open(monitor);
		qmp.on('WATCHDOG', () => console.write(bitten));
		await qmp.closed;
	} catch {
		// It ended before: why, it has said itself.
	}
}
