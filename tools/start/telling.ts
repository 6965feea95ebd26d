/** Keeps what a picture of the story needs: the clock, the rates, the last events. */
import type { BoxSample } from '../../firmware/box/telemetry.ts';
import type { Screen } from './screen.ts';
import type { StoryEvent } from './view.ts';

/** Lines of the box that a viewer of the story would want to see. */
const notable = /^(warn|error) |is (up|down)$|-> (parked|backing-off)/;

export class Telling {
	readonly #screen: Screen;
	readonly #title: string;
	readonly #startedAt = performance.now();
	readonly #events: StoryEvent[] = [];
	#last: BoxSample | undefined;
	#rates = new Map<string, number>();
	#framesInFile = 0;

	constructor({ screen, title }: { screen: Screen; title: string }) {
		this.#screen = screen;
		this.#title = title;
	}

	tell(text: string): void {
		const event = { atMs: performance.now() - this.#startedAt, text };
		this.#events.push(event);
		this.#screen.tell(event);
		this.show(this.#last, 0);
	}

	boxSaid(line: string): void {
		if (notable.test(line)) this.tell(line.replace(/^(info|warn|error) /, ''));
	}

	show(sample: BoxSample | undefined, framesInFile: number): void {
		if (sample !== undefined && this.#last !== undefined && sample.atUs > this.#last.atUs)
			this.#rates = ratesBetween(this.#last, sample);
		this.#last = sample;
		this.#framesInFile = framesInFile || this.#framesInFile;
		this.#screen.show({
			title: this.#title,
			elapsedMs: performance.now() - this.#startedAt,
			sample,
			rates: this.#rates,
			framesInFile: this.#framesInFile,
			events: this.#events,
		});
	}
}

/** kbit/s of payload, by network. */
function ratesBetween(before: BoxSample, after: BoxSample): Map<string, number> {
	const ms = (after.atUs - before.atUs) / 1000;
	return new Map(
		after.networks.map(({ id, bytesIn }) => {
			const then = before.networks.find((network) => network.id === id)?.bytesIn ?? 0;
			return [id, ((bytesIn - then) * 8) / ms];
		}),
	);
}
