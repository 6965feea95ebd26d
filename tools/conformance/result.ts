/** What came of one assertion of the suite. */

/**
 * - `pass`: the platform does what the assertion says
 * - `fail`: it does something else
 * - `not-ours`: it refuses the component by a rule of its own, with a code, before the assertion means anything
 * - `not-run`: the runner has no way to try it
 */
export const outcomes = ['pass', 'fail', 'not-ours', 'not-run'] as const;
export type Outcome = (typeof outcomes)[number];

export interface Result {
	/** Where the assertion begins in its file. */
	readonly line: number;
	/** As a person would call it: `assert_trap run`. */
	readonly what: string;
	readonly outcome: Outcome;
	/** What was seen. */
	readonly why: string;
}

export interface FileResults {
	/** Its path in the folder, with slashes. */
	readonly file: string;
	readonly results: readonly Result[];
}

export type Counts = Readonly<Record<Outcome, number>>;

export function countsOf(results: readonly Result[]): Counts {
	const count = (which: Outcome): number => results.filter(({ outcome }) => outcome === which).length;
	return {
		pass: count('pass'),
		fail: count('fail'),
		'not-ours': count('not-ours'),
		'not-run': count('not-run'),
	};
}
