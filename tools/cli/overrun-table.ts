/** What has exceeded which budget, the latest first. */
import type { Output } from './output.ts';
import { printable } from './printable.ts';
import { table } from './table.ts';

export interface VmOverrun {
	readonly vm: string;
	readonly budget: string;
	readonly count: number;
	/** ISO 8601. */
	readonly last: string;
	readonly detail: string;
}

/** @param vms rows of the Execution Units */
export function overrunsOf(vms: readonly Readonly<Record<string, string>>[]): VmOverrun[] {
	return vms
		.flatMap(({ EUID: vm = '', X_MULLION_Overruns: text = '[]' }) => {
			const overruns = JSON.parse(text) as { Budget: string; Count: number; Last: string; Detail: string }[];
			return overruns.map(({ Budget, Count, Last, Detail }) => ({
				vm,
				budget: Budget,
				count: Count,
				last: Last,
				detail: Detail,
			}));
		})
		.toSorted((a, b) => (a.last < b.last ? 1 : -1));
}

export function overrunTable(overruns: readonly VmOverrun[], output: Output): string {
	return table({
		rows: overruns,
		head: output.bold,
		columns: [
			{ title: 'EXCEEDED BY', of: ({ vm }) => printable(vm) },
			{ title: 'BUDGET', of: ({ budget }) => output.yellow(printable(budget)) },
			{ title: 'TIMES', of: ({ count }) => `${count}`, isRight: true },
			{ title: 'LAST', of: ({ last }) => last.slice(11, 19) },
			{ title: 'WHAT', of: ({ detail }) => output.dim(printable(detail)) },
		],
	});
}
