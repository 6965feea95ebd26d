/** Runs the programs that make images. */
import { execFile } from 'node:child_process';
import { ImageError } from './image-error.ts';

export interface ToolOptions {
	readonly cwd?: string;
	readonly env?: Readonly<Record<string, string>>;
}

/** Where Debian has what is for administrators. */
const adminPath = '/usr/sbin:/sbin';
const mostOutputBytes = 16_777_216;
const lastLines = 12;

/** Where programs are looked for. */
export function toolPath(): string {
	return `${process.env['PATH'] ?? ''}:${adminPath}`;
}

/** Returns what it says. @throws ImageError `tool-missing`, `tool-failed` */
export function tool(
	program: string,
	args: readonly string[],
	{ cwd, env }: ToolOptions = {},
): Promise<string> {
	// Names of months and numbers of what it says are the same on every machine.
	const environment = { ...process.env, PATH: toolPath(), LC_ALL: 'C.UTF-8', TZ: 'UTC', ...env };
	return new Promise((resolve, reject) => {
		execFile(
			program,
			args,
			{ cwd, env: environment, maxBuffer: mostOutputBytes },
			(error, stdout, stderr) => {
				if (error === null) return resolve(stdout);
				if (error.code === 'ENOENT')
					return reject(new ImageError('tool-missing', `"${program}" is not installed`, { cause: error }));
				const words = `${stdout}${stderr}`.trim().split('\n').slice(-lastLines).join('\n');
				reject(new ImageError('tool-failed', `${program} ${args[0] ?? ''}: ${words}`, { cause: error }));
			},
		);
	});
}
