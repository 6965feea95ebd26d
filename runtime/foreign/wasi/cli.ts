/** `wasi:cli`: arguments, environment, the three streams, and the end of the run. */
import type { HostInterfaces } from '../glue-script.ts';
import { Exit, type Outside } from './outside.ts';
import { InputStream, OutputStream } from './streams.ts';

class TerminalInput {}
class TerminalOutput {}

export function cli({ environment, arguments: given, stdin, stdout, stderr }: Outside): HostInterfaces {
	const none = (): undefined => undefined;
	return {
		'wasi:cli/environment': {
			getEnvironment: () => environment,
			getArguments: () => given,
			initialCwd: none,
		},
		'wasi:cli/exit': {
			exit: ({ tag }: { tag: 'ok' | 'err' }) => {
				throw new Exit(tag === 'ok' ? 0 : 1);
			},
			exitWithCode: (code: number) => {
				throw new Exit(code);
			},
		},
		'wasi:cli/stdin': { getStdin: () => new InputStream(stdin) },
		'wasi:cli/stdout': { getStdout: () => new OutputStream(stdout) },
		'wasi:cli/stderr': { getStderr: () => new OutputStream(stderr) },
		'wasi:cli/terminal-input': { TerminalInput },
		'wasi:cli/terminal-output': { TerminalOutput },
		'wasi:cli/terminal-stdin': { getTerminalStdin: none },
		'wasi:cli/terminal-stdout': { getTerminalStdout: none },
		'wasi:cli/terminal-stderr': { getTerminalStderr: none },
	};
}
