/**
 * The operator's module repository: files, and TUF metadata that says which of them to believe.
 *
 * Every change is signed at once and becomes visible with its timestamp, which is written last, so a
 * headend may serve the folder while another process changes it.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Root, TargetFile, Targets } from '@tufjs/models';
import { openDirectory } from '../../../firmware/hal/directory.ts';
import { makeFolder } from '../../../firmware/hal/make-folder.ts';
import { Keys, type Role, roles } from './keys.ts';
import { type LifetimeOptions, Lifetimes } from './lifetimes.ts';
import { withLock } from './lock.ts';
import { type Current, MetadataFiles, signedOf } from './metadata-files.ts';
import { copyRepository, placeOf } from './repository-copy.ts';
import { RepositoryError } from './repository-error.ts';

export interface RepositoryOptions extends LifetimeOptions {
	/** Gets `public/` with what boxes may read, `keys/` and a lock. */
	readonly directory: string;
}

export interface NewTarget {
	/** Such as `modules/clock-1.0.0.wasm`; what had this path before is replaced. */
	readonly path: string;
	readonly bytes: Uint8Array;
	/** What boxes may search for, a JSON object. */
	readonly custom?: object;
}

interface Session {
	readonly keys: Keys;
	readonly files: MetadataFiles;
}

export class Repository {
	readonly #directory: string;
	readonly #lifetimes: Lifetimes;

	private constructor(options: RepositoryOptions) {
		this.#directory = options.directory;
		this.#lifetimes = new Lifetimes(options);
	}

	/** Makes keys and an empty repository. Errors: `repository-exists`, `disk-full`, `io`. */
	static async create(options: RepositoryOptions): Promise<Repository> {
		const repository = new Repository(options);
		await makeFolder(options.directory, { mode: 0o700 });
		await repository.#exclusively(async ({ keys, files }) => {
			if (await files.isFinished()) {
				throw new RepositoryError(
					'repository-exists',
					`${options.directory} has a repository already: open it`,
				);
			}
			// A creation that was cut left keys and perhaps a root that nobody has seen.
			await keys.keepOnly([]);
			const root = new Root({ ...repository.#lifetimes.fields('root', 1), consistentSnapshot: true });
			for (const role of roles) root.addKey(await keys.make(role), role);
			await files.writeRoot(root, undefined);
			const targets = new Targets(repository.#lifetimes.fields('targets', 1));
			await files.writeTargets(targets, { root, snapshot: undefined, timestamp: undefined });
		});
		return repository;
	}

	/** Opens a repository and renews what is about to expire. Errors: `not-a-repository`, `key-missing`, ... */
	static async open(options: RepositoryOptions): Promise<Repository> {
		const repository = new Repository(options);
		if (!existsSync(join(repository.publicDirectory, 'metadata', 'timestamp.json'))) {
			throw new RepositoryError(
				'not-a-repository',
				`${options.directory} holds no finished repository: create one there`,
			);
		}
		await repository.renew();
		return repository;
	}

	static async openOrCreate(options: RepositoryOptions): Promise<Repository> {
		try {
			return await Repository.open(options);
		} catch (error) {
			if (!(error instanceof RepositoryError) || error.code !== 'not-a-repository') throw error;
			return Repository.create(options);
		}
	}

	get directory(): string {
		return this.#directory;
	}

	/** The folder that boxes may read, for `serveRepository`. */
	get publicDirectory(): string {
		return join(this.#directory, 'public');
	}

	get #targetsDirectory(): string {
		return join(this.publicDirectory, 'targets');
	}

	/** The newest root metadata: what a box is made with, and all it needs to trust this repository. */
	rootJson(): Promise<Uint8Array> {
		return this.#exclusively(async ({ files }) => (await files.current()).rootBytes);
	}

	/** What the repository offers, by path. */
	targets(): Promise<Record<string, TargetFile>> {
		return this.#exclusively(async ({ files }) => (await files.current()).targets.signed.targets);
	}

	/** Offers a file. Errors: `bad-target-path`, `repository-locked`, `key-missing`, `disk-full`, `io`. */
	addTarget({ path, bytes, custom }: NewTarget): Promise<void> {
		requirePath(path);
		const sha256 = createHash('sha256').update(bytes).digest('hex');
		const target = TargetFile.fromJSON(path, {
			length: bytes.length,
			hashes: { sha256 },
			...(custom && { custom: JSON.parse(JSON.stringify(custom)) }),
		});
		return this.#exclusively(async ({ files }) => {
			const current = await files.current();
			const { [path]: replaced, ...kept } = ownOnly(current.targets.signed.targets);
			const { folder, name } = await placeOf(this.#targetsDirectory, target);
			await folder.write(name, bytes);
			await this.#writeTargets(files, current, { ...kept, [path]: target });
			await this.#drop(replaced, sha256);
		});
	}

