/** What a script of `package.json` is called with: what is wrong with it is said in one line, with exit code 2. */
import { type ParseArgsConfig, parseArgs } from 'node:util';

export function scriptArguments<const T extends ParseArgsConfig>(config: T): ReturnType<typeof parseArgs<T>> {
	try {
		return parseArgs(config);
	} catch (error) {
		const [line = ''] = (error as Error).message.split(/\n|\. To specify/);
		return wrongUsage(line);
	}
}

/** Ends the script. */
export function wrongUsage(why: string): never {
	console.error(`usage: ${why.replace(/\.$/, '')}; see --help`);
	process.exit(2);
}
