/** Where the running headend is: what `mullion start` or `mullion headend` wrote down, or what the command line says instead. */
import { access, readFile } from 'node:fs/promises';
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
	repository: {
		type: 'string',
		value: 'DIR',
		help: 'folder of the signed repository; default that of the headend, or .mullion/repository',
	},
};

/** The repository that belongs to a folder: `npm run image` has its boxes trust the one of the checkout. */
export function repositoryIn(directory: string): string {
	return join(directory, '.mullion', 'repository');
}

/** Where a headend that runs is written down that was started in a folder. */
export function addressBookIn(directory: string): string {
	return join(directory, '.mullion', 'headend.json');
}

/**
 * Looks for `.mullion/headend.json` here and in the folders above. Where no headend runs the repository may
 * still be there, for who signs something into it.
 */
export async function findHeadend(context: Context): Promise<HeadendFile> {
	const [broker, agent, repository] = [
		text(context, 'broker'),
		text(context, 'agent'),
		text(context, 'repository'),
	];
	const kept = await nearest(context.cwd, repositoryThere);
	return {
		...(kept !== undefined && { repository: kept }),
		...(await nearest(context.cwd, readThere)),
		...(broker !== undefined && { broker }),
		...(agent !== undefined && { agent }),
		...(repository !== undefined && { repository: resolve(context.cwd, repository) }),
	};
}

/** What is found in a folder, or else in the nearest one above it. */
async function nearest<Found>(
	directory: string,
	look: (directory: string) => Promise<Found | undefined>,
): Promise<Found | undefined> {
	const found = await look(directory);
	const above = dirname(directory);
	return found !== undefined || above === directory ? found : nearest(above, look);
}

async function repositoryThere(directory: string): Promise<string | undefined> {
	const repository = repositoryIn(directory);
	return access(repository).then(
		() => repository,
		() => undefined,
	);
}

async function readThere(directory: string): Promise<HeadendFile | undefined> {
	const file = addressBookIn(directory);
	let content: string;
	try {
		content = await readFile(file, 'utf8');
	} catch (cause) {
		const { code } = cause as NodeJS.ErrnoException;
		if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
		throw new CliError('bad-headend-file', `${file} cannot be read: ${(cause as Error).message}`, { cause });
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
