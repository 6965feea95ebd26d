/** Runs one program to its end and gives what it printed. */
import { execFile } from 'node:child_process';
import { delimiter } from 'node:path';
import { RigError } from './rig-error.ts';

/** @throws RigError `missing-tool`, or `command-failed` with the command line and its last words */
export function run(command: string, args: readonly string[] = []): Promise<string> {
	return new Promise((resolve, reject) => {
		const options = { maxBuffer: 64 * 1024 * 1024, env: systemEnvironment() };
		execFile(command, args, options, (error, stdout, stderr) => {
			if (error === null) return resolve(stdout);
			const line = [command, ...args].join(' ');
			reject(
				error.code === 'ENOENT'
					? new RigError('missing-tool', `${command} is not installed; see tools/hil/README.md`)
					: new RigError('command-failed', `${line}: ${stderr.trim() || error.message}`, { cause: error }),
			);
		});
	});
}

/**
 * The environment of this process with the path of root's shell: npm puts the programs of packages before
 * the system's, and one of them is called `nft` too. Start Node by `process.execPath`.
 */
export function systemEnvironment(): NodeJS.ProcessEnv {
	const folders = (process.env['PATH'] ?? '').split(delimiter);
	const own = folders.filter((folder) => !folder.includes('node_modules'));
	return { ...process.env, PATH: [...own, '/usr/sbin', '/sbin'].join(delimiter) };
}
