/** Images from the operator's repository: as a patch to what runs where there is one, whole otherwise. */
import type { Clock } from '../../runtime/clock.ts';
import { type ChunkSizes, usualSizes } from '../update/chunk-size.ts';
import { readChunks } from '../update/chunks.ts';
import { DownloadError } from '../update/download-error.ts';
import type { RangeReader } from '../update/range-reader.ts';
import type { Target } from '../update/target-view.ts';
import { applyDelta } from './apply-delta.ts';
import { DeltaError } from './delta-error.ts';
import type { ImageRequest, ImageSource } from './image-source.ts';

export interface RepositorySourceOptions {
	readonly reader: RangeReader;
	readonly clock: Clock;
	/** What the verified metadata says of a path. */
	readonly target: (path: string) => Pick<Target, 'file' | 'length'> | undefined;
	/** Bytes a request; default `usualSizes`. */
	readonly chunkBytes?: ChunkSizes;
	/** Requests on their way at a time; default 4. */
	readonly window?: number;
	/** Told of a patch that could not be used; the image is taken whole then. */
	readonly onPatchRefused?: (error: DeltaError) => void;
}

export class RepositorySource implements ImageSource {
	readonly #options: RepositorySourceOptions;

	constructor(options: RepositorySourceOptions) {
		this.#options = options;
	}

	/** Errors: `target-missing`, `target-length`, those of the reader and of the old image's device. */
	async *read(request: ImageRequest): AsyncGenerator<Uint8Array> {
		const { image, deltas, old, signal } = request;
		let at = request.from;
		for (const { path } of deltas) {
			const patch = this.#options.target(path);
			if (patch === undefined) continue;
			const use = { patch: (from: number) => this.#read(patch, from, signal), old, image, from: at };
			try {
				for await (const bytes of applyDelta(use)) {
					yield bytes;
					at += bytes.length;
				}
				return;
			} catch (error) {
				if (!(error instanceof DeltaError)) throw error;
				// What a patch gave until then was right: each window is checked before it is given out.
				this.#options.onPatchRefused?.(error);
			}
		}
		yield* this.#read(image, at, signal);
	}

	#read(
		{ file, length }: Pick<Target, 'file' | 'length'>,
		offset: number,
		signal: AbortSignal = new AbortController().signal,
	): AsyncIterable<Uint8Array> {
		const { reader, clock, chunkBytes = usualSizes, window = 4 } = this.#options;
		return readChunks({
			reader,
			clock,
			path: file,
			offset,
			end: length,
			chunkBytes,
			window,
			signal,
			wrongSize: (size) =>
				size === undefined
					? new DownloadError('target-missing', `${file}: the repository does not have it`)
					: new DownloadError('target-length', `${file}: ${size} bytes, where ${length} were promised`),
		});
	}
}
