/** Shows a story as it runs: a picture redrawn in place on a terminal, a line an event elsewhere. */
import type { Writable } from 'node:stream';
import { clockTime, draw, type Picture, type StoryEvent } from './view.ts';

export interface Screen {
	show(picture: Picture): void;
	/** For those who cannot be shown pictures. */
	tell(event: StoryEvent): void;
	close(): void;
}

const home = '\x1b[H';
const clearLine = '\x1b[K';
const clearBelow = '\x1b[J';

export function terminalScreen(out: Writable & { columns?: number; rows?: number }): Screen {
	// The alternate screen keeps what stood on the terminal before.
	out.write('\x1b[?1049h\x1b[?25l');
	let isOpen = true;
	return {
		show: (picture) => {
			const lines = draw(picture, Math.min(out.columns ?? 80, 110)).slice(0, (out.rows ?? 40) - 1);
			if (isOpen) out.write(home + lines.map((line) => `${line}${clearLine}\n`).join('') + clearBelow);
		},
		tell: () => undefined,
		close: () => {
			if (isOpen) out.write('\x1b[?25h\x1b[?1049l');
			isOpen = false;
		},
	};
}

export function lineScreen(out: Writable): Screen {
	return {
		show: () => undefined,
		tell: ({ atMs, text }) => out.write(`${clockTime(atMs)}  ${text}\n`),
		close: () => undefined,
	};
}
