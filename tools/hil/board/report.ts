/** Keeps the report of a run in a folder: `junit.xml` for machines, `index.html` for people. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from '../../../firmware/hal/make-folder.ts';
import { junitXml } from './junit.ts';
import { reportPage } from './report-page.ts';
import type { RunReport } from './run-record.ts';

/** Whoever draws a start of the box puts it here, beside the report, before that is written. */
export const bootChartFile = 'boot-chart.svg';

/** @returns path of the page */
export async function writeReport(folder: string, report: RunReport): Promise<string> {
	await makeFolder(folder);
	await writeFile(join(folder, 'junit.xml'), junitXml(report));
	await writeFile(join(folder, 'run.json'), JSON.stringify(report));
	const bootChart = await readFile(join(folder, bootChartFile), 'utf8').catch(() => undefined);
	const page = join(folder, 'index.html');
	await writeFile(page, reportPage(report, { bootChart }));
	return page;
}
