/** A test on a board that leaves a record: what it did, what the box said, how it ended. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Board } from './board.ts';
import { type ClaimOptions, claim } from './claim.ts';
import { type ConsoleLine, timedText } from './console-lines.ts';
import type { RunRecord, TestRecord } from './run-record.ts';
import { startsOf } from './start-phases.ts';

export interface RecordOptions {
	readonly run: RunRecord;
	readonly name: string;
	/** Folder of the report; the whole log of the console is kept in it. */
	readonly folder: string;
}

/** As much of the end of a console as anybody reads in a report. */
const shownLines = 1000;

/** Claims a board, gives it to the test, and gives it back, however the test ends. */
export async function recordedTest<Result>(
	{ run, name, folder, ...wanted }: RecordOptions & ClaimOptions,
	work: (board: Board, test: TestRecord) => Promise<Result>,
): Promise<Result> {
	return run.test(name, async (test) => {
		await using board = await claim(wanted);
		return await heard({ run, folder, board, test }, () => work(board, test));
	});
}

/** On a board that was claimed before, and is not given back. */
export function recordedTestOn<Result>(
	board: Board,
	{ run, name, folder }: RecordOptions,
	work: (test: TestRecord) => Promise<Result>,
): Promise<Result> {
	return run.test(name, (test) => heard({ run, folder, board, test }, () => work(test)));
}

interface HeardOptions extends Pick<RecordOptions, 'run' | 'folder'> {
	readonly board: Board;
	readonly test: TestRecord;
}

async function heard<Result>(
	{ run, folder, board, test }: HeardOptions,
	work: () => Promise<Result>,
): Promise<Result> {
	try {
		return await work();
	} finally {
		run.on(board);
		const { lines } = board.serial;
		run.versions(bootLoaderIn(lines));
		test.starts = startsOf(lines);
		const kept = join('consoles', `${run.report.tests.length + 1}.log`);
		await mkdir(join(folder, 'consoles'), { recursive: true });
		await board.serial.copyLog(join(folder, kept));
		test.console = timedText(lines.slice(-shownLines));
		test.capture('the whole console', kept);
	}
}

function bootLoaderIn(lines: readonly ConsoleLine[]): Readonly<Record<string, string>> {
	for (const { text } of lines) {
		const [, version] = /^U-Boot (\d\S*)/.exec(text) ?? [];
		if (version !== undefined) return { 'U-Boot': version };
	}
	return {};
}
