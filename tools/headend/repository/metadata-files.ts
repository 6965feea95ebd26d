/** The repository's four metadata files: reads the current ones, writes the next ones. */
import { createHash } from 'node:crypto';
import {
	Metadata,
	MetadataKind,
	MetaFile,
	type Root,
	Snapshot,
	type Targets,
	Timestamp,
} from '@tufjs/models';
import type { Directory } from '../../../runtime/directory.ts';
import type { Keys } from './keys.ts';
import type { Lifetimes } from './lifetimes.ts';
import { RepositoryError } from './repository-error.ts';

/** Versions of targets and snapshot that stay for boxes that are reading them while new ones come. */
const KEPT_VERSIONS = 16;

export interface Current {
	readonly root: Metadata<Root>;
	readonly rootBytes: Uint8Array;
	readonly targets: Metadata<Targets>;
	readonly snapshot: Metadata<Snapshot>;
	readonly timestamp: Metadata<Timestamp>;
}

export class MetadataFiles {
	readonly #directory: Directory;
	readonly #keys: Keys;
	readonly #lifetimes: Lifetimes;

	constructor({ directory, keys, lifetimes }: { directory: Directory; keys: Keys; lifetimes: Lifetimes }) {
		this.#directory = directory;
		this.#keys = keys;
		this.#lifetimes = lifetimes;
	}

	/** The timestamp is written last, so whoever has it has everything. */
	async isFinished(): Promise<boolean> {
		return (await this.#directory.read('timestamp.json')) !== undefined;
	}

	/** Errors: `repository-damaged`, `io`. */
	async current(): Promise<Current> {
		const timestamp = await this.#read('timestamp.json', (data) =>
			Metadata.fromJSON(MetadataKind.Timestamp, data),
		);
		const snapshotFile = `${timestamp.signed.snapshotMeta.version}.snapshot.json`;
		const snapshot = await this.#read(snapshotFile, (data) => Metadata.fromJSON(MetadataKind.Snapshot, data));
		const targetsFile = `${snapshot.signed.meta['targets.json']?.version}.targets.json`;
		const targets = await this.#read(targetsFile, (data) => Metadata.fromJSON(MetadataKind.Targets, data));
		const rootFile = `${await this.#rootVersion()}.root.json`;
		const root = await this.#read(rootFile, (data) => Metadata.fromJSON(MetadataKind.Root, data));
		return {
			root,
			rootBytes: (await this.#directory.read(rootFile)) ?? new Uint8Array(),
			targets,
			snapshot,
			timestamp,
		};
	}

	/** @param before the root whose keys must sign too (TUF 5.3.4), unless this is the first */
	async writeRoot(root: Root, before: Root | undefined): Promise<Metadata<Root>> {
		const metadata = new Metadata(root);
		for (const trusted of [before, root]) {
			if (trusted !== undefined) this.#keys.sign(metadata, { root: trusted, role: 'root' });
		}
		await this.#write(`${root.version}.root.json`, metadata);
		return metadata;
	}

	/** Signs targets, and with them a new snapshot and timestamp. Boxes see all of it or nothing. */
	async writeTargets(targets: Targets, { root, snapshot, timestamp }: Before): Promise<void> {
		const metadata = new Metadata(targets);
		this.#keys.sign(metadata, { root, role: 'targets' });
		const bytes = await this.#write(`${targets.version}.targets.json`, metadata);
		const meta = { 'targets.json': metaFileOf(targets.version, bytes) };
		await this.writeSnapshot(meta, { root, snapshot, timestamp });
	}

	async writeSnapshot(meta: Snapshot['meta'], { root, snapshot, timestamp }: Before): Promise<void> {
		const version = (snapshot?.version ?? 0) + 1;
		const metadata = new Metadata(new Snapshot({ ...this.#lifetimes.fields('snapshot', version), meta }));
		this.#keys.sign(metadata, { root, role: 'snapshot' });
		const bytes = await this.#write(`${version}.snapshot.json`, metadata);
		await this.writeTimestamp(metaFileOf(version, bytes), { root, timestamp });
		await this.#prune();
	}

	async writeTimestamp(snapshotMeta: MetaFile, { root, timestamp }: Omit<Before, 'snapshot'>): Promise<void> {
		const version = (timestamp?.version ?? 0) + 1;
		const metadata = new Metadata(
			new Timestamp({ ...this.#lifetimes.fields('timestamp', version), snapshotMeta }),
		);
		this.#keys.sign(metadata, { root, role: 'timestamp' });
		await this.#write('timestamp.json', metadata);
	}

	async #rootVersion(): Promise<number> {
		const versions = (await this.#directory.list()).map((name) => /^(\d+)\.root\.json$/.exec(name)?.[1]);
		return Math.max(0, ...versions.map((version) => Number(version ?? 0)));
	}

	async #read<Kind>(
		file: string,
		parse: (data: Parameters<typeof Metadata.fromJSON>[1]) => Kind,
	): Promise<Kind> {
		try {
			return parse(JSON.parse(new TextDecoder().decode(await this.#directory.read(file))));
		} catch (error) {
			throw new RepositoryError('repository-damaged', `${file} cannot be read`, { cause: error });
		}
	}

	async #write(file: string, metadata: { toJSON(): unknown }): Promise<Buffer> {
		const bytes = Buffer.from(JSON.stringify(metadata.toJSON()));
		await this.#directory.write(file, bytes);
		return bytes;
	}

	async #prune(): Promise<void> {
		const names = await this.#directory.list();
		for (const kind of ['targets', 'snapshot']) {
			const versions = names
				.map((name) => new RegExp(`^(\\d+)\\.${kind}\\.json$`).exec(name)?.[1])
				.filter((version) => version !== undefined)
				.sort((a, b) => Number(b) - Number(a));
			for (const version of versions.slice(KEPT_VERSIONS))
				await this.#directory.remove(`${version}.${kind}.json`);
		}
	}
}

/** What the next files follow on. */
export interface Before {
	readonly root: Root;
	readonly snapshot: Snapshot | undefined;
	readonly timestamp: Timestamp | undefined;
}

export function signedOf({ root, snapshot, timestamp }: Current): Before {
	return { root: root.signed, snapshot: snapshot.signed, timestamp: timestamp.signed };
}

function metaFileOf(version: number, bytes: Buffer): MetaFile {
	return new MetaFile({
		version,
		length: bytes.length,
		hashes: { sha256: createHash('sha256').update(bytes).digest('hex') },
	});
}
