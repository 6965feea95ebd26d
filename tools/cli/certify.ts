/** `mullion certify`: whether a build still does what was recorded, signed. */
import { writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { makeFolder } from '../../firmware/hal/make-folder.ts';
import { certificationOptions, certifyComponent, differencesOf } from './certification.ts';
import { CliError } from './cli-error.ts';
import { type Command, text } from './command.ts';
import { readComponents } from './components.ts';
import { headendOptions } from './headend-file.ts';
import { table } from './table.ts';

export const certify: Command = {
	name: 'certify',
	summary: 'Replays the recordings of a module on every device profile and signs the result.',
	usage: 'DIR|FILE -o RESULT [OPTIONS]',
	options: {
		out: { type: 'string', short: 'o', value: 'RESULT', help: 'where the signed result goes' },
		...certificationOptions,
		...headendOptions,
	},
	examples: [
		['mullion certify modules/clock -o clock.json', 'with the recordings in modules/clock/recordings'],
		['mullion certify clock.wasm --recording day.recording --key me.pem -o clock.json', 'with others'],
	],
	run: async (context) => {
		const { args, cwd, output } = context;
		const [arg, ...rest] = args;
		const out = text(context, 'out');
		if (arg === undefined || out === undefined || rest.length > 0)
			throw new CliError('usage', 'give a module and -o RESULT; see npx mullion certify --help');
		const [component, ...others] = await readComponents(arg, context);
		if (component === undefined || others.length > 0)
			throw new CliError('usage', `${arg} makes ${others.length + 1} modules; name the file of one`);
		const { certificate, signed, publicKey } = await certifyComponent(component, context);
		const path = resolve(cwd, out);
		await makeFolder(dirname(path));
		await writeFile(path, signed);
		if (certificate.outcome !== 'equal') throw new CliError('not-equal', differencesOf(certificate));
		const rows = table({
			rows: certificate.profiles,
			head: output.bold,
			columns: [
				{ title: 'PROFILE', of: ({ name }) => name },
				{ title: 'OUTCOME', of: ({ outcome }) => output.green(outcome) },
				{ title: 'FLAGS', of: ({ flags }) => output.dim(flags.join(' ') || 'none') },
			],
		});
		const turns = certificate.recordings.reduce((sum, recording) => sum + recording.turns, 0);
		output.result(
			{ ...certificate, publicKey },
			`${rows}\n${certificate.module} ${certificate.version} is certified: ${turns} turns, signed by ${publicKey.slice(0, 16)} into ${out}`,
		);
	},
};
