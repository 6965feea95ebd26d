/** `mullion play`: opens a session on the box. */
import { withBox } from './box.ts';
import { CliError } from './cli-error.ts';
import { type Command, text } from './command.ts';
import { headendOptions } from './headend-file.ts';

export const play: Command = {
	name: 'play',
	summary: 'Has the box play something: from a content server, or what it has recorded itself.',
	usage: 'URL [OPTIONS]',
	options: {
		on: {
			type: 'string',
			value: 'NETWORK',
			help: 'the network to be on whenever it is there; default the best',
		},
		kind: { type: 'string', value: 'KIND', help: 'kind of the session; default media' },
		...headendOptions,
	},
	examples: [
		['mullion play http://content.mullion.test/film.mp3', 'over whatever network is there'],
		['mullion play recording:recorder/film', 'what the recorder has recorded as "film"'],
	],
	run: async (context) => {
		const [url, ...rest] = context.args;
		if (url === undefined || rest.length > 0)
			throw new CliError('usage', 'give one URL; see npx mullion play --help');
		const args = { Kind: text(context, 'kind') ?? 'media', Url: url, Baseband: text(context, 'on') ?? '' };
		const { Session: session = '' } = await withBox(context, (box) =>
			box.operate('Device.X_MULLION_Session.Open()', args, { isSync: true }),
		);
		context.output.result({ session, url }, `${context.output.bold(session)} plays ${url}`);
	},
};
