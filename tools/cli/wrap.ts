/** `mullion wrap`: a component of another toolchain and a manifest into what is shipped. */
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { makeFolder } from '../../firmware/hal/make-folder.ts';
import { CliError } from './cli-error.ts';
import { type Command, text } from './command.ts';
import { table } from './table.ts';

export const wrap: Command = {
	name: 'wrap',
	summary: 'Puts a manifest into a component that another toolchain built: WASI 0.2, or mullion:service.',
	usage: 'FILE --manifest FILE [OPTIONS]',
	options: {
		manifest: {
			type: 'string',
			short: 'm',
			value: 'FILE',
			help: 'as manifest.json of a module; its own messages in proto/ beside it',
		},
		out: { type: 'string', short: 'o', value: 'DIR', help: 'where the components go; default dist/ here' },
	},
	examples: [
		['mullion wrap hello.wasm --manifest hello.json', 'dist/hello.wasm, to be pushed like any module'],
	],
	run: async (context) => {
		const { args, cwd, output } = context;
		const [file, ...others] = args;
		const manifest = text(context, 'manifest');
		if (file === undefined || others.length > 0 || manifest === undefined)
			throw new CliError('usage', 'wrap takes one file and its manifest; see npx mullion wrap --help');
		// The generators and their libraries take a while to load.
		const { wrapFiles } = await import('../build/wrap-files.ts');
		const outDirectory = resolve(cwd, text(context, 'out') ?? 'dist');
		const components = await wrapFiles({
			componentPath: resolve(cwd, file),
			manifestPath: resolve(cwd, manifest),
		});
		await makeFolder(outDirectory);
		const rows = await Promise.all(
			components.map(async ({ file: name, bytes, json }) => {
				const path = join(outDirectory, name);
				await writeFile(path, bytes);
				return { name: String(json['name']), version: String(json['version']), path, bytes: bytes.length };
			}),
		);
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
		output.result(rows, lines);
	},
};
