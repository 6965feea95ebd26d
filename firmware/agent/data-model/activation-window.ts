/** When firmware may be activated: the time windows of TR-181 `FirmwareImage.{i}.Activate()`. */
import type { Clock } from '../../../runtime/clock.ts';
import { UspError } from '../error.ts';
import type { FirmwareManager } from '../ports.ts';
import type { Input } from './provider.ts';
import { wholeOf } from './recording.ts';

const modes = ['AnyTime', 'Immediately', 'WhenIdle', 'ConfirmationNeeded'] as const;
type Mode = (typeof modes)[number];

export interface ActivationWindow {
	/** Microseconds since the epoch. */
	readonly start: number;
	readonly end: number;
	/** `WhenIdle` waits for the box to be idle, `ConfirmationNeeded` asks at home; the others begin when the window does. */
	readonly mode: Mode;
	/** Shown to who is asked. */
	readonly userMessage: string;
	/** How often who does not answer is asked once more. */
	readonly retries: number;
}

const fields = ['Start', 'End', 'Mode', 'UserMessage', 'MaxRetries'] as const;
/** TR-181: -1 leaves the number to the box. */
const usualRetries = 2;
const mostRetries = 10;
const longestMessage = 256;

/** TR-181 DeviceInfo.MaxNumberOfActivateTimeWindows. */
export const mostWindows = 5;

export const windowInputs: Readonly<Record<string, Input>> = Object.fromEntries(
	numbers().flatMap((number) => fields.map((name): [string, Input] => [`TimeWindow.${number}.${name}`, {}])),
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
		if (fields.every((name) => (args[`${at}.${name}`] ?? '') === '')) continue;
		const start = acceptedAt + wholeOf(args, `${at}.Start`) * 1_000_000;
		const next = acceptedAt + wholeOf(args, `${at}.End`) * 1_000_000;
		const mode = modes.find((mode) => mode === args[`${at}.Mode`]);
		if (mode === undefined)
			throw new UspError('invalid-command-arguments', `${at}.Mode has to be one of ${modes.join(', ')}`);
		if (start < end || next <= start)
			throw new UspError('invalid-command-arguments', `${at} ends before it starts, or starts too early`);
		const userMessage = args[`${at}.UserMessage`] ?? '';
		if (userMessage.length > longestMessage)
			throw new UspError('invalid-command-arguments', `${at}.UserMessage has over ${longestMessage} letters`);
		windows.push({ start, end: next, mode, userMessage, retries: retriesOf(args, `${at}.MaxRetries`) });
		end = next;
	}
	return windows;
}

function retriesOf(args: Readonly<Record<string, string>>, name: string): number {
	const text = args[name] ?? '';
	if (text === '' || text === '-1') return usualRetries;
	const retries = wholeOf(args, name);
	if (retries <= mostRetries) return retries;
	throw new UspError('invalid-command-arguments', `${name} has to be from -1 to ${mostRetries}`);
}

export interface WindowWait {
	readonly windows: readonly ActivationWindow[];
	readonly clock: Clock;
	readonly isIdle: () => boolean;
	readonly ask: (question: {
		text: string;
		until: number;
		signal: AbortSignal;
	}) => ReturnType<FirmwareManager['ask']>;
	readonly signal: AbortSignal;
	/** How often it is seen whether the box is idle; default 1 minute. */
	readonly everyMs?: number;
}

/** Errors: `command-failure` once the last window is over, with why it passed, and the signal's reason. */
export async function waitForWindow(wait: WindowWait): Promise<void> {
	const { windows, clock, signal } = wait;
	if (windows.length === 0) return;
	let why = 'no time window was left';
	for (const window of windows) {
		signal.throwIfAborted();
		if (clock.now() >= window.end) continue;
		if (clock.now() < window.start)
			await pause({ clock, delayMs: (window.start - clock.now()) / 1000, signal });
		const obstacle = await obstacleIn(window, wait);
		if (obstacle === undefined) return;
		why = obstacle;
	}
	throw new UspError('command-failure', why);
}

/** Nothing once firmware may be activated; else why not, when that is certain. */
async function obstacleIn(window: ActivationWindow, wait: WindowWait): Promise<string | undefined> {
	if (window.mode === 'ConfirmationNeeded') return refusalIn(window, wait);
	if (window.mode !== 'WhenIdle') return undefined;
	const { clock, isIdle, signal, everyMs = 60_000 } = wait;
	while (clock.now() < window.end) {
		signal.throwIfAborted();
		if (isIdle()) return undefined;
		await pause({ clock, delayMs: Math.min((window.end - clock.now()) / 1000, everyMs), signal });
	}
	return 'the box was not idle in its time window';
}

/** Asks, and asks who does not answer once more in what is left of the window. One who refuses is left in peace. */
async function refusalIn(
	window: ActivationWindow,
	{ clock, ask, signal }: WindowWait,
): Promise<string | undefined> {
	for (let left = window.retries + 1; left > 0 && clock.now() < window.end; left--) {
		const now = clock.now();
		const until = Math.ceil(now + (window.end - now) / left);
		const answer = await ask({ text: window.userMessage, until, signal });
		if (answer === 'agreed') return undefined;
		if (answer === 'refused') return 'it was refused at home';
	}
	return 'nobody at home has answered';
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
