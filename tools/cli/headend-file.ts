/** Where the running headend is: what `mullion start` wrote down, or what the command line says instead. */
import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { CliError } from './cli-error.ts';
import { type Context, type Option, text } from './command.ts';

export interface HeadendFile {
	/** `mqtt://host:port`. */
	readonly broker?: string;
	/** Folder of the module repository. */
	readonly repository?: string;
	/** Endpoint id of the box. */
	readonly agent?: string;
}

export const headendOptions: Readonly<Record<string, Option>> = {
	broker: {
		type: 'string',
		value: 'URL',
		help: 'MQTT broker of the box, instead of the one in .mullion/headend.json',
	},
	agent: { type: 'string', value: 'ID', help: 'endpoint id of the box' },
	repository: { type: 'string', value: 'DIR', help: 'folder of the module repository' },
};

/** Looks for `.mullion/headend.json` here and in the folders above. */
export async function findHeadend(context: Context): Promise<HeadendFile> {
	const [broker, agent, repository] = [
		text(context, 'broker'),
		text(context, 'agent'),
		text(context, 'repository'),
	];
	return {
		...(await readNearest(context.cwd)),
		...(broker !== undefined && { broker }),
		...(agent !== undefined && { agent }),
		...(repository !== undefined && { repository: resolve(context.cwd, repository) }),
	};
}

async function readNearest(directory: string): Promise<HeadendFile> {
	const file = join(directory, '.mullion', 'headend.json');
	let content: string;
	try {
		content = await readFile(file, 'utf8');
	} catch (cause) {
		const { code } = cause as NodeJS.ErrnoException;
		if (code !== 'ENOENT' && code !== 'ENOTDIR')
			throw new CliError('bad-headend-file', `${file} cannot be read: ${(cause as Error).message}`, {
				cause,
			});
		const above = dirname(directory);
		return above === directory ? {} : readNearest(above);
	}
	return parse(content, file);
}

function parse(content: string, file: string): HeadendFile {
	let json: unknown;
	try {
		json = JSON.parse(content);
	} catch (cause) {
		throw new CliError('bad-headend-file', `${file} is not JSON; start the headend again`, { cause });
	}
	const value = (name: string): string | undefined => {
		const found = typeof json === 'object' && json !== null ? Reflect.get(json, name) : undefined;
		return typeof found === 'string' ? found : undefined;
	};
	const [broker, agent, repository] = [value('broker'), value('agent'), value('repository')];
	return {
		...(broker !== undefined && { broker }),
		...(agent !== undefined && { agent }),
		...(repository !== undefined && { repository: resolve(dirname(dirname(file)), repository) }),
	};
}
