/** Firmware releases that the repository offers. */
import { releasePath } from '../../firmware/slots/release-targets.ts';
import type { Repository } from '../headend/repository/repository.ts';
import { CliError } from './cli-error.ts';
import type { Context } from './command.ts';
import { printable } from './printable.ts';
import { openRepository } from './repository.ts';

export interface Released {
	readonly board: string;
	readonly version: string;
	readonly release: number;
	/** `tuf:firmware/BOARD/VERSION`. */
	readonly url: string;
}

/** The URL of the release that is meant for a box of this board. Errors: `unknown-release`. */
export type ReleaseNamed = (board: string) => string;

/**
 * What a command line names: a URL is for whatever box, a version that of each board, nothing the newest of each.
 * Errors: `no-repository`, `unknown-release` where no board has it, those of the repository.
 */
export async function namedRelease(context: Context): Promise<ReleaseNamed> {
	const [named] = context.args;
	// Whatever is a URL is the box's to judge.
	if (named?.includes(':')) {
		const url = named.replace(/\/$/, '');
		return () => url;
	}
	const releases = await releasesIn(await openRepository(context));
	// A slip of the pen is told before any box is asked what it is.
	chosen(releases, { version: named });
	return (board) => chosen(releases, { version: named, board }).url;
}

/** The newest first. */
async function releasesIn(repository: Repository): Promise<Released[]> {
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

/** The newest of those that are meant. Errors: `unknown-release`. @param meant without a board, any will do */
function chosen(
	releases: readonly Released[],
	{ version, board }: { readonly version: string | undefined; readonly board?: string },
): Released {
	const offered = releases.filter((each) => board === undefined || each.board === board);
	const found = offered.find((each) => version === undefined || each.version === version);
	if (found !== undefined) return found;
	const known = [...new Set(offered.map((each) => each.version))].join(', ');
	const named = version === undefined || releases.length === 0 ? 'release' : version;
	// The box says what it is, and an error is written as it stands.
	const whose = board === undefined ? '' : ` for ${printable(board)}`;
	const hint = known === '' ? 'sign one with npx mullion release DIR' : `it has ${known}`;
	throw new CliError('unknown-release', `the repository has no firmware ${named}${whose}; ${hint}`);
}
