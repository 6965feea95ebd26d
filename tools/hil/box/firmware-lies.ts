/** Releases that no box may take, each as somebody could offer it, and what the operator is told. */
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { content } from '../../../firmware/slots/image.fixture.ts';
import { type ReleaseOptions, releasePath, releaseTargets } from '../../../firmware/slots/release-targets.ts';
import { Repository } from '../../headend/repository/repository.ts';
import type { Ending } from './operated-box.ts';

export interface FirmwareLie {
	readonly name: string;
	readonly ending: Ending;
	/** What the row of the slot says after it. */
	readonly status: 'DownloadFailed' | 'ValidationFailed' | 'InstallationFailed';
	/** Puts it into the repository; returns the URL by which a box would have it. */
	readonly tell: () => Promise<string>;
}

export interface LieOptions {
	readonly repository: Repository;
	/** Of the box. */
	readonly board: string;
	readonly slotBytes: ReleaseOptions['slotBytes'];
	/** The release that runs; one before it is a downgrade. */
	readonly running: number;
}

export async function firmwareLies({ repository, board, slotBytes, running }: LieOptions) {
	const copies = await mkdtemp(join(tmpdir(), 'mullion-lies-'));
	const ours = join(copies, 'ours');
	let isReplaced = false;
	let releases = running;
	const images = (seed: number) => ({
		boot: content(150_000, 2 * seed),
		root: content(1_200_000, 2 * seed + 1),
	});
	const offer = async (change: Partial<ReleaseOptions> = {}, { into = repository } = {}): Promise<string> => {
		const release = change.release ?? ++releases;
		const made = { board, version: `9.${release}.0`, release, slotBytes, images: images(release), ...change };
		for (const target of releaseTargets(made)) await into.addTarget(target);
		return `tuf:${releasePath(made)}`;
	};
	const changeRoot = async (change: (bytes: Buffer) => Uint8Array): Promise<string> => {
		const url = await offer();
		const folder = join(repository.publicDirectory, 'targets', url.slice('tuf:'.length));
		const name = (await readdir(folder)).find((file) => file.endsWith('.root.img')) ?? '';
		await writeFile(join(folder, name), change(await readFile(join(folder, name))));
		return url;
	};
	const lie = (
		name: string,
		[fault, code, status]: readonly [number, string, FirmwareLie['status']],
		tell: () => Promise<string>,
	): FirmwareLie => ({ name, ending: { fault, code }, status, tell });
	const lies = [
		lie('a release before the one that runs', [7002, 'downgrade-refused', 'ValidationFailed'], () =>
			offer({ release: running - 1 }),
		),
		lie('a release for another board', [7225, 'wrong-board', 'ValidationFailed'], () =>
			offer({ board: 'another-board' }),
		),
		lie(
			'a release that somebody else has signed',
			[7036, 'metadata-signature', 'ValidationFailed'],
			async () => {
				const foreign = await Repository.create({ directory: join(copies, 'foreign') });
				// Of a version that the box has not seen yet.
				for (let version = 0; version < 40; version++)
					await offer({ release: running + 1 }, { into: foreign });
				await cp(repository.publicDirectory, ours, { recursive: true });
				await cp(foreign.publicDirectory, repository.publicDirectory, { recursive: true });
				isReplaced = true;
				return offer({ release: running + 1 }, { into: foreign });
			},
		),
		lie('a release whose metadata has expired', [7036, 'metadata-expired', 'ValidationFailed'], async () => {
			const hasty = await Repository.open({
				directory: repository.directory,
				lifetimesMs: { timestamp: 1, snapshot: 1 },
			});
			return offer({}, { into: hasty });
		}),
		lie('an image that was cut off', [7035, 'target-length', 'ValidationFailed'], () =>
			changeRoot((bytes) => bytes.subarray(0, 700_000)),
		),
		lie('an image of which one bit was turned', [7035, 'digest-mismatch', 'ValidationFailed'], () =>
			changeRoot((bytes) => {
				bytes[900_000] = (bytes[900_000] ?? 0) ^ 1;
				return bytes;
			}),
		),
		lie('an image that is larger than its slot', [7227, 'image-too-large', 'InstallationFailed'], () =>
			offer({
				images: { ...images(++releases), root: content(slotBytes.root + 1, releases) },
				slotBytes: { ...slotBytes, root: slotBytes.root + 4096 },
			}),
		),
		lie('a release that is not whole', [7035, 'bad-update', 'ValidationFailed'], async () => {
			const url = await offer();
			await repository.removeTarget(`${url.slice('tuf:'.length)}/boot.img`);
			return url;
		}),
		lie(
			'a release that nobody has signed',
			[7033, 'unknown-target', 'DownloadFailed'],
			async () => `tuf:firmware/${board}/0.0.0`,
		),
		lie(
			'a release by way of the open net',
			[7034, 'insecure', 'DownloadFailed'],
			async () => 'https://example.org/firmware.img',
		),
	];
	return {
		lies,
		/** Takes back what would keep boxes from any release, and offers one that is right. */
		truth: async (): Promise<string> => {
			if (isReplaced) {
				await rm(repository.publicDirectory, { recursive: true });
				await cp(ours, repository.publicDirectory, { recursive: true });
			}
			isReplaced = false;
			return offer();
		},
		[Symbol.asyncDispose]: () => rm(copies, { recursive: true, force: true }),
	};
}
