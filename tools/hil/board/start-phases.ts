/** How far a start had come when, read off the console. */
import type { ConsoleLine } from './console-lines.ts';

const landmarks = {
	'boot loader': /^U-Boot /,
	slot: /starting slot [ab]/,
	kernel: /^Starting kernel/,
	firmware: /firmware \S+, release \d+, in slot/,
	platform: /^ready$/,
	cloud: /^usp \{"kind":"ready"/,
} as const;

export type StartPhase = keyof typeof landmarks;
export const startPhases = Object.keys(landmarks) as readonly StartPhase[];

export interface BoardStart {
	readonly life: number;
	/** Milliseconds since the box was switched on or, in a life, since it was reset. */
	readonly phases: Readonly<Partial<Record<StartPhase, number>>>;
}

/** A box that resets itself starts again within a life: each time its boot loader speaks. */
export function startsOf(lines: readonly ConsoleLine[]): BoardStart[] {
	const starts: { life: number; fromMs: number; phases: Partial<Record<StartPhase, number>> }[] = [];
	for (const { life, atMs, text } of lines)
		for (const phase of startPhases) {
			if (!landmarks[phase].test(text)) continue;
			let current = starts.at(-1);
			if (
				current === undefined ||
				current.life !== life ||
				(phase === 'boot loader' && phase in current.phases)
			) {
				const isReset = current?.life === life;
				current = { life, fromMs: isReset ? atMs : 0, phases: {} };
				starts.push(current);
			}
			current.phases[phase] ??= Math.round(atMs - current.fromMs);
		}
	return starts.map(({ life, phases }) => ({ life, phases }));
}
