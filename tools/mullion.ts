#!/usr/bin/env node
/** The command line: wiring only. What it can do is in `cli/commands.ts`. */
import { enableCompileCache } from 'node:module';
import { compiledCode } from './compiled-code.ts';
import { interruption } from './interruption.ts';

// Most of what a short command takes is to compile itself.
enableCompileCache(compiledCode);
const { main } = await import('./cli/main.ts');
const signal = interruption();
// A reader that has seen enough, such as `head`, is no failure.
process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => {
	if (code === 'EPIPE') process.exit(0);
});

process.exitCode = await main(process.argv.slice(2), {
	out: process.stdout,
	err: process.stderr,
	cwd: process.cwd(),
	hasColour: process.env['NO_COLOR'] === undefined,
	signal,
});
