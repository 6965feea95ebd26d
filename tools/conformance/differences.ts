/** What came out otherwise than the list expects, in either direction. */
import type { ExpectedFile, ExpectedList } from './expected-list.ts';
import { countsOf, type FileResults, type Result } from './result.ts';

/** Sentences, each of one assertion or file; none where all is as expected. */
export function differencesOf(all: readonly FileResults[], { files }: ExpectedList): string[] {
	const ran = new Set(all.map(({ file }) => file));
	return [
		...all.flatMap(({ file, results }) => {
			const expected = files[file];
			const found = expected === undefined ? unlisted(results) : inFile(results, expected);
			return found.map((difference) => `${file}${difference}`);
		}),
		...Object.keys(files)
			.filter((file) => !ran.has(file))
			.map((file) => `${file}: is in the list and not in the folder`),
	];
}

const unlisted = (results: readonly Result[]): string[] => [
	`: is not in the list; ${results.filter(({ outcome }) => outcome === 'pass').length} of ${results.length} pass`,
];

function inFile(results: readonly Result[], { passes, others }: ExpectedFile): string[] {
	const expected = new Map(
		others.flatMap(({ lines, outcome }) => lines.map((line) => [line, outcome] as const)),
	);
	const differences: string[] = [];
	for (const { line, what, outcome, why } of results) {
		const wanted = expected.get(line) ?? 'pass';
		expected.delete(line);
		if (outcome !== wanted) differences.push(`:${line}: ${what}: ${outcome} instead of ${wanted} (${why})`);
	}
	for (const line of expected.keys()) differences.push(`:${line}: is in the list and asserts nothing`);
	const { pass } = countsOf(results);
	if (differences.length === 0 && pass !== passes) differences.push(`: ${pass} pass instead of ${passes}`);
	return differences;
}
