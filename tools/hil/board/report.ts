/** Keeps the report of a run in a folder: `junit.xml` for machines, `index.html` for people. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { junitXml } from './junit.ts';
import { reportPage } from './report-page.ts';
import type { RunReport } from './run-record.ts';

/** @returns path of the page */
export async function writeReport(folder: string, report: RunReport): Promise<string> {
	await mkdir(folder, { recursive: true });
	await writeFile(join(folder, 'junit.xml'), junitXml(report));
	const page = join(folder, 'index.html');
	await writeFile(page, reportPage(report));
	return page;
}
