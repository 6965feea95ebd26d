/** Reads the copy of the operator's repository that a volume holds: its metadata by ranges, its targets whole. */
import { createHash } from 'node:crypto';
import type { DownloadRequest, Downloads } from '../update/download.ts';
import { readFileRange } from '../update/file-range.ts';
import { type RangeAnswer, type RangeReader, type RangeRequest, readRange } from '../update/range-reader.ts';
import { ReadError } from '../update/read-error.ts';
import type { Target } from '../update/target-view.ts';
import { VolumeError } from './volume-error.ts';

const chunkBytes = 262_144;

export class VolumeReader implements RangeReader, Pick<Downloads, 'fetch'> {
	readonly #folder: string;
	readonly #mostBytes: number;

	/** @param mostBytes of a target; default 16 MiB */
	constructor(folder: string, mostBytes = 16_777_216) {
		this.#folder = folder;
		this.#mostBytes = mostBytes;
	}

	/** Errors: `read-refused`, `volume-unreadable`. */
	async read({ path, offset, length }: RangeRequest): Promise<RangeAnswer | undefined> {
		const found = await readFileRange(this.#folder, { path, offset, length }).catch((cause: Error) => {
			throw new VolumeError('volume-unreadable', `${path}: ${cause.message}`, { cause });
		});
		if (found === 'refused') throw new ReadError('read-refused', `${path} is no path of a repository`);
		return found === 'not-found' ? undefined : found;
	}

	/** Whether it has a file of this name; what is in it is seen when it is fetched. Errors: `volume-damaged`, `volume-unreadable`. */
	async has({ file, length }: Pick<Target, 'file' | 'length'>): Promise<boolean> {
		const answer = await this.read({ path: file, offset: 0, length: 1 });
		if (answer === undefined) return false;
		this.#checkSize(file, { is: answer.size, signed: length });
		return true;
	}

	/**
	 * Hands the bytes of a target to `use`, once they are verified.
	 *
	 * Errors: `volume-unreadable`, `volume-damaged`, the signal's reason, and whatever `use` throws.
	 */
	async fetch<Result>(
		{ target, signal }: DownloadRequest,
		use: (bytes: Uint8Array) => Promise<Result>,
	): Promise<Result> {
		const { file: path, length, sha256 } = target;
		this.#checkSize(path, { is: length, signed: length });
		const bytes = new Uint8Array(length);
		for (let offset = 0; offset < length; ) {
			const answer = await readRange(this, { path, offset, length: chunkBytes, signal });
			this.#checkSize(path, { is: answer?.size ?? 0, signed: length });
			const { data = new Uint8Array() } = answer ?? {};
			bytes.set(data, offset);
			offset += data.length;
		}
		if (createHash('sha256').update(bytes).digest('hex') !== sha256)
			throw new VolumeError('volume-damaged', `${path} does not have digest ${sha256}`);
		return use(bytes);
	}

	#checkSize(path: string, { is, signed }: { is: number; signed: number }): void {
		if (is !== signed)
			throw new VolumeError('volume-damaged', `${path}: ${is} bytes, where ${signed} were signed`);
		if (signed > this.#mostBytes)
			throw new VolumeError('volume-damaged', `${path}: ${signed} bytes, of at most ${this.#mostBytes}`);
	}
}
