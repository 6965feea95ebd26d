/** The main job, told once: push a player, play, meet a better network, lose it again, and lose nothing. */
import { readFile } from 'node:fs/promises';
import type { BoxSample } from '../../firmware/box/telemetry.ts';
import { walkMpegAudio } from '../media/mpeg-audio.ts';
import { openSession } from './opening.ts';
import { type Report, reportOf } from './report.ts';
import type { Stage } from './stage.ts';

export interface StoryOptions {
	readonly stage: Stage;
	readonly media: string;
	/** What happens, as a person would tell it. */
	readonly tell: (text: string) => void;
	readonly show: (sample: BoxSample, framesInFile: number) => void;
	/** Ends the story where it is. */
	readonly signal?: AbortSignal;
	/** Shares of the media at which the better network appears and goes again. Default 0.2 and 0.42. */
	readonly better?: { readonly from: number; readonly to: number };
	/** Milliseconds between two looks at the box. Default 200. */
	readonly lookMs?: number;
}

export async function tellStory(options: StoryOptions): Promise<Report> {
	const { stage, media, tell, show, signal, better = { from: 0.2, to: 0.42 }, lookMs = 200 } = options;
	const framesInFile = walkMpegAudio(await readFile(media)).frames.length;
	const { id, watch, installMs } = await openSession(stage, tell);
	const steps = [
		{ at: better.from, text: 'Wi-Fi appears', run: () => stage.better.up() },
		{ at: better.to, text: 'Wi-Fi goes again', run: () => stage.better.down() },
	];
	for (;;) {
		signal?.throwIfAborted();
		const sample = await stage.sample();
		show(sample, framesInFile);
		const played = sample.sessions.find((one) => one.id === id)?.account?.played ?? 0;
		const due = steps[0];
		if (due !== undefined && played >= due.at * framesInFile) {
			steps.shift();
			tell(due.text);
			await due.run();
		}
		if (watch.reason(id) !== undefined) break;
		await watch.nextOr(lookMs);
	}
	tell(`session ${id} has ended: ${watch.reason(id)}`);
	const sample = await stage.sample();
	show(sample, framesInFile);
	return reportOf({ media, framesInFile, sample, session: id, expectedHandoffs: 2, installMs });
}
