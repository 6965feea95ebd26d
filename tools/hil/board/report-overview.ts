/** All runs below a folder on one page: what failed first, each with the way to its report. */
import { glob, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { markup, relativeLink } from './markup.ts';
import { pageOf, secondsOf } from './page-frame.ts';
import { verdict } from './report-page.ts';
import type { RunReport } from './run-record.ts';

/** @returns path of the page @param exitCode of all tests: some leave no report of their own */
export async function writeOverview(folder: string, exitCode: number): Promise<string> {
	const runs: { path: string; run: RunReport; failed: number }[] = [];
	for await (const file of glob(join(folder, '*/run.json'))) {
		const run = JSON.parse(await readFile(file, 'utf8')) as RunReport;
		const failed = run.tests.filter(({ failure }) => failure !== undefined).length;
		runs.push({ path: relative(folder, join(dirname(file), 'index.html')), run, failed });
	}
	const rows = runs
		.toSorted((a, b) => b.failed - a.failed || a.run.name.localeCompare(b.run.name))
		.map(({ path, run: { name, tests }, failed }) => {
			const time = secondsOf(tests.reduce((sum, { durationMs }) => sum + durationMs, 0));
			return markup`<p><span class="${failed > 0 ? 'failed' : 'passed'}"><a href="${relativeLink(path)}">${name}</a>: ${verdict(tests.length, failed)} <span class="time">${time}</span></span></p>
`;
		});
	const page = join(folder, 'index.html');
	const title = `Boxes on the bench: ${exitCode === 0 ? 'all passed' : 'something failed'}`;
	await writeFile(page, pageOf(title, markup`${rows}`));
	return page;
}
