/** The clock of a start, and what the programs before this one wrote down of it. */
import { readFile } from 'node:fs/promises';
import { performance } from 'node:perf_hooks';
import type { BootPhase } from '../agent/ports.ts';

/** Where the scripts of an image write when they begin something: `NAME SECONDS` a line, since the kernel began. */
const marksOfImage = '/run/boot-marks';

export interface BootClock {
	/** Milliseconds since the start began: of the kernel in an image, of this program elsewhere. */
	now(): number;
	/** What was before this program, and what goes on beside it. */
	around(): Promise<BootPhase[]>;
}

/** @param isImage whether all that this system is for is this program */
export function bootClock(isImage: boolean, file = marksOfImage): BootClock {
	// Linux counts from the start of the kernel.
	const origin = isImage ? Number(process.hrtime.bigint()) / 1e6 - performance.now() : 0;
	const node: BootPhase[] = [
		{
			stage: 'node',
			name: 'Node',
			startMs: origin,
			endMs: origin + performance.nodeTiming.bootstrapComplete,
		},
		{
			stage: 'node',
			name: 'firmware read',
			startMs: origin + performance.nodeTiming.bootstrapComplete,
			endMs: origin + performance.now(),
		},
	];
	return {
		now: () => origin + performance.now(),
		around: async () => {
			const text = isImage ? await readFile(file, 'utf8').catch(() => '') : '';
			return [...phasesOf(parseMarks(text)), ...node];
		},
	};
}

/** Name -> milliseconds; of a name that comes again the first counts. */
export function parseMarks(text: string): ReadonlyMap<string, number> {
	const marks = new Map<string, number>();
	for (const [, name = '', seconds] of text.matchAll(/^([\w.-]{1,32}) (\d{1,9}\.\d{1,3})$/gm))
		if (!marks.has(name)) marks.set(name, Number(seconds) * 1000);
	return marks;
}

const between = [
	{ stage: 'userland', name: 'verified root', from: 'initrd', to: 'root' },
	{ stage: 'userland', name: 'system', from: 'root', to: 'platform' },
] as const;

function phasesOf(marks: ReadonlyMap<string, number>): BootPhase[] {
	const phases: BootPhase[] = [];
	const initrd = marks.get('initrd');
	if (initrd !== undefined) phases.push({ stage: 'kernel', name: 'Linux', startMs: 0, endMs: initrd });
	for (const { stage, name, from, to } of between) {
		const [startMs, endMs] = [marks.get(from), marks.get(to)];
		if (startMs !== undefined && endMs !== undefined) phases.push({ stage, name, startMs, endMs });
	}
	for (const [mark, startMs] of marks) {
		const device = mark.replace(/-asked$/, '');
		const endMs = marks.get(`${device}-bound`);
		if (device !== mark && endMs !== undefined)
			phases.push({ stage: 'network', name: device, startMs, endMs });
	}
	return phases;
}
