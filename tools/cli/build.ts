/** `mullion build`: a module's folder into the components that are shipped of it. */
import { resolve } from 'node:path';
import { buildModule } from '../build/component.ts';
import { CliError } from './cli-error.ts';
import { type Command, text } from './command.ts';
import { table } from './table.ts';

export const build: Command = {
	name: 'build',
	summary: 'Builds a module: AssemblyScript in, one component for each of its personas out.',
	usage: '[DIR] [OPTIONS]',
	options: {
		out: {
			type: 'string',
			short: 'o',
			value: 'DIR',
			help: 'where the components go; default dist/ in the module',
		},
	},
	examples: [
		['mullion build', 'the module in this folder'],
		['mullion build modules/player', 'one elsewhere'],
	],
	run: async (context) => {
		const { args, cwd, output, signal } = context;
		if (args.length > 1) throw new CliError('usage', 'build takes one folder; see npx mullion build --help');
		const out = text(context, 'out');
		const built = await buildModule({
			directory: resolve(cwd, args[0] ?? '.'),
			signal,
			...(out !== undefined && { outDirectory: resolve(cwd, out) }),
		});
		const rows = built.map(({ name, version, path, bytes, tookMs }) => ({
			name,
			version,
			path,
			bytes: bytes.length,
			tookMs: Math.round(tookMs),
		}));
		const lines = table({
			rows,
			head: output.bold,
			columns: [
				{ title: 'MODULE', of: ({ name }) => name },
				{ title: 'VERSION', of: ({ version }) => version },
				{ title: 'SIZE', of: ({ bytes }) => `${(bytes / 1000).toFixed(1)} kB`, isRight: true },
				{ title: 'FILE', of: ({ path }) => path },
			],
		});
		output.result(rows, `${lines}\n${output.dim(`Built in ${rows[0]?.tookMs ?? 0} ms.`)}`);
	},
};
