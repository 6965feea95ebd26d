/** When firmware may be activated: the time windows of TR-181 `FirmwareImage.{i}.Activate()`. */
import type { Clock } from '../../../runtime/clock.ts';
import { UspError } from '../error.ts';
import type { Input } from './provider.ts';
import { wholeOf } from './recording.ts';

const modes = ['AnyTime', 'Immediately', 'WhenIdle'] as const;
type Mode = (typeof modes)[number];

export interface ActivationWindow {
	/** Microseconds since the epoch. */
	readonly start: number;
	readonly end: number;
	/** `WhenIdle` waits for the box to be idle; the others begin when the window does. */
	readonly mode: Mode;
}

/** TR-181 DeviceInfo.MaxNumberOfActivateTimeWindows. */
export const mostWindows = 5;

export const windowInputs: Readonly<Record<string, Input>> = Object.fromEntries(
	numbers().flatMap((number) =>
		['Start', 'End', 'Mode'].map((name): [string, Input] => [`TimeWindow.${number}.${name}`, {}]),
	),
);

/**
 * The windows a controller gave, in seconds from when the command was accepted; none is: at once.
 * @throws UspError `invalid-command-arguments`
 */
export function parseWindows(args: Readonly<Record<string, string>>, acceptedAt: number): ActivationWindow[] {
	const windows: ActivationWindow[] = [];
	let end = acceptedAt;
	for (const number of numbers()) {
		const at = `TimeWindow.${number}`;
		if (['Start', 'End', 'Mode'].every((name) => (args[`${at}.${name}`] ?? '') === '')) continue;
		const start = acceptedAt + wholeOf(args, `${at}.Start`) * 1_000_000;
		const next = acceptedAt + wholeOf(args, `${at}.End`) * 1_000_000;
		const mode = modes.find((mode) => mode === args[`${at}.Mode`]);
		if (mode === undefined)
			throw new UspError('invalid-command-arguments', `${at}.Mode has to be one of ${modes.join(', ')}`);
		if (start < end || next <= start)
			throw new UspError('invalid-command-arguments', `${at} ends before it starts, or starts too early`);
		windows.push({ start, end: next, mode });
		end = next;
	}
	return windows;
}

export interface WindowWait {
	readonly windows: readonly ActivationWindow[];
	readonly clock: Clock;
	readonly isIdle: () => boolean;
	readonly signal: AbortSignal;
	/** How often it is seen whether the box is idle; default 1 minute. */
	readonly everyMs?: number;
}

/** Errors: `command-failure` once the last window is over, and the signal's reason. */
export async function waitForWindow(wait: WindowWait): Promise<void> {
	const { windows, clock, isIdle, signal, everyMs = 60_000 } = wait;
	if (windows.length === 0) return;
	for (const { start, end, mode } of windows) {
		while (clock.now() < end) {
			signal.throwIfAborted();
			const now = clock.now();
			if (now >= start && (mode !== 'WhenIdle' || isIdle())) return;
			const untilMs = ((now < start ? start : end) - now) / 1000;
			await pause({ clock, delayMs: now < start ? untilMs : Math.min(untilMs, everyMs), signal });
		}
	}
	throw new UspError('command-failure', 'no time window was left, or the box was not idle in any of them');
}

function pause({
	clock,
	delayMs,
	signal,
}: {
	clock: Clock;
	delayMs: number;
	signal: AbortSignal;
}): Promise<void> {
	return new Promise((resolve, reject) => {
		const giveUp = (): void => {
			timer.cancel();
			reject(signal.reason);
		};
		const timer = clock.after(delayMs, () => {
			signal.removeEventListener('abort', giveUp);
			resolve();
		});
		signal.addEventListener('abort', giveUp, { once: true });
	});
}

function numbers(): number[] {
	return Array.from({ length: mostWindows }, (_, index) => index + 1);
}
