/** The recordings of all modules of a box, and how much of its disk they may have together. */
import type { Clock } from '../../clock.ts';
import type { KeptRecording } from './kept-recording.ts';
import type { Checksum } from './marks.ts';
import type { RecordingFiles, RunningDigest } from './recording-files.ts';
import { Shelf } from './shelf.ts';
import { ShelfError } from './shelf-error.ts';

export interface ShelvesOptions {
	readonly files: RecordingFiles;
	readonly clock: Clock;
	readonly checksum: Checksum;
	/** SHA-256. */
	readonly digest: () => RunningDigest;
	/** Of all recordings together. */
	readonly mostBytes: number;
	/** Of the disk, which recordings leave to everything else. */
	readonly leaveFreeBytes: number;
	/** What went wrong with a recording while nobody asked. */
	readonly failed: (module: string, recording: string, error: Error) => void;
}

export type RecordingChanged = (module: string, recording: KeptRecording) => void;

export class Shelves {
	/** Called whenever more of a recording is on the disk, or it has ended. */
	changed: RecordingChanged = () => undefined;
	readonly #options: ShelvesOptions;
	readonly #byModule = new Map<string, Promise<Shelf>>();
	/** Those that are open. */
	readonly #shelves = new Set<Shelf>();
	/** Bytes that are being written. */
	#admitted = 0;
	#loading: Promise<void> | undefined;

	/** Nothing is read before somebody asks: most boxes have no recordings. */
	constructor(options: ShelvesOptions) {
		this.#options = options;
	}

	/** Errors: `io`, `disk-full`, `bad-name`. */
	async of(module: string): Promise<Shelf> {
		await this.#load();
		return this.#open(module);
	}

	/** Removes all recordings of a module. Errors: `io`. */
	async forget(module: string): Promise<void> {
		const shelf = await this.of(module);
		for (const { name } of shelf.list()) await shelf.remove(name);
	}

	/** Writes what waits. */
	async close(): Promise<void> {
		await Promise.all([...this.#shelves].map((shelf) => shelf.settled()));
	}

	#load(): Promise<void> {
		this.#loading ??= this.#loadAll().catch((error) => {
			this.#loading = undefined;
			throw error;
		});
		return this.#loading;
	}

	async #loadAll(): Promise<void> {
		for (const module of await this.#options.files.folders()) await this.#open(module);
	}

	#open(module: string): Promise<Shelf> {
		const opening = this.#byModule.get(module) ?? this.#openAnew(module);
		this.#byModule.set(module, opening);
		// What failed is tried again by who asks next.
		opening.catch(() => this.#byModule.delete(module));
		return opening;
	}

	async #openAnew(module: string): Promise<Shelf> {
		const { files, clock, checksum, digest, failed } = this.#options;
		const shelf = await Shelf.open({
			folder: files.folder(module),
			clock,
			checksum,
			digest,
			admit: (bytes) => this.#admit(bytes),
			changed: (recording) => this.changed(module, recording),
			failed: ({ name }, error) => failed(module, name, error),
		});
		this.#shelves.add(shelf);
		return shelf;
	}

	async #admit(bytes: number): Promise<() => void> {
		const { files, mostBytes, leaveFreeBytes } = this.#options;
		this.#admitted += bytes;
		const release = (): void => {
			this.#admitted -= bytes;
		};
		try {
			const kept = [...this.#shelves]
				.flatMap((shelf) => shelf.list())
				.reduce((sum, recording) => sum + recording.bytes, 0);
			if (kept + this.#admitted > mostBytes)
				throw new ShelfError('box-full', `recordings may have ${mostBytes} bytes of this box`);
			if ((await files.freeBytes()) - this.#admitted < leaveFreeBytes)
				throw new ShelfError('box-full', `${leaveFreeBytes} bytes of the disk have to stay free`);
		} catch (error) {
			release();
			throw error;
		}
		return release;
	}
}
