#!/usr/bin/env node
/** The command line: wiring only. What it can do is in `cli/commands.ts`. */
import { main } from './cli/main.ts';

const enough = new AbortController();
const interrupt = () => {
	// The second time is for good.
	if (enough.signal.aborted) process.exit(130);
	enough.abort();
};
// The last is of a terminal that is closed: what runs in it has as much to put away.
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, interrupt);
// A reader that has seen enough, such as `head`, is no failure.
process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => {
	if (code === 'EPIPE') process.exit(0);
});

process.exitCode = await main(process.argv.slice(2), {
	out: process.stdout,
	err: process.stderr,
	cwd: process.cwd(),
	hasColour: process.env['NO_COLOR'] === undefined,
	signal: enough.signal,
});
