/**
 * Brings targets to the box: in chunks, resumed where they broke off, even by a kill or a power cut,
 * and shown to nobody before their length and digest are right.
 */
import { createHash } from 'node:crypto';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../runtime/clock.ts';
import { onDisk } from '../hal/node-disk.ts';
import { type ChunkSizes, usualSizes } from './chunk-size.ts';
import { readChunks } from './chunks.ts';
import { DownloadError } from './download-error.ts';
import { PartialFile } from './partial-file.ts';
import type { RangeReader } from './range-reader.ts';
import type { Target } from './target-view.ts';

export interface DownloadsOptions {
	/** A folder of their own on the disk, made if it is not there. */
	readonly directory: string;
	readonly reader: RangeReader;
	readonly clock: Clock;
	/** Bytes a request; default `usualSizes`. */
	readonly chunkBytes?: ChunkSizes;
	/** Requests on their way at a time; default 4. */
	readonly window?: number;
	/** Largest target taken; default 16 MiB. */
	readonly maxBytes?: number;
	/** Targets that may wait for their rest, beside those being fetched; the oldest goes first. Default 4. */
	readonly maxPartials?: number;
}

export interface DownloadRequest {
	readonly target: Pick<Target, 'file' | 'length' | 'sha256'>;
	readonly signal?: AbortSignal;
	/** Called with the bytes that are here, first with those from an earlier start. */
	readonly onProgress?: (bytes: number) => void;
}

export class Downloads {
	readonly #options: Required<DownloadsOptions>;
	readonly #running = new Map<string, Promise<unknown>>();
	#lastUse: Promise<unknown> = Promise.resolve();

	constructor(options: DownloadsOptions) {
		const limits = { maxBytes: 16_777_216, maxPartials: 4 };
		this.#options = { chunkBytes: usualSizes, window: 4, ...limits, ...options };
	}

	/**
	 * Fetches a target and hands its bytes to `use`; when that is done the download is forgotten. Targets
	 * are fetched side by side but used one at a time, so only one is ever held in memory. After an error
	 * what came is kept for the next try, unless it is wrong.
	 *
	 * Errors: every code of `DownloadError`, those of the reader, `disk-full`, `io`, the signal's reason,
	 * and whatever `use` throws.
	 */
	async fetch<Result>(
		request: DownloadRequest,
		use: (bytes: Uint8Array) => Promise<Result>,
	): Promise<Result> {
		const { target, signal } = request;
		const { maxBytes } = this.#options;
		if (target.length > maxBytes) {
			throw new DownloadError(
				'target-too-large',
				`${target.file}: ${target.length} bytes, of at most ${maxBytes}`,
			);
		}
		// Two that fetch the same would write into one file: nothing may be awaited between this and `set`.
		while (this.#running.has(target.sha256)) await this.#running.get(target.sha256)?.catch(() => undefined);
		signal?.throwIfAborted();
		const fetched = this.#fetch(request, use);
		this.#running.set(target.sha256, fetched);
		try {
			return await fetched;
		} finally {
			this.#running.delete(target.sha256);
		}
	}

	async #fetch<Result>(
		request: DownloadRequest,
		use: (bytes: Uint8Array) => Promise<Result>,
	): Promise<Result> {
		const { sha256, file, length } = request.target;
		const { directory } = this.#options;
		await onDisk(directory, () => mkdir(directory, { recursive: true, mode: 0o700 }));
		await this.#makeRoom(directory);
		await using partial = await PartialFile.open(this.#path(sha256));
		// What an earlier start left may be damaged: then, and only then, all of it is fetched once more.
		for (let isResumed = partial.length > 0; ; isResumed = false) {
			await this.#fill(partial, request);
			const outcome = await this.#oneAtATime(async () => {
				const bytes = await partial.bytes();
				if (bytes.length !== length || createHash('sha256').update(bytes).digest('hex') !== sha256)
					return undefined;
				return { result: await use(bytes) };
			});
			if (outcome !== undefined) {
				await partial.remove();
				return outcome.result;
			}
			await partial.clear();
			if (!isResumed)
				throw new DownloadError('target-digest', `${file}: what came does not have digest ${sha256}`);
		}
	}

	async #fill(
		partial: PartialFile,
		{ target, signal, onProgress = () => undefined }: DownloadRequest,
	): Promise<void> {
		const { reader, clock, chunkBytes, window } = this.#options;
		const { file, length } = target;
		if (partial.length > length) await partial.clear();
		onProgress(partial.length);
		const chunks = readChunks({
			reader,
			clock,
			path: file,
			offset: partial.length,
			end: length,
			chunkBytes,
			window,
			signal: signal ?? new AbortController().signal,
			wrongSize: (size) =>
				size === undefined
					? new DownloadError('target-missing', `${file}: the repository does not have it`)
					: new DownloadError('target-length', `${file}: ${size} bytes, where ${length} were promised`),
		});
		for await (const chunk of chunks) {
			await partial.append(chunk);
			onProgress(partial.length);
		}
	}

	async #oneAtATime<Result>(action: () => Promise<Result>): Promise<Result> {
		const result = this.#lastUse.then(action);
		this.#lastUse = result.catch(() => undefined);
		return result;
	}

	/** Removes the oldest partials that nobody is fetching, so that there is room for one more. */
	async #makeRoom(directory: string): Promise<void> {
		const { maxPartials } = this.#options;
		const names = await onDisk(directory, () => readdir(directory));
		const waiting: { path: string; changed: number }[] = [];
		for (const name of names.filter((name) => !this.#running.has(name))) {
			const path = join(directory, name);
			// One that is finished at this moment is gone.
			const changed = await stat(path)
				.then(({ mtimeMs }) => mtimeMs)
				.catch(() => 0);
			waiting.push({ path, changed });
		}
		waiting.sort((a, b) => b.changed - a.changed);
		for (const { path } of waiting.slice(maxPartials)) await onDisk(path, () => rm(path, { force: true }));
	}

	#path(sha256: string): string {
		return join(this.#options.directory, sha256);
	}
}
