/** The reference suite of the component model through our linkers: `node tools/conformance/main.ts FOLDER [--json]`. */

import { scriptArguments } from '../script-arguments.ts';
import { differencesOf } from './differences.ts';
import { isLeftOut, readList } from './expected-list.ts';
import { runFolder } from './folder-run.ts';
import { countsOf, type FileResults, outcomes } from './result.ts';

const { values, positionals } = scriptArguments({
	options: { json: { type: 'boolean' }, help: { type: 'boolean' } },
	allowPositionals: true,
});
const [folder] = positionals;

if (folder === undefined || values.help === true) {
	console.log(
		'usage: npm run conformance -- FOLDER [--json]\n\nFOLDER is a checkout of WebAssembly/component-model',
	);
	process.exit(folder === undefined ? 2 : 0);
}

const list = await readList();
const all = await runFolder({ folder, isLeftOut: (file) => isLeftOut(list, file) });
const differences = differencesOf(all, list);
console.log(values.json === true ? JSON.stringify({ files: all, differences }, undefined, '\t') : table(all));
for (const difference of differences) console.error(difference);
process.exitCode = differences.length === 0 ? 0 : 1;

function table(files: readonly FileResults[]): string {
	const row = (name: string, cells: readonly (string | number)[]): string =>
		`${name.padEnd(52)}${cells.map((cell) => String(cell).padStart(10)).join('')}`;
	const counted = files.map(({ file, results }) => [file, countsOf(results)] as const);
	const sum = countsOf(files.flatMap(({ results }) => results));
	return [
		row('', outcomes),
		...counted.map(([file, counts]) =>
			row(
				file,
				outcomes.map((outcome) => counts[outcome]),
			),
		),
		row(
			'all',
			outcomes.map((outcome) => sum[outcome]),
		),
	].join('\n');
}
