/** Firmware releases that the repository offers. */
import { releasePath } from '../../firmware/slots/release-targets.ts';
import type { Repository } from '../headend/repository/repository.ts';
import { CliError } from './cli-error.ts';
import type { Context } from './command.ts';
import { openRepository } from './repository.ts';

export interface Released {
	readonly board: string;
	readonly version: string;
	readonly release: number;
	/** `tuf:firmware/BOARD/VERSION`. */
	readonly url: string;
}

/**
 * What a command line names, by its version or URL, or the newest.
 * Errors: `no-repository`, those of `chosen` and of the repository.
 */
export async function releaseUrl(context: Context): Promise<string> {
	const [named] = context.args;
	// Whatever is a URL is the box's to judge.
	if (named?.includes(':')) return named.replace(/\/$/, '');
	return chosen(await releasesIn(await openRepository(context)), named).url;
}

/** The newest first. */
export async function releasesIn(repository: Repository): Promise<Released[]> {
	const found = new Map<string, Released>();
	for (const { custom } of Object.values(await repository.targets())) {
		const made = custom['firmware'] as Omit<Released, 'url'> | undefined;
		if (made === undefined) continue;
		const { board, version, release } = made;
		const url = `tuf:${releasePath(made)}`;
		found.set(url, { board, version, release, url });
	}
	return [...found.values()].toSorted((a, b) => b.release - a.release);
}

/**
 * The one that is meant: by its version, or the newest where nothing is said.
 * Errors: `unknown-release`; `usage` where those of several boards are meant.
 */
export function chosen(releases: readonly Released[], version: string | undefined): Released {
	const [newest, ...others] = releases.filter((each) => version === undefined || each.version === version);
	if (newest === undefined) {
		const known = releases.map((each) => each.version).join(', ');
		const named = version === undefined || known === '' ? 'release' : version;
		const hint = known === '' ? 'sign one with npx mullion release DIR' : `it has ${known}`;
		throw new CliError('unknown-release', `the repository has no firmware ${named}; ${hint}`);
	}
	if (others.some(({ board }) => board !== newest.board))
		throw new CliError('usage', `there are releases for several boards: name one, as in ${newest.url}`);
	return newest;
}
