/** The picture of `mullion top`: what the whole box does, then its VMs; fits in 80 columns. */
import { stripVTControlCharacters } from 'node:util';
import type { Output } from './output.ts';
import { printable } from './printable.ts';
import { table } from './table.ts';
import type { VmRates } from './vm-loads.ts';

export const sortKeys = ['cpu', 'memory', 'inbox'] as const;
export type SortKey = (typeof sortKeys)[number];

const orders: Record<SortKey, (vm: VmRates) => number> = {
	cpu: ({ cpuPercent }) => cpuPercent,
	memory: ({ memoryKib }) => memoryKib,
	inbox: ({ inboxLength }) => inboxLength,
};

const classes: Readonly<Record<string, string>> = { realtime: 'rt', interactive: 'ia', background: 'bg' };
const longestName = 18;

interface TopOptions {
	readonly sort: SortKey;
	readonly output: Output;
	/** Width of the terminal; what does not fit is cut off. */
	readonly columns?: number;
	/** Whether keys are listened to. */
	readonly hasKeys?: boolean;
}

export function topLines(
	vms: readonly VmRates[],
	{ sort, output, columns = 1000, hasKeys = false }: TopOptions,
): string[] {
	const sum = (of: (vm: VmRates) => number): number => vms.reduce((total, vm) => total + of(vm), 0);
	const countOf = (wanted: string): number => vms.filter(({ state }) => state === wanted).length;
	const asleep = countOf('hibernated');
	const head = [
		`${countOf('running')} of ${vms.length} VMs run${asleep > 0 ? `, ${asleep} sleep` : ''}`,
		`cpu ${sum(({ cpuPercent }) => cpuPercent).toFixed(1)}%`,
		`memory ${kib(sum(({ memoryKib }) => memoryKib))}`,
		`${sum(({ turnsPerSecond }) => turnsPerSecond)} turns/s`,
		`by ${sort}`,
	].join(', ');
	const order = orders[sort];
	const rows = vms.toSorted((a, b) => order(b) - order(a) || (a.vm < b.vm ? -1 : 1));
	const lines = [
		output.bold(head),
		...(hasKeys ? [output.dim('q quit   c cpu   m memory   i inbox')] : []),
		'',
		...tableOf(rows, output).split('\n'),
	];
	return lines.map((line) => cut(line, columns));
}

function tableOf(rows: readonly VmRates[], output: Output): string {
	const state = ({ state: text }: VmRates): string => {
		if (text === 'running') return output.green('run');
		if (text === 'hibernated') return output.dim('sleep');
		return text === 'parked' ? output.red(text) : output.yellow(text);
	};
	return table({
		rows,
		head: output.bold,
		columns: [
			{ title: 'VM', of: ({ vm }) => shortened(printable(vm)) },
			{ title: 'CL', of: (row) => classes[row.class] ?? row.class },
			{ title: 'CELL', of: ({ cell }) => printable(cell).slice(0, 4) },
			{ title: 'STATE', of: state },
			{ title: 'CPU%', of: ({ cpuPercent }) => cpuPercent.toFixed(1), isRight: true },
			{ title: 'MEM', of: ({ memoryKib }) => kib(memoryKib), isRight: true },
			{ title: 'IN', of: ({ inboxLength }) => `${inboxLength}`, isRight: true },
			{ title: 'TURN/S', of: ({ turnsPerSecond }) => `${turnsPerSecond}`, isRight: true },
			{ title: 'P99', of: ({ turnP99Us }) => duration(turnP99Us), isRight: true },
			{ title: 'RST', of: ({ restarts }) => `${restarts}`, isRight: true },
			{ title: 'WHY', of: (row) => output.dim(printable(why(row))) },
		],
	});
}

/** What it has exceeded last, or why it is in its state. */
function why({ state, reason, exceeded }: VmRates): string {
	return state === 'running' && exceeded[0] !== undefined ? `over ${exceeded[0]}` : reason;
}

function shortened(name: string): string {
	return name.length <= longestName ? name : `${name.slice(0, longestName - 1)}…`;
}

function kib(value: number): string {
	return value >= 10_240 ? `${(value / 1024).toFixed(1)}M` : `${value}K`;
}

function duration(us: number): string {
	if (us < 1000) return `${us}us`;
	return us < 1_000_000 ? `${(us / 1000).toFixed(1)}ms` : `${(us / 1_000_000).toFixed(1)}s`;
}

/** What changes the colour of a terminal, kept by `split`. */
const colour = new RegExp(`(${String.fromCharCode(27)}\\[[0-9;]*m)`);

/** Cuts at a width, colours left whole. */
function cut(line: string, columns: number): string {
	if (stripVTControlCharacters(line).length <= columns) return line;
	let width = 0;
	let out = '';
	for (const part of line.split(colour)) {
		if (part.startsWith('\u001b')) out += part;
		else {
			out += part.slice(0, Math.max(0, columns - width));
			width += part.length;
		}
	}
	return out;
}
