/** What happened in one run on a board: tests, their steps, and what the box said. */

import { type FailureReport, failureOf } from './failure-report.ts';
import type { BoardStart } from './start-phases.ts';

export interface RunReport {
	readonly name: string;
	/** Empty where none took part. */
	readonly board: string;
	/** Part -> version. */
	readonly versions: Readonly<Record<string, string>>;
	readonly startedAt: Date;
	readonly tests: readonly TestReport[];
}

export interface TestReport {
	readonly name: string;
	readonly durationMs: number;
	readonly steps: readonly StepReport[];
	/** Undefined where it passed. */
	readonly failure?: FailureReport;
	/** The end of what the serial console said. */
	readonly console?: string;
	/** How far each start of the box had come when. */
	readonly starts: readonly BoardStart[];
	/** What was measured, for people to read. */
	readonly figures: Readonly<Record<string, string>>;
	/** Files beside the report, by what they are; paths are relative to it. */
	readonly captures: Readonly<Record<string, string>>;
}

export interface StepReport {
	readonly name: string;
	readonly durationMs: number;
	readonly hasFailed: boolean;
}

export interface RunRecordOptions {
	readonly name: string;
	/** Milliseconds that only go forward. Default: the system's. */
	readonly now?: () => number;
	readonly startedAt?: Date;
}

/** Writes down what it runs, and lets errors pass. */
export class RunRecord {
	readonly #name: string;
	readonly #now: () => number;
	readonly #startedAt: Date;
	readonly #tests: TestReport[] = [];
	#board = '';
	#versions: Record<string, string> = {};

	constructor({ name, now = () => performance.now(), startedAt = new Date() }: RunRecordOptions) {
		this.#name = name;
		this.#now = now;
		this.#startedAt = startedAt;
	}

	/** So far. */
	get report(): RunReport {
		return {
			name: this.#name,
			board: this.#board,
			versions: { ...this.#versions },
			startedAt: this.#startedAt,
			tests: [...this.#tests],
		};
	}

	/** What else took part: part -> version. */
	versions(parts: Readonly<Record<string, string>>): void {
		this.#versions = { ...this.#versions, ...parts };
	}

	/** The board that it ran on; QEMU knows its version once it was switched on. */
	on({
		name,
		versions,
	}: {
		readonly name: string;
		readonly versions: Readonly<Record<string, string>>;
	}): void {
		this.#board = name;
		this.versions(versions);
	}

	async test<Result>(name: string, work: (test: TestRecord) => Promise<Result>): Promise<Result> {
		const test = new TestRecord(this.#now);
		const begun = this.#now();
		let failure: FailureReport | undefined;
		try {
			return await work(test);
		} catch (error) {
			failure = failureOf(error);
			throw error;
		} finally {
			this.#tests.push({
				name,
				durationMs: this.#now() - begun,
				steps: test.steps,
				captures: test.captures,
				starts: test.starts,
				figures: test.figures,
				...(failure && { failure }),
				...(test.console !== undefined && { console: test.console }),
			});
		}
	}
}

export class TestRecord {
	readonly steps: StepReport[] = [];
	// Without a prototype: any name is only a name, `__proto__` too.
	readonly captures: Record<string, string> = Object.create(null);
	readonly figures: Record<string, string> = Object.create(null);
	starts: readonly BoardStart[] = [];
	/** The end of what the serial console said; set it when the test is over, however it ended. */
	console: string | undefined;
	readonly #now: () => number;

	constructor(now: () => number) {
		this.#now = now;
	}

	async step<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
		const begun = this.#now();
		let hasFailed = true;
		try {
			const result = await work();
			hasFailed = false;
			return result;
		} finally {
			this.steps.push({ name, durationMs: this.#now() - begun, hasFailed });
		}
	}

	/** @param value with its unit */
	figure(what: string, value: string): void {
		this.figures[what] = value;
	}

	/** @param path of a file that is kept beside the report, relative to it */
	capture(what: string, path: string): void {
		this.captures[what] = path;
	}
}
