/** The list of what is expected not to pass, and why; everything else of its files must. */
import { readFile } from 'node:fs/promises';
import { ConformanceError } from './conformance-error.ts';
import { type Outcome, outcomes } from './result.ts';

export interface Exception {
	readonly lines: readonly number[];
	readonly outcome: Exclude<Outcome, 'pass'>;
	/** One sentence for the reader who wonders. */
	readonly why: string;
}

export interface ExpectedFile {
	/** Of the suite, whose lines these are. */
	readonly commit: string;
	/** How many of its assertions pass, so that none can be lost unseen. */
	readonly passes: number;
	readonly others: readonly Exception[];
}

export interface ExpectedList {
	/** Files and folders (with a slash at the end) that are not run, each with the reason. */
	readonly leftOut: Readonly<Record<string, string>>;
	readonly files: Readonly<Record<string, ExpectedFile>>;
}

export const listPath = new URL('./expected.json', import.meta.url);

/** @throws ConformanceError `bad-list` */
export async function readList(path = listPath): Promise<ExpectedList> {
	const list: ExpectedList = JSON.parse(await readFile(path, 'utf8'));
	for (const [file, { others }] of Object.entries(list.files)) {
		const seen = new Set<number>();
		for (const { lines, outcome, why } of others) {
			if (!outcomes.includes(outcome) || (outcome as string) === 'pass' || why.trim() === '')
				throw new ConformanceError(
					'bad-list',
					`${file}: lines ${lines.join(', ')} need an outcome and a reason`,
				);
			for (const line of lines) {
				if (seen.has(line)) throw new ConformanceError('bad-list', `${file}: line ${line} is there twice`);
				seen.add(line);
			}
		}
	}
	return list;
}

/** Whether a file of the suite is to be run. */
export function isLeftOut({ leftOut }: ExpectedList, file: string): boolean {
	return Object.keys(leftOut).some((path) => file === path || (path.endsWith('/') && file.startsWith(path)));
}
