/** What an image build leaves behind: both images of a release, and what they are. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ReleaseOptions } from '../../firmware/slots/release-targets.ts';
import { releaseTargets } from '../../firmware/slots/release-targets.ts';
import { parseUpdate } from '../../firmware/slots/update-manifest.ts';
import { CliError } from './cli-error.ts';

export type ReleaseFolder = Omit<ReleaseOptions, 'deltas'>;

/** `boot.img`, `root.img`, and in `release.json` board, version, release and slotBytes. Errors: `no-such-file`, `bad-release`, `bad-update`. */
export async function readRelease(folder: string): Promise<ReleaseFolder> {
	const read = async (name: string): Promise<Uint8Array> => {
		try {
			return new Uint8Array(await readFile(join(folder, name)));
		} catch (cause) {
			throw new CliError('no-such-file', `${join(folder, name)} cannot be read`, { cause });
		}
	};
	const [boot, root, text] = await Promise.all(['boot.img', 'root.img', 'release.json'].map(read));
	const described = describedIn(text);
	const release = { ...described, images: { boot, root } } as ReleaseFolder;
	// As a box would: what it would refuse is not offered.
	const targets = releaseTargets(release).map((target) => ({
		...target,
		file: '',
		length: target.bytes.length,
		sha256: digestOf(target.bytes),
		custom: target.custom as Record<string, unknown>,
	}));
	parseUpdate(targets, { board: release.board, floor: 0 });
	return release;
}

export function digestOf(bytes: Uint8Array): string {
	return createHash('sha256').update(bytes).digest('hex');
}

function describedIn(text: Uint8Array | undefined): Partial<ReleaseFolder> {
	try {
		const { board, version, release, slotBytes } = JSON.parse(new TextDecoder().decode(text));
		return { board, version, release, slotBytes };
	} catch (cause) {
		throw new CliError('bad-release', 'release.json is not JSON', { cause });
	}
}
