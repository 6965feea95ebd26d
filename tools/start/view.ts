/** The live picture of a box in a terminal: networks, VMs, what is heard, what happened. */
import { stripVTControlCharacters, styleText } from 'node:util';
import type { BoxSample } from '../../firmware/box/telemetry.ts';
import { kilobytes } from './report.ts';

export interface StoryEvent {
	/** Milliseconds since the story began. */
	readonly atMs: number;
	readonly text: string;
}

export interface Picture {
	readonly title: string;
	readonly elapsedMs: number;
	readonly sample: BoxSample | undefined;
	/** Payload rate by network now, in kbit/s. */
	readonly rates: ReadonlyMap<string, number>;
	readonly framesInFile: number;
	readonly events: readonly StoryEvent[];
}

const mostEvents = 10;

/** The picture as lines of at most `width` columns. */
export function draw(picture: Picture, width: number): string[] {
	const { title, elapsedMs, sample, events } = picture;
	const lines = [
		`${styleText('bold', ' Mullion')}  ${title}  ${styleText('cyan', clockTime(elapsedMs))}`,
		heading('networks', width),
		...(sample === undefined ? [faint(' waiting for the box ...')] : networkLines(sample, picture.rates)),
		heading('virtual machines', width),
		...(sample === undefined || sample.vms.length === 0 ? [faint(' none yet')] : vmLines(sample)),
		heading('on air', width),
		...airLines(picture, width),
		heading('what happened', width),
		...events.slice(-mostEvents).map(({ atMs, text }) => ` ${faint(clockTime(atMs))}  ${text}`),
	];
	return lines.map((line) => cut(line, width));
}

function networkLines(sample: BoxSample, rates: ReadonlyMap<string, number>): string[] {
	return sample.networks.map(({ id, kind, range, isUp, signalDbm, bytesIn, costPerMb }) => {
		const lamp = isUp ? styleText('green', '●') : faint('○');
		const rate = rates.get(id) ?? 0;
		const columns = [
			id.padEnd(10),
			`${kind} (${range})`.padEnd(16),
			(isUp ? 'up' : 'down').padEnd(5),
			(isUp && signalDbm !== 0 ? `${signalDbm} dBm` : '').padEnd(9),
			`${costPerMb.toFixed(2)}/MB`.padEnd(9),
			kilobytes(bytesIn).padStart(11),
			rate > 0 ? `${bar(Math.log10(1 + rate) / 5, 12)} ${Math.round(rate)} kbit/s` : '',
		];
		return ` ${lamp} ${isUp ? columns.join(' ') : faint(columns.join(' '))}`;
	});
}

function vmLines(sample: BoxSample): string[] {
	return sample.vms.map(({ id, state, reason, memoryBytes, cpuPercent, restarts }) => {
		const owns = sample.sessions.find(({ owner }) => owner === id);
		const lamp = owns
			? styleText('yellow', '▶')
			: state === 'running'
				? styleText('green', '●')
				: styleText('red', '●');
		const what = owns ? 'on air' : state === 'running' ? 'ready' : `${state}: ${reason}`;
		const columns = [
			id.padEnd(24),
			what.padEnd(22),
			`${(memoryBytes / 1024).toFixed(0)} KiB`.padStart(9),
			`cpu ${cpuPercent} %`.padStart(9),
			restarts > 0 ? `restarted ${restarts}x` : '',
		];
		return ` ${lamp} ${columns.join(' ')}`;
	});
}

function airLines({ sample, framesInFile }: Picture, width: number): string[] {
	const session = sample?.sessions[0];
	if (session?.account === undefined) return [faint(' silence')];
	const { played, lost, doubled, late, longestGapUs, bufferedUs } = session.account;
	const name = session.url.split('/').at(-1) ?? session.url;
	const share = framesInFile === 0 ? 0 : played / framesInFile;
	const aheadMs = (session.player?.bufferedMs ?? 0) + bufferedUs / 1000;
	const faults = lost + doubled + late;
	return [
		` ${styleText('bold', name)} over ${session.baseband || 'no network'}   frame ${played} of ${framesInFile}`,
		` ${styleText('yellow', bar(share, Math.max(10, width - 12)))} ${(share * 100).toFixed(0).padStart(3)} %`,
		` buffer ${styleText('cyan', bar(aheadMs / 24_000, 24))} ${(aheadMs / 1000).toFixed(1)} s`,
		` ${styleText(faults === 0 ? 'green' : 'red', `lost ${lost}   doubled ${doubled}   late ${late}`)}   longest gap ${(longestGapUs / 1000).toFixed(3)} ms`,
	];
}

/** `00:12.3` */
export function clockTime(ms: number): string {
	const seconds = ms / 1000;
	return `${String(Math.floor(seconds / 60)).padStart(2, '0')}:${(seconds % 60).toFixed(1).padStart(4, '0')}`;
}

const eighths = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/** A bar of `width` columns, filled to `share` of it in eighths of a column. */
export function bar(share: number, width: number): string {
	const filled = Math.round(Math.min(1, Math.max(0, share)) * width * 8);
	const full = '█'.repeat(Math.floor(filled / 8)) + (eighths[filled % 8] ?? '');
	return full.padEnd(width, '·');
}

function heading(text: string, width: number): string {
	return faint(`── ${text} ${'─'.repeat(Math.max(0, width - text.length - 4))}`);
}

function faint(text: string): string {
	return styleText('dim', text);
}

/** Cuts by columns; a line that is too long loses its colours, which is rare and harmless. */
function cut(line: string, width: number): string {
	const plain = stripVTControlCharacters(line);
	return plain.length <= width ? line : plain.slice(0, width);
}
