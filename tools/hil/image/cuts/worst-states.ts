/** The states of a disk that lost the most, from all over its log. */
import type { CrashState } from '../../board/crash-states.ts';

/** @param entries of the log, which is divided into as many equal parts as states are wanted */
export async function worstStates(
	states: AsyncIterable<CrashState>,
	{ count, entries }: { readonly count: number; readonly entries: number },
): Promise<CrashState[]> {
	const worst = new Map<number, CrashState>();
	for await (const state of states) {
		const part = Math.min(count - 1, Math.floor((state.entries * count) / entries));
		if (state.losses > (worst.get(part)?.losses ?? 0)) worst.set(part, state);
	}
	return [...worst.values()];
}
