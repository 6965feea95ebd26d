/** The tests of one file on boards, as one run: with a folder for reports, each leaves what it did and heard there. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run as command } from '../link/command.ts';
import type { Board } from './board.ts';
import type { ClaimOptions } from './claim.ts';
import { recordedTest, recordedTestOn } from './recorded-test.ts';
import { writeReport } from './report.ts';
import { RunRecord, type TestRecord } from './run-record.ts';

export interface BoardRun extends AsyncDisposable {
	/** Beside the report; a file that is put here can be a capture. */
	readonly folder: string;
	/** What takes part beside the board: part -> version. */
	versions(parts: Readonly<Record<string, string>>): void;
	/** One that needs no board: what is made of what a board has left. */
	look<Result>(name: string, work: (test: TestRecord) => Promise<Result>): Promise<Result>;
	/** One on a board of its own. */
	test<Result>(
		name: string,
		wanted: ClaimOptions,
		work: (board: Board, test: TestRecord) => Promise<Result>,
	): Promise<Result>;
	/** One on a board that was there before it and is after it: all that this has said so far is kept. */
	testOn<Result>(name: string, board: Board, work: (test: TestRecord) => Promise<Result>): Promise<Result>;
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
	run.versions({ commit: await commit(), 'Node of the bench': process.versions.node });
	return {
		folder,
		versions: (parts) => run.versions(parts),
		look: (title, work) => run.test(title, work),
		test: (title, wanted, work) => recordedTest({ run, name: title, folder, ...wanted }, work),
		testOn: (title, board, work) => recordedTestOn(board, { run, name: title, folder }, work),
		[Symbol.asyncDispose]: async () => {
			if (reports === undefined) await rm(folder, { recursive: true, force: true });
			else await writeReport(folder, run.report);
		},
	};
}

/** A tree without its history has none to tell. */
async function commit(): Promise<string> {
	return (
		await command('git', ['describe', '--always', '--dirty', '--abbrev=12']).catch(() => 'unknown')
	).trim();
}
