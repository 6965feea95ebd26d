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
	const startedMs = sinceKernelMs() - process.uptime() * 1000;
	const zeroMs = isImage ? 0 : startedMs;
	const now = (): number => sinceKernelMs() - zeroMs;
	const readMs = now();
	return {
		now,
		around: async () => {
			const text = isImage ? await readFile(file, 'utf8').catch(() => '') : '';
			return [...phasesOf(parseMarks(text)), ...phasesOfNode(startedMs - zeroMs, readMs)];
		},
	};
}

/** Linux counts from the start of the kernel. */
function sinceKernelMs(): number {
	return Number(process.hrtime.bigint()) / 1e6;
}

/** Up to where this file is run. A start would wait for what knows more of it, so that is asked when somebody asks. */
function phasesOfNode(startMs: number, readMs: number): BootPhase[] {
	const upMs = startMs + performance.nodeTiming.bootstrapComplete;
	return [
		{ stage: 'node', name: 'Node', startMs, endMs: upMs },
		{ stage: 'node', name: 'firmware read', startMs: upMs, endMs: readMs },
	];
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
