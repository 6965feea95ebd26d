/** What a test asks of a session in the end: that nobody could have heard what happened to it. */
import type { ExecutionContext } from 'ava';
import { compareAudio } from '../../media/compare.ts';
import type { Report } from '../../start/report.ts';

/** The file of what was heard decodes without an error, to the samples of the original. */
export async function assertSameSound(t: ExecutionContext, original: string, heard: string): Promise<void> {
	const { isEqual, firstDifference, samples, errors } = await compareAudio(original, heard);
	t.deepEqual(errors, [[], []], 'ffmpeg finds nothing wrong');
	t.true(isEqual, `the samples differ from number ${firstDifference} on; there are ${samples}`);
	t.true(samples[0] > 0);
}

/** Nothing lost, doubled or late, not a microsecond of silence, and all that was to happen happened. */
export function assertSeamless(t: ExecutionContext, report: Report): void {
	t.like(report, { framesLost: 0, framesDoubled: 0, framesLate: 0, longestGapMs: 0 });
	t.is(report.framesPlayed, report.framesInFile);
	t.true(report.isSeamless, JSON.stringify(report, null, '\t'));
}
