/** The tests of one file on boards, as one run: with a folder for reports, each leaves what it did and heard there. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Board } from './board.ts';
import type { ClaimOptions } from './claim.ts';
import { recordedTest } from './recorded-test.ts';
import { writeReport } from './report.ts';
import { RunRecord, type TestRecord } from './run-record.ts';

export interface BoardRun extends AsyncDisposable {
	test(
		name: string,
		wanted: ClaimOptions,
		work: (board: Board, test: TestRecord) => Promise<unknown>,
	): Promise<void>;
}

/** @param reports folder for the report; default what `npm run hil -- --report` said, or none */
export async function openBoardRun(
	name: string,
	reports = process.env['MULLION_REPORTS'],
): Promise<BoardRun> {
	const run = new RunRecord({ name });
	const folder =
		reports === undefined
			? await mkdtemp(join(tmpdir(), 'mullion-run-'))
			: join(reports, name.replaceAll(' ', '-'));
	return {
		test: async (title, wanted, work) => {
			await recordedTest({ run, name: title, folder, ...wanted }, work);
		},
		[Symbol.asyncDispose]: async () => {
			if (reports === undefined) await rm(folder, { recursive: true, force: true });
			else await writeReport(folder, run.report);
		},
	};
}
