/** One device's part of a certification: replays every recording of a module, and says what came of it. */
import { codeOf } from '../../runtime/error.ts';
import { readRecording } from '../../runtime/recording/recording.ts';
import type { DifferenceReport } from '../recording/difference-text.ts';
import { prepareBuild, Replay } from '../recording/replay.ts';

/** The first difference of each recording; undefined where it was equal. */
export interface TrialResult {
	readonly differences: readonly (DifferenceReport | undefined)[];
}

/** Errors: `malformed-recording`; those of `prepareComponent`. */
export async function tryOut(module: Uint8Array, recordings: readonly Uint8Array[]): Promise<TrialResult> {
	const build = await prepareBuild(module);
	const differences: (DifferenceReport | undefined)[] = [];
	for (const bytes of recordings)
		differences.push(new Replay(await readRecording(bytes), build).run()?.difference);
	return { differences };
}

/** What a trial in a process of its own says on standard output, one line. */
export type TrialAnswer =
	| TrialResult
	| { readonly error: { readonly code: string; readonly message: string } };

export function failureOf(error: unknown): TrialAnswer {
	return { error: { code: codeOf(error), message: error instanceof Error ? error.message : String(error) } };
}
