/** How a start went, as a picture: a bar for each phase, beside each other in time (SVG 1.1). */
import { type BootPhase, bootStages } from '../../firmware/agent/ports.ts';
import { type Markup, markup } from '../hil/board/markup.ts';

export interface BootChartOptions {
	/** What stands above it. */
	readonly title: string;
	/** Milliseconds of the boot loader before the kernel, where somebody has measured them. */
	readonly loaderMs?: number | undefined;
}

type Stage = BootPhase['stage'] | 'loader';
interface Bar extends Omit<BootPhase, 'stage'> {
	readonly stage: Stage;
}

const colours: Readonly<Record<Stage, string>> = {
	loader: '#6b7280',
	kernel: '#b45309',
	userland: '#a16207',
	network: '#0e7490',
	node: '#15803d',
	platform: '#1d4ed8',
	vm: '#7e22ce',
	cloud: '#be123c',
};
const row = 22;
const plot = { left: 190, top: 56, width: 760, right: 110 };

/** Returns the text of an SVG file. */
export function bootChart(phases: readonly BootPhase[], { title, loaderMs = 0 }: BootChartOptions): string {
	const bars = inOrder(phases, loaderMs);
	const endMs = Math.max(1, ...bars.map((bar) => bar.endMs));
	const step = stepOf(endMs);
	const x = (ms: number): number => Math.round(plot.left + (ms / endMs) * plot.width);
	const bottom = plot.top + bars.length * row;
	const width = plot.left + plot.width + plot.right;
	const lines: Markup[] = [];
	for (let ms = 0; ms <= endMs; ms += step)
		lines.push(markup`<line x1="${x(ms)}" x2="${x(ms)}" y1="${plot.top - 6}" y2="${bottom}" stroke="#ddd"/>
<text x="${x(ms)}" y="${plot.top - 12}" text-anchor="middle">${ms / 1000} s</text>
`);
	return markup`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${bottom + 16}" viewBox="0 0 ${width} ${bottom + 16}" font-family="system-ui, sans-serif" font-size="12" fill="#222">
<title>${title}</title>
<rect width="100%" height="100%" fill="#fff"/>
<text x="12" y="22" font-size="15">${title}</text>
${lines}${bars.map((bar, index) => drawn(bar, plot.top + index * row, x))}</svg>
`.text;
}

function drawn({ stage, name, startMs, endMs }: Bar, y: number, x: (ms: number) => number): Markup {
	const width = Math.max(2, x(endMs) - x(startMs));
	return markup`<g>
<title>${stage}: ${name}, from ${seconds(startMs)} to ${seconds(endMs)}</title>
<text x="${plot.left - 8}" y="${y + 14}" text-anchor="end">${name}</text>
<rect x="${x(startMs)}" y="${y + 3}" width="${width}" height="${row - 6}" rx="2" fill="${colours[stage]}"/>
<text x="${x(startMs) + width + 6}" y="${y + 14}" fill="#666">${seconds(endMs - startMs)}</text>
</g>
`;
}

/** By stage, and in it by time; with the boot loader in front of them. */
function inOrder(phases: readonly BootPhase[], loaderMs: number): Bar[] {
	const loader: Bar[] =
		loaderMs > 0 ? [{ stage: 'loader', name: 'boot loader', startMs: 0, endMs: loaderMs }] : [];
	const later = phases.map((phase) => ({
		...phase,
		startMs: phase.startMs + loaderMs,
		endMs: phase.endMs + loaderMs,
	}));
	const placeOf = ({ stage }: BootPhase): number => bootStages.indexOf(stage);
	return [...loader, ...later.toSorted((a, b) => placeOf(a) - placeOf(b) || a.startMs - b.startMs)];
}

/** Between two lines of the grid: a round number of seconds, about ten of them. */
function stepOf(endMs: number): number {
	const power = 10 ** Math.floor(Math.log10(endMs / 10));
	return ([1, 2, 5, 10].find((factor) => factor * power * 10 >= endMs) ?? 10) * power;
}

export function seconds(ms: number): string {
	return `${(ms / 1000).toFixed(2)} s`;
}
