/** A test on a board that leaves a record: what it did, what the box said, how it ended. */
import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Board } from './board.ts';
import { type ClaimOptions, claim } from './claim.ts';
import type { RunRecord, TestRecord } from './run-record.ts';

export interface RecordedTestOptions extends ClaimOptions {
	readonly run: RunRecord;
	readonly name: string;
	/** Folder of the report; the whole log of the console is kept in it. */
	readonly folder: string;
}

/** As much of the end of a console as anybody reads in a report. */
const shownBytes = 64 * 1024;

/** Claims a board, gives it to the test, and gives it back, however the test ends. */
export async function recordedTest<Result>(
	{ run, name, folder, ...wanted }: RecordedTestOptions,
	work: (board: Board, test: TestRecord) => Promise<Result>,
): Promise<Result> {
	return run.test(name, async (test) => {
		await using board = await claim(wanted);
		try {
			return await work(board, test);
		} finally {
			run.on(board);
			const kept = join('consoles', `${run.report.tests.length + 1}.log`);
			await mkdir(join(folder, 'consoles'), { recursive: true });
			await board.serial.copyLog(join(folder, kept));
			test.console = await endOf(join(folder, kept));
			test.capture('the whole console', kept);
		}
	});
}

async function endOf(path: string): Promise<string> {
	await using file = await open(path);
	const { size } = await file.stat();
	const buffer = Buffer.alloc(Math.min(size, shownBytes));
	await file.read(buffer, 0, buffer.length, size - buffer.length);
	return buffer.toString('utf8');
}
