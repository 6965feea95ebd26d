/** What a command of the command line is: one file, one `run`. */
import type { Output } from './output.ts';

export interface Option {
	readonly type: 'string' | 'boolean';
	readonly short?: string;
	/** What the value is, as in `--broker URL`; strings only. */
	readonly value?: string;
	/** May be given several times; strings only. */
	readonly isRepeated?: boolean;
	readonly help: string;
}

export interface Command {
	readonly name: string;
	/** One line for the list of commands. */
	readonly summary: string;
	/** What follows the name: `TOPIC [JSON]`. */
	readonly usage: string;
	readonly options: Readonly<Record<string, Option>>;
	/** Whole command lines, each with what it does. */
	readonly examples: readonly (readonly [line: string, what: string])[];
	/** Errors with a code become the exit code of `exit-code.ts`. */
	run(context: Context): Promise<void>;
}

export interface Context {
	/** What was not an option, in order. */
	readonly args: readonly string[];
	readonly options: Readonly<Record<string, string | boolean | readonly (string | boolean)[] | undefined>>;
	readonly output: Output;
	/** Folder that relative paths are relative to. */
	readonly cwd: string;
	/** Aborted when the person at the keyboard has had enough. */
	readonly signal: AbortSignal;
}

/** The value of a string option, or undefined where it was not given. */
export function text({ options }: Context, name: string): string | undefined {
	const value = options[name];
	return typeof value === 'string' ? value : undefined;
}

/** The values of an option that may be repeated, in their order. */
export function texts({ options }: Context, name: string): string[] {
	const values = options[name];
	return Array.isArray(values) ? values.filter((value) => typeof value === 'string') : [];
}
