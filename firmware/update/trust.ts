/**
 * What the box believes of the operator's repository: TUF metadata, fetched by ranges and verified.
 *
 * New metadata is verified in memory and then replaces the old in one durable step, so whatever the
 * repository sends and whenever the power goes, the box has metadata that belongs together.
 */
import { createHash } from 'node:crypto';
import type { Clock } from '../../runtime/clock.ts';
import type { Directory } from '../../runtime/directory.ts';
import { type MetadataLimits, updateMetadata } from './metadata-update.ts';
import { type RangeReader, readRange } from './range-reader.ts';
import { openView, type Target, type View } from './target-view.ts';
import { TrustError } from './trust-error.ts';
import { readRecord, type TrustRecord, writeRecord } from './trust-record.ts';

const CHUNK = 32_768;

export interface TrustOptions {
	/** A folder of its own. */
	readonly directory: Directory;
	/** The root metadata the box was made with. Another one than last time makes the box start anew. */
	readonly rootJson: Uint8Array;
	readonly reader: RangeReader;
	/** What metadata must not have expired at; default the system's clock. */
	readonly clock?: Pick<Clock, 'now'>;
	/** Default 128 KiB root, 16 KiB timestamp, 64 KiB snapshot, 1 MiB targets. */
	readonly limits?: Partial<MetadataLimits>;
}

export class Trust {
	readonly #directory: Directory;
	readonly #reader: RangeReader;
	readonly #clock: Pick<Clock, 'now'>;
	readonly #limits: MetadataLimits;
	#record: TrustRecord;
	#view: View | undefined;
	#lastRefresh: Promise<void> = Promise.resolve();

	private constructor(options: TrustOptions, record: TrustRecord) {
		this.#directory = options.directory;
		this.#reader = options.reader;
		this.#clock = options.clock ?? { now: () => Date.now() * 1000 };
		this.#limits = {
			root: 131_072,
			timestamp: 16_384,
			snapshot: 65_536,
			targets: 1_048_576,
			...options.limits,
		};
		this.#record = record;
		this.#view = openView(record);
	}

	/** Knows at once what was verified before. Errors: `metadata-malformed` or `-signature` of `rootJson`, `io`. */
	static async open(options: TrustOptions): Promise<Trust> {
		const { directory, rootJson } = options;
		const anchor = createHash('sha256').update(rootJson).digest('hex');
		const known = await readRecord(directory);
		if (known?.anchor === anchor) {
			try {
				return new Trust(options, known);
			} catch {
				// The disk changed what was verified when it was written: trust starts where it started.
			}
		}
		// Of another trust what was seen stays: it counts as far as the new root signs it.
		return new Trust(options, { ...known, anchor, root: rootJson });
	}

	/**
	 * Asks the repository for newer metadata. Calls wait for each other. After an error everything is as
	 * before, but for newer roots. Errors: every code of `TrustError`, those of the reader, `disk-full`,
	 * `io`, and the signal's reason.
	 *
	 * @param reader of a copy of the repository; default the one that the box was made with
	 */
	refresh(signal?: AbortSignal, reader = this.#reader): Promise<void> {
		const refreshed = this.#lastRefresh.then(() => this.#refresh(signal, reader));
		this.#lastRefresh = refreshed.catch(() => undefined);
		return refreshed;
	}

	/** What the repository promises about a path. Errors: `metadata-missing`, `metadata-expired`: refresh first. */
	target(path: string): Target | undefined {
		return this.#freshView().target(path);
	}

	/** Targets whose `custom` fits, in order of their paths. Errors: as of `target`. */
	find(fits: (custom: Target['custom']) => boolean): Target[] {
		return this.#freshView().targets.filter((target) => fits(target.custom));
	}

	#freshView(): View {
		if (this.#view === undefined) {
			throw new TrustError(
				'metadata-missing',
				'nothing of the repository is known to this box yet: refresh first',
			);
		}
		if (this.#clock.now() / 1000 < this.#view.expires) return this.#view;
		const expired = new Date(this.#view.expires).toISOString();
		throw new TrustError(
			'metadata-expired',
			`what this box knows of the repository expired at ${expired}: refresh`,
		);
	}

	async #refresh(signal: AbortSignal | undefined, reader: RangeReader): Promise<void> {
		await updateMetadata({
			record: this.#record,
			now: this.#clock.now() / 1000,
			limits: this.#limits,
			fetch: (file, maxLength) => fetchFile(file, { maxLength, signal, reader }),
			keep: async (record) => {
				await writeRecord(this.#directory, record);
				this.#record = record;
				// A root that no longer trusts who signed the view takes the view away.
				this.#view = openView(record);
			},
		});
	}
}

async function fetchFile(
	file: string,
	{ maxLength, signal, reader }: { maxLength: number; signal: AbortSignal | undefined; reader: RangeReader },
): Promise<Uint8Array | undefined> {
	const path = `metadata/${file}`;
	const parts: Uint8Array[] = [];
	for (let offset = 0, size = Number.POSITIVE_INFINITY; offset < size; ) {
		const answer = await readRange(reader, { path, offset, length: CHUNK, signal });
		if (answer === undefined) return undefined;
		size = answer.size;
		if (size > maxLength) {
			throw new TrustError(
				'metadata-too-large',
				`${file}: ${size} bytes, where at most ${maxLength} are read`,
			);
		}
		parts.push(answer.data);
		offset += answer.data.length;
	}
	return Buffer.concat(parts);
}
