/** The recordings of one module. */
import { longestCode, longestNote } from './about.ts';
import { KeptRecording, type KeptRecordingOptions } from './kept-recording.ts';
import { ShelfError } from './shelf-error.ts';

export interface ShelfLimits {
	/** Of all its recordings together. */
	readonly maxBytes: number;
	readonly maxRecordings: number;
}

export type ShelfOptions = KeptRecordingOptions;

const namePattern = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;
const aboutSuffix = '.about';

export class Shelf {
	/** Of the grant that its module has now. */
	limits: ShelfLimits = { maxBytes: 0, maxRecordings: 0 };
	readonly #options: ShelfOptions;
	readonly #recordings: Map<string, KeptRecording>;
	/** Being made. */
	readonly #beginning = new Set<string>();

	private constructor(options: ShelfOptions, recordings: Map<string, KeptRecording>) {
		this.#options = options;
		this.#recordings = recordings;
	}

	/** Takes up what is there, and removes what belongs to no recording: a cut may leave that. Errors: `io`, `disk-full`. */
	static async open(options: ShelfOptions): Promise<Shelf> {
		const { folder } = options;
		const lengths = new Map((await folder.list()).map(({ name, bytes }) => [name, bytes]));
		const recordings = new Map<string, KeptRecording>();
		for (const file of lengths.keys()) {
			if (!file.endsWith(aboutSuffix)) continue;
			const name = file.slice(0, -aboutSuffix.length);
			recordings.set(name, await KeptRecording.reopen(name, lengths, options));
		}
		for (const name of lengths.keys()) {
			const [of = ''] = name.split('.');
			if (!recordings.has(of)) await folder.remove(name);
		}
		return new Shelf(options, recordings);
	}

	/** In order of name. */
	list(): KeptRecording[] {
		return [...this.#recordings.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
	}

	get takenBytes(): number {
		return this.list().reduce((sum, { takenBytes }) => sum + takenBytes, 0);
	}

	/** @throws ShelfError `recording-unknown` */
	get(name: string): KeptRecording {
		const recording = this.#recordings.get(name);
		if (recording === undefined)
			throw new ShelfError('recording-unknown', `there is no recording ${JSON.stringify(name)}`);
		return recording;
	}

	/** @throws ShelfError `recording-name`, `recording-note`, `recording-there`, `recordings-many`; errors: `disk-full`, `io` */
	async begin(name: string, note: Uint8Array): Promise<KeptRecording> {
		if (!namePattern.test(name))
			throw new ShelfError('recording-name', `${JSON.stringify(name.slice(0, 80))} cannot name a recording`);
		if (note.length > longestNote)
			throw new ShelfError('recording-note', `${note.length} bytes are noted; ${longestNote} may be`);
		if (this.#recordings.has(name) || this.#beginning.has(name))
			throw new ShelfError(
				'recording-there',
				`there is a recording ${name}: remove it, or take another name`,
			);
		if (this.#recordings.size + this.#beginning.size >= this.limits.maxRecordings)
			throw new ShelfError('recordings-many', `there are ${this.#recordings.size} recordings already`);
		this.#beginning.add(name);
		try {
			const recording = await KeptRecording.begin(name, note, this.#options);
			this.#recordings.set(name, recording);
			return recording;
		} finally {
			this.#beginning.delete(name);
		}
	}

	/** What does not fit into the grant ends the recording with what it has. @throws ShelfError `recording-unknown`, and those of `take` */
	append(name: string, offset: number, bytes: Uint8Array): void {
		const recording = this.get(name);
		const more = offset + bytes.length - recording.takenBytes;
		if (!recording.isOver && this.takenBytes + more > this.limits.maxBytes)
			void recording.finish('recordings-full');
		else recording.take(offset, bytes);
	}

	/** Resolves once its digest is known. @throws ShelfError `recording-unknown` */
	finish(name: string, code: string): Promise<void> {
		return this.get(name).finish(code.slice(0, longestCode));
	}

	/** @throws ShelfError `recording-unknown`; errors: `io` */
	async remove(name: string): Promise<void> {
		await this.get(name).remove();
		this.#recordings.delete(name);
	}

	/** Writes what waits, and resolves when nothing is under way. */
	async settled(): Promise<void> {
		await Promise.all(this.list().map((recording) => recording.flush()));
		await Promise.all(this.list().map((recording) => recording.settled()));
	}
}
