/** `mullion new`: the folder of a new module, ready to build. */
import { relative, resolve } from 'node:path';
import { createModule } from '../build/create-module.ts';
import { CliError } from './cli-error.ts';
import { type Command, text } from './command.ts';

export const newModule: Command = {
	name: 'new',
	summary: 'Makes the folder of a new module, ready to build, with a message type of its own.',
	usage: 'NAME [OPTIONS]',
	options: {
		in: { type: 'string', value: 'DIR', help: 'the folder to make it in; default this one' },
	},
	examples: [
		['mullion new doorbell', 'makes doorbell/ here'],
		['mullion new doorbell --in modules', 'beside the modules of the house'],
	],
	run: async (context) => {
		const { args, cwd, output } = context;
		const [name, ...others] = args;
		if (name === undefined || others.length > 0)
			throw new CliError('usage', 'new takes one name; see npx mullion new --help');
		const { directory, files } = await createModule({
			name,
			parent: resolve(cwd, text(context, 'in') ?? '.'),
		});
		const folder = relative(cwd, directory);
		const lines = [
			`Made ${output.bold(folder)}:`,
			...files.map((file) => `  ${file}`),
			'',
			`Write your service in ${folder}/assembly/index.ts, then: ${output.bold(`npx mullion push ${folder}`)}`,
		];
		output.result({ name, directory, files }, lines.join('\n'));
	},
};
