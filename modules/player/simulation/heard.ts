/** What a listener may ask of a story: every frame once, in order, in time, without a seam. */
import type { ExecutionContext } from 'ava';
import { rateOf, samplesOf } from '../mpeg-stream.ts';
import { type Recording, shape } from './speech.ts';
import type { Story } from './story.ts';

/** Every frame of the recording was heard once, in order and in time. */
export function heardAll(t: ExecutionContext, story: Story, { frames }: Recording): void {
	const heard = story.sink.frames;
	t.is(story.sink.strangers, 0);
	t.is(heard.length, frames.length);
	t.true(heard.every(({ sequence }, n) => sequence === n));
	t.true(heard.every(({ bytes }, n) => Buffer.compare(bytes, frames[n] as Uint8Array) === 0));
	t.true(heard.every(({ ahead }) => ahead > 0));
}

/** Places where a frame does not begin when the one before it ends. */
export function seams({ sink }: Story): number {
	return sink.frames.filter(({ at }, n) => {
		const before = sink.frames[n - 1];
		return before !== undefined && before.at + before.duration !== at;
	}).length;
}

/** The same, on the exact timeline of the recording. */
export function heardWhole(t: ExecutionContext, story: Story, speech: Recording): void {
	heardAll(t, story, speech);
	const heard = story.sink.frames;
	const start = BigInt(heard[0]?.at ?? 0);
	const place = (n: number): number =>
		Number(start + (BigInt(n) * BigInt(samplesOf(shape)) * 1_000_000n) / BigInt(rateOf(shape)));
	t.true(heard.every(({ at, duration }, n) => at === place(n) && at + duration === place(n + 1)));
}

export function fetchedOnce(t: ExecutionContext, story: Story): void {
	t.true(story.delivered.every((times) => times === 1));
}
