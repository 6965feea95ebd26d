/** A VM as it stands between two turns of a replay. */
import { bytesText } from './payload-text.ts';
import type { PlayedTurn, Replay } from './replay.ts';

export interface Inspection {
	readonly turn: number;
	/** Microseconds since the epoch, as the guest saw it. */
	readonly nowUs: number;
	readonly inbox: readonly string[];
	readonly reads: readonly string[];
	readonly effects: readonly string[];
	readonly log: readonly string[];
	readonly fuel: number;
	readonly memoryBytes: number;
	/** Those that the module exports; integers of 64 bits as text. */
	readonly globals: Readonly<Record<string, number | string>>;
	readonly stored: Readonly<Record<string, string>>;
	/** What the turn after this one was given; undefined after the last one. */
	readonly next: readonly string[] | undefined;
}

/** @param played the turn that `replay` has just played */
export function inspect(replay: Replay, { record, replayed }: PlayedTurn): Inspection {
	const { text } = replay;
	const { memoryBytes, globals, stored } = replay.state();
	return {
		turn: record.turn,
		nowUs: record.nowUs,
		inbox: record.inbox.map((event) => text.event(event)),
		reads: record.reads.map((read) => text.read(read)),
		effects: text.outcome(replayed.outcome),
		log: replayed.log.map(({ level, text: line }) => `${level} ${line}`),
		fuel: replayed.fuel,
		memoryBytes,
		globals: Object.fromEntries(
			Object.entries(globals).map(([name, value]) => [name, typeof value === 'bigint' ? `${value}` : value]),
		),
		stored: Object.fromEntries([...stored].map(([key, value]) => [key, bytesText(value)])),
		next: replay.nextTurn?.inbox.map((event) => text.event(event)),
	};
}

export function inspectionText(inspection: Inspection, { head }: { head: (line: string) => string }): string {
	const { turn, nowUs, inbox, reads, effects, log, fuel, memoryBytes, globals, stored, next } = inspection;
	const section = (title: string, lines: readonly string[]) =>
		lines.length === 0 ? [] : [`${title}:`, ...lines.map((line) => `  ${line}`)];
	const at = new Date(Math.floor(nowUs / 1000)).toISOString();
	return [
		head(`${turn === 0 ? 'start' : `turn ${turn}`} at ${at}`),
		...section('given', inbox),
		...section('read', reads),
		...section('effects', effects.length === 0 ? ['none'] : effects),
		...section('log', log),
		`memory: ${memoryBytes} bytes; fuel used: ${fuel}`,
		...section(
			'globals',
			Object.entries(globals).map(([name, value]) => `${name} = ${value}`),
		),
		...section(
			'stored',
			Object.entries(stored).map(([key, value]) => `${JSON.stringify(key)}: ${value}`),
		),
		...(next === undefined ? ['nothing comes after it'] : section('next', next)),
	].join('\n');
}
