/** The tests of one file on boards, as one run: with a folder for reports, each leaves what it did and heard there. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run as command } from '../link/command.ts';
import type { Board } from './board.ts';
import type { ClaimOptions } from './claim.ts';
import { recordedTest } from './recorded-test.ts';
import { writeReport } from './report.ts';
import { RunRecord, type TestRecord } from './run-record.ts';

export interface BoardRun extends AsyncDisposable {
	/** Beside the report; a file that is put here can be a capture. */
	readonly folder: string;
	/** What takes part beside the board: part -> version. */
	versions(parts: Readonly<Record<string, string>>): void;
	/** One that needs no board: what is made of what a board has left. */
	look(name: string, work: (test: TestRecord) => Promise<unknown>): Promise<void>;
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
	run.versions({ commit: await commit(), 'Node of the bench': process.versions.node });
	return {
		folder,
		versions: (parts) => run.versions(parts),
		look: async (title, work) => {
			await run.test(title, work);
		},
		test: async (title, wanted, work) => {
			await recordedTest({ run, name: title, folder, ...wanted }, work);
		},
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
