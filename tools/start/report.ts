/** What a playing came to: what was sent, what was heard, what each network and each handoff cost. */
import type { BoxSample, SessionSample } from '../../firmware/box/telemetry.ts';

export interface NetworkReport {
	readonly id: string;
	/** Payload of the media, in bytes. */
	readonly bytesDown: number;
	readonly bytesUp: number;
	/** What the kernel counted on the network's interface; 0 where it has none of its own. */
	readonly wireBytesDown: number;
	readonly wireBytesUp: number;
}

export interface HandoffReport {
	readonly from: string;
	readonly to: string;
	readonly trigger: string;
	readonly outcome: string;
	readonly reason: string;
	readonly stateBytes: number;
	readonly phasesMs: Readonly<Record<string, number>>;
}

export interface Report {
	/** Nothing was lost, doubled or late, and everything that was to happen happened. */
	readonly isSeamless: boolean;
	readonly media: string;
	/** Frames of the file, counted by an independent reader. */
	readonly framesInFile: number;
	readonly framesSent: number;
	readonly framesPlayed: number;
	readonly framesLost: number;
	readonly framesDoubled: number;
	readonly framesLate: number;
	/** Longest silence between two frames as they were due, in milliseconds. */
	readonly longestGapMs: number;
	readonly networks: readonly NetworkReport[];
	readonly handoffs: readonly HandoffReport[];
	readonly installMs: Readonly<Record<string, number>>;
}

export interface ReportOptions {
	readonly media: string;
	readonly framesInFile: number;
	readonly sample: BoxSample;
	readonly session: string;
	/** Handoffs the story asked for. */
	readonly expectedHandoffs: number;
	readonly installMs: Readonly<Record<string, number>>;
}

/** Gaps below this come from rounding microseconds, not from silence. */
const roundingMs = 0.01;

export function reportOf(options: ReportOptions): Report {
	const { media, framesInFile, sample, session, expectedHandoffs, installMs } = options;
	const account = sample.sessions.find(({ id }) => id === session)?.account;
	const handoffs = sample.handoffs.filter((handoff) => handoff.session === session);
	const sent = account?.sent ?? 0;
	const played = account?.played ?? 0;
	const lost = (account?.lost ?? 0) + Math.max(0, framesInFile - played - (account?.lost ?? 0));
	const longestGapMs = (account?.longestGapUs ?? 0) / 1000;
	const committed = handoffs.filter(({ outcome }) => outcome === 'committed').length;
	return {
		isSeamless:
			lost === 0 &&
			account?.doubled === 0 &&
			account.late === 0 &&
			account.refused === 0 &&
			longestGapMs <= roundingMs &&
			played === framesInFile &&
			committed === expectedHandoffs,
		media,
		framesInFile,
		framesSent: sent,
		framesPlayed: played,
		framesLost: lost,
		framesDoubled: account?.doubled ?? 0,
		framesLate: account?.late ?? 0,
		longestGapMs,
		networks: networkReports(sample),
		handoffs: handoffs.map(({ from, to, trigger, outcome, reason, stateBytes, phasesMs }) => ({
			from: from ?? '',
			to,
			trigger,
			outcome,
			reason,
			stateBytes,
			phasesMs: rounded({ ...phasesMs }),
		})),
		installMs: rounded(installMs),
	};
}

/** The report as a person reads it, one line a row. */
export function reportLines(report: Report): string[] {
	const row = (name: string, value: string): string => `  ${name.padEnd(22)} ${value}`;
	return [
		report.isSeamless ? 'Seamless: nothing lost, doubled or late.' : 'NOT seamless.',
		row('frames in the file', `${report.framesInFile}`),
		row('frames sent, played', `${report.framesSent}, ${report.framesPlayed}`),
		row('lost, doubled, late', `${report.framesLost}, ${report.framesDoubled}, ${report.framesLate}`),
		row('longest gap', `${report.longestGapMs.toFixed(3)} ms in the frame clock`),
		...report.networks.map(({ id, bytesDown, wireBytesDown }) =>
			row(
				`over ${id}`,
				`${kilobytes(bytesDown)}${wireBytesDown > 0 ? ` (${kilobytes(wireBytesDown)} on the wire)` : ''}`,
			),
		),
		...Object.entries(report.installMs).map(([name, ms]) => row(`installed ${name}`, `in ${ms} ms`)),
		...report.handoffs.map(({ from, to, trigger, outcome, reason, phasesMs }) =>
			row(
				`${from} -> ${to}`,
				`${outcome}${reason === 'ok' ? '' : ` (${reason})`} on ${trigger}: ${phases(phasesMs)}`,
			),
		),
	];
}

export function kilobytes(bytes: number): string {
	return `${(bytes / 1000).toFixed(1)} kB`;
}

export function sessionOf(sample: BoxSample, id: string): SessionSample | undefined {
	return sample.sessions.find((session) => session.id === id);
}

function phases(phasesMs: Readonly<Record<string, number>>): string {
	return Object.entries(phasesMs)
		.map(([phase, ms]) => `${phase} ${ms} ms`)
		.join(', ');
}

/** What went over each network until then. */
export function networkReports(sample: BoxSample): NetworkReport[] {
	return sample.networks.map(({ id }) => networkReport(sample, id));
}

function networkReport(sample: BoxSample, id: string): NetworkReport {
	const rows = sample.usage.filter(({ baseband }) => baseband === id);
	const sum = (pick: (row: (typeof rows)[number]) => number): number =>
		rows.reduce((all, row) => all + pick(row), 0);
	return {
		id,
		bytesDown: sum(({ payload }) => payload.bytesDown),
		bytesUp: sum(({ payload }) => payload.bytesUp),
		wireBytesDown: sum(({ wire }) => wire.bytesDown),
		wireBytesUp: sum(({ wire }) => wire.bytesUp),
	};
}

function rounded(values: Readonly<Record<string, number>>): Record<string, number> {
	return Object.fromEntries(Object.entries(values).map(([name, ms]) => [name, Math.round(ms * 10) / 10]));
}
