/** Finds what a service uses and does not have, before the linker says so in its own words. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BuildError } from './build-error.ts';

const advice: readonly (readonly [found: RegExp, used: RegExp, message: string])[] = [
	[
		/^env#console\./,
		/\bconsole\s*\./,
		'a service has no console: write lines with turn.info(...), turn.warn(...)',
	],
	[
		/^env#(Date\.now|performance\.now)/,
		/\b(Date|performance)\b/,
		'a service has no clock of its own: the time of a turn is turn.now',
	],
	[
		/^env#(seed|Math\.random)/,
		/\bMath\s*\.\s*random\b|\brandom\s*\(/,
		'a service has no randomness: turns must be repeatable',
	],
	[/^env#trace/, /\btrace\s*\(/, 'a service has no trace(): write lines with turn.debug(...)'],
	[/^env#process\.|^wasi_/, /\bprocess\s*\./, 'a service has no process: what it may do is in its manifest'],
];

export interface ForeignImportOptions {
	readonly core: Uint8Array<ArrayBuffer>;
	/** `module#name` of every import that its world has. */
	readonly allowed: ReadonlySet<string>;
	/** Sources of the service, to say where it happens. */
	readonly files: readonly string[];
	readonly directory: string;
}

/** @throws BuildError `forbidden-import` */
export async function refuseForeignImports({
	core,
	allowed,
	files,
	directory,
}: ForeignImportOptions): Promise<void> {
	const foreign = WebAssembly.Module.imports(new WebAssembly.Module(core))
		.map(({ module, name }) => `${module}#${name}`)
		.filter((name) => !allowed.has(name));
	if (foreign.length === 0) return;
	const messages = await Promise.all(
		foreign.map(async (name) => {
			const known = advice.find(([found]) => found.test(name));
			if (known === undefined) return `the world of services has no import ${name.replace('#', '.')}`;
			const [, used, message] = known;
			return `${await placeOf(used, { files, directory })}${message}`;
		}),
	);
	throw new BuildError('forbidden-import', [...new Set(messages)].join('\n'));
}

async function placeOf(
	pattern: RegExp,
	{ files, directory }: Pick<ForeignImportOptions, 'files' | 'directory'>,
) {
	for (const file of files) {
		const text = await readFile(join(directory, file), 'utf8');
		const found = text.split('\n').findIndex((line) => pattern.test(line.replace(/\/\/.*$/, '')));
		if (found >= 0) return `${file}:${found + 1}: `;
	}
	return '';
}