	/** No longer offers a file, and removes it. Errors: `unknown-target`, and those of `addTarget`. */
	removeTarget(path: string): Promise<void> {
		return this.#exclusively(async ({ files }) => {
			const current = await files.current();
			const { [path]: dropped, ...kept } = ownOnly(current.targets.signed.targets);
			if (dropped === undefined) throw new RepositoryError('unknown-target', `there is no target ${path}`);
			await this.#writeTargets(files, current, kept);
			await this.#drop(dropped, undefined);
		});
	}

	/**
	 * Copies the repository, with the files of these targets, to a folder that boxes read where they cannot reach it.
	 *
	 * What boxes hear of the repository later is newer, and counts. Resolves with the time until which the copy is
	 * valid. Errors: `unknown-target`, and those of `addTarget`.
	 *
	 * @param lifetimeMs of the copy, but no longer than root and targets are valid
	 */
	copyTo(to: string, { paths, lifetimeMs }: { paths: readonly string[]; lifetimeMs: number }): Promise<Date> {
		return this.#exclusively(async ({ keys, files }) => {
			const current = await files.current();
			const offered = ownOnly(current.targets.signed.targets);
			const targets = paths.map((path) => {
				const target = offered[path];
				if (target === undefined) throw new RepositoryError('unknown-target', `there is no target ${path}`);
				return target;
			});
			// Here first: no other metadata may ever have the version of the copy's.
			await files.writeSnapshot(current.snapshot.signed.meta, signedOf(current));
			const lifetimes = this.#lifetimes.with({ snapshot: lifetimeMs, timestamp: lifetimeMs });
			return copyRepository({ from: this.publicDirectory, to, current, keys, lifetimes, targets });
		});
	}

	/**
	 * Signs anew what has used up half of its lifetime, or is not signed by the keys of the newest root.
	 * A headend calls it every hour or so. Errors: `not-a-repository`, `key-missing`, `disk-full`, `io`.
	 */
	renew(): Promise<void> {
		return this.#exclusively(async ({ files }) => {
			let current = await files.current();
			if (this.#isDue(current, 'root')) {
				const root = this.#successorOf(current.root.signed);
				current = { ...current, root: await files.writeRoot(root, current.root.signed) };
			}
			const before = signedOf(current);
			if (this.#isDue(current, 'targets')) {
				await this.#writeTargets(files, current, current.targets.signed.targets);
			} else if (this.#isDue(current, 'snapshot')) {
				await files.writeSnapshot(current.snapshot.signed.meta, before);
			} else if (this.#isDue(current, 'timestamp')) {
				await files.writeTimestamp(current.timestamp.signed.snapshotMeta, before);
			}
		});
	}

	/** Replaces the key of a role and destroys the old one. Boxes follow by themselves. Errors: as of `renew`. */
	async rotate(role: Role): Promise<void> {
		await this.#exclusively(async ({ keys, files }) => {
			const { root: before } = await files.current();
			const key = await keys.make(role);
			const root = this.#successorOf(before.signed);
			const retired = root.roles[role]?.keyIDs.splice(0) ?? [];
			root.addKey(key, role);
			for (const keyId of retired) delete root.keys[keyId];
			await files.writeRoot(root, before.signed);
			await keys.keepOnly(roles.flatMap((name) => root.roles[name]?.keyIDs ?? []));
		});
		await this.renew();
	}

	async #writeTargets(files: MetadataFiles, current: Current, targets: Targets['targets']): Promise<void> {
		const fields = this.#lifetimes.fields('targets', current.targets.signed.version + 1);
		await files.writeTargets(new Targets({ ...fields, targets }), signedOf(current));
	}

	/** A copy of its own: tuf's models share their parts with the JSON they are made from. */
	#successorOf(root: Root): Root {
		const { version, expires } = this.#lifetimes.fields('root', root.version + 1);
		return Root.fromJSON(structuredClone({ ...root.toJSON(), version, expires }));
	}

	#isDue(current: Current, role: Role): boolean {
		if (this.#lifetimes.isDue(role, current[role].signed)) return true;
		try {
			current.root.verifyDelegate(role, current[role]);
			return false;
		} catch {
			return true;
		}
	}

	async #drop(target: TargetFile | undefined, keptSha256: string | undefined): Promise<void> {
		if (target === undefined || target.hashes['sha256'] === keptSha256) return;
		const { folder, name } = await placeOf(this.#targetsDirectory, target);
		await folder.remove(name);
	}

	async #exclusively<Result>(action: (session: Session) => Promise<Result>): Promise<Result> {
		return withLock({ path: join(this.#directory, 'lock') }, async () => {
			const keys = await Keys.open(await openDirectory(join(this.#directory, 'keys')));
			const directory = await openDirectory(join(this.publicDirectory, 'metadata'));
			return action({ keys, files: new MetadataFiles({ directory, keys, lifetimes: this.#lifetimes }) });
		});
	}
}

/** Without a prototype, for a target may be called `constructor`. */
function ownOnly(targets: Targets['targets']): Targets['targets'] {
	return Object.assign(Object.create(null), targets);
}

function requirePath(path: string): void {
	if (/^([A-Za-z0-9._-]{1,100}\/)*[A-Za-z0-9._-]{1,100}$/.test(path) && !path.split('/').some(isDots)) return;
	throw new RepositoryError(
		'bad-target-path',
		`${JSON.stringify(path)} is no target path: use A-Z a-z 0-9 . _ - /`,
	);
}

function isDots(segment: string): boolean {
	return segment === '.' || segment === '..';
}
