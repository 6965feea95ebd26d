/**
 * One recording on the disk. What is taken in is written in groups, so that flash is not worn by a sync for each piece,
 * and told as kept once its group is there; a cut leaves what was told, and no byte twice.
 *
 * `NAME.about` says that it is there and how it ended; while it is open its bytes are in `NAME.part`, with `NAME.marks`
 * (`marks.ts`), and then in `NAME.whole`. Each change is one write that is there or not: the rest follows from it.
 */
import type { Clock, Timer } from '../../clock.ts';
import { codeOf } from '../../error.ts';
import { type About, decodeAbout, encodeAbout, type RecordingEnd } from './about.ts';
import { type Checksum, decodeMarks, encodeMark, type Mark, markBytes } from './marks.ts';
import type { RecordingFolder, RunningDigest } from './recording-files.ts';
import { ShelfError } from './shelf-error.ts';

export interface KeptRecordingOptions {
	readonly folder: RecordingFolder;
	readonly clock: Clock;
	readonly checksum: Checksum;
	readonly digest: () => RunningDigest;
	/** Whether the box has room for so many bytes more; what it gives back is called once they are written, or were not. @throws ShelfError `box-full` */
	readonly admit: (bytes: number) => Promise<() => void>;
	/** More of it is on the disk, or it has ended. */
	readonly changed: (recording: KeptRecording) => void;
	/** It has ended, but the disk does not take that: after a restart it is open again. */
	readonly failed: (recording: KeptRecording, error: Error) => void;
}

/** A group is written when it has so many bytes, or is so old. */
export const groupBytes = 262_144;
export const groupMs = 1000;
/** Bytes that may wait for the disk. */
export const mostWaitingBytes = 2_097_152;
/** More than the largest note needs. */
const mostAboutBytes = 65_536;
/** What is read at a time to make the digest. */
const pieceBytes = 262_144;

export class KeptRecording {
	readonly name: string;
	readonly note: Uint8Array;
	readonly #options: KeptRecordingOptions;
	#end: RecordingEnd | undefined;
	#isEnding = false;
	#isRemoved = false;
	/** Code of what went wrong with its bytes. */
	#trouble: string | undefined;
	#file: string;
	#bytes = 0;
	#marks = 0;
	#waiting: Uint8Array[] = [];
	/** Of those and of the group that is being written. */
	#waitingBytes = 0;
	#isWriting = false;
	#timer: Timer | undefined;
	#last: Promise<unknown> = Promise.resolve();

	private constructor(name: string, { note, end }: About, options: KeptRecordingOptions) {
		this.name = name;
		this.note = note;
		this.#options = options;
		this.#end = end;
		this.#file = end === undefined ? `${name}.part` : `${name}.whole`;
	}

	/** Resolves once it is on the disk that there is such a recording. Errors: `disk-full`, `io`. */
	static async begin(name: string, note: Uint8Array, options: KeptRecordingOptions): Promise<KeptRecording> {
		await options.folder.replace(`${name}.about`, encodeAbout({ note }));
		return new KeptRecording(name, { note }, options);
	}

	/**
	 * As it was left, with what is certain of it. What a disk has damaged is no reason to do without the others: it is
	 * there with what is left, and has ended with `recording-damaged`. Errors: `io`, `disk-full`.
	 *
	 * @param lengths of the files of the folder, by name
	 */
	static async reopen(
		name: string,
		lengths: ReadonlyMap<string, number>,
		options: KeptRecordingOptions,
	): Promise<KeptRecording> {
		const about = decodeAbout(await options.folder.read(`${name}.about`, 0, mostAboutBytes));
		const recording = new KeptRecording(name, about ?? { note: new Uint8Array() }, options);
		const { end } = about ?? {};
		if (about !== undefined && end === undefined) await recording.#recover(lengths);
		else if (end !== undefined && isAllThere(name, end, lengths)) await recording.#settle(end);
		else recording.#damaged(lengths);
		return recording;
	}

	/** That are on the disk. */
	get bytes(): number {
		return this.#bytes;
	}

	/** That it will have if nothing happens. */
	get takenBytes(): number {
		return this.#bytes + this.#waitingBytes;
	}

	get end(): RecordingEnd | undefined {
		return this.#end;
	}

	/** Nothing is taken any more, although what it has may still be on its way to the disk. */
	get isOver(): boolean {
		return this.#isEnding || this.#end !== undefined;
	}

	/**
	 * Takes bytes in. Those that it has already are left out, since who did not hear that they are kept says them again.
	 *
	 * @throws ShelfError `recording-over`, `recording-misplaced`, `recording-hasty`
	 */
	take(offset: number, bytes: Uint8Array): void {
		const { name, takenBytes } = this;
		if (this.isOver) throw new ShelfError('recording-over', `${name} has ended`);
		if (offset > takenBytes)
			throw new ShelfError('recording-misplaced', `${name} ends at ${takenBytes}, not at ${offset}`);
		const more = bytes.subarray(Math.min(bytes.length, takenBytes - offset));
		if (more.length === 0) return;
		if (this.#waitingBytes + more.length > mostWaitingBytes)
			throw new ShelfError('recording-hasty', `${this.#waitingBytes} bytes of ${name} wait for the disk`);
		this.#waiting.push(more.slice());
		this.#waitingBytes += more.length;
		this.#schedule();
	}

	/** Ends it with all that was taken in, once it is on the disk and its digest is known. What has ended stays as it is. */
	finish(code: string): Promise<void> {
		if (this.isOver) return this.settled();
		this.#isEnding = true;
		return this.#then(async () => {
			while (this.#waiting.length > 0) await this.#write();
			await this.#close(this.#trouble ?? code);
		});
	}

	/** Writes what waits as one group. */
	flush(): Promise<void> {
		return this.#then(async () => {
			await this.#write();
			if (this.#trouble === undefined || this.isOver) return;
			this.#isEnding = true;
			await this.#close(this.#trouble);
		});
	}

	/** Resolves when nothing is under way. */
	async settled(): Promise<void> {
		for (let last: unknown; last !== this.#last; ) {
			last = this.#last;
			await this.#last;
		}
	}

	/** Errors: `io`. */
	async remove(): Promise<void> {
		const { folder } = this.#options;
		this.#isEnding = true;
		this.#isRemoved = true;
		this.#drop();
		await this.#then(async () => {
			await folder.remove(`${this.name}.about`);
			for (const kind of ['part', 'marks', 'whole']) await folder.remove(`${this.name}.${kind}`);
		});
	}

	/** Of what has ended. @throws ShelfError `recording-unfinished`; errors: `io` */
	read(at: number, length: number): Promise<Uint8Array> {
		if (this.#end === undefined)
			throw new ShelfError('recording-unfinished', `${this.name} is still being recorded`);
		return this.#options.folder.read(this.#file, at, Math.min(length, Math.max(0, this.#bytes - at)));
	}

	#then<Result>(step: () => Promise<Result>): Promise<Result> {
		const result = this.#last.then(step);
		this.#last = result.catch(() => undefined);
		return result;
	}

	#schedule(): void {
		if (this.#isWriting || this.#waitingBytes === 0) return;
		if (this.#waitingBytes >= groupBytes) {
			this.#isWriting = true;
			void this.flush();
		} else this.#timer ??= this.#options.clock.after(groupMs, () => void this.flush());
	}

	#drop(): void {
		this.#timer?.cancel();
		this.#timer = undefined;
		this.#waiting = [];
		this.#waitingBytes = 0;
	}

	/** What cannot be written is dropped, and all that waits behind it. */
	async #write(): Promise<void> {
		this.#timer?.cancel();
		this.#timer = undefined;
		if (this.#waiting.length === 0) return;
		this.#isWriting = true;
		try {
			await this.#writeGroup();
		} catch (error) {
			this.#trouble ??= codeOf(error);
			this.#drop();
		} finally {
			this.#isWriting = false;
		}
		this.#schedule();
	}

	async #writeGroup(): Promise<void> {
		const { folder, admit, checksum, changed } = this.#options;
		const group = Buffer.concat(this.#waiting);
		this.#waiting = [];
		const release = await admit(group.length);
		const mark = encodeMark({ end: this.#bytes + group.length, checksum: checksum(group) }, checksum);
		const steps = await Promise.allSettled([
			folder.extend(`${this.name}.part`, this.#bytes, group),
			folder.extend(`${this.name}.marks`, this.#marks * markBytes, mark),
		]);
		release();
		const failure = steps.find((step) => step.status === 'rejected');
		if (failure !== undefined) {
			// A disk that has failed may fail again: the next start leaves out what is not certain.
			await this.#trim().catch(() => undefined);
			throw failure.reason;
		}
		this.#marks++;
		this.#bytes += group.length;
		this.#waitingBytes -= group.length;
		changed(this);
	}

	/** Leaves what is certain. */
	async #trim(): Promise<void> {
		const { folder } = this.#options;
		await folder.extend(`${this.name}.marks`, this.#marks * markBytes, new Uint8Array());
		await folder.extend(`${this.name}.part`, this.#bytes, new Uint8Array());
	}

	async #close(code: string): Promise<void> {
		const { folder, clock, changed, failed } = this.#options;
		if (this.#isRemoved) return;
		try {
			const sha256 = await this.#sum();
			if (this.#isRemoved) return;
			const end = { code, bytes: this.#bytes, sha256, atUs: clock.now() };
			await folder.replace(`${this.name}.about`, encodeAbout({ note: this.note, end }));
			this.#end = end;
			await this.#settle(end);
		} catch (error) {
			this.#end ??= { code: codeOf(error), bytes: this.#bytes, sha256: '', atUs: clock.now() };
			failed(this, error as Error);
		}
		changed(this);
	}

	/** From the disk, and not from what was meant to be there. */
	async #sum(): Promise<string> {
		const { folder, digest } = this.#options;
		const sum = digest();
		for (let at = 0; at < this.#bytes && !this.#isRemoved; ) {
			const wanted = Math.min(pieceBytes, this.#bytes - at);
			const piece = await folder.read(this.#file, at, wanted);
			if (piece.length < wanted && !this.#isRemoved)
				throw new ShelfError('recording-misplaced', `${this.name} ends at ${at + piece.length} on the disk`);
			sum.update(piece);
			at += wanted;
		}
		return sum.digest();
	}

	/** It has ended: what the files are called and how long they are follows from that. */
	async #settle({ bytes }: RecordingEnd): Promise<void> {
		const { folder } = this.#options;
		this.#bytes = bytes;
		await folder.rename(`${this.name}.part`, `${this.name}.whole`);
		await folder.remove(`${this.name}.marks`);
		this.#file = `${this.name}.whole`;
	}

	/** It is left as it is, for whoever can do with it. */
	#damaged(lengths: ReadonlyMap<string, number>): void {
		const length = lengths.get(`${this.name}.whole`);
		this.#file = length === undefined ? `${this.name}.part` : `${this.name}.whole`;
		this.#bytes = length ?? lengths.get(this.#file) ?? 0;
		this.#end = { code: 'recording-damaged', bytes: this.#bytes, sha256: '', atUs: this.#end?.atUs ?? 0 };
	}

	async #recover(lengths: ReadonlyMap<string, number>): Promise<void> {
		const { folder, checksum } = this.#options;
		const marksLength = lengths.get(`${this.name}.marks`) ?? 0;
		const marks = decodeMarks(await folder.read(`${this.name}.marks`, 0, marksLength), checksum);
		const length = lengths.get(`${this.name}.part`) ?? 0;
		while (marks.length > 0 && !(await this.#isThere(marks, length))) marks.pop();
		this.#marks = marks.length;
		this.#bytes = marks.at(-1)?.end ?? 0;
		if (marksLength > 0 || length > 0) await this.#trim();
	}

	/** Whether the group of the last mark is. */
	async #isThere(marks: readonly Mark[], length: number): Promise<boolean> {
		const { folder, checksum } = this.#options;
		const begin = marks.at(-2)?.end ?? 0;
		const { end = 0, checksum: expected } = marks.at(-1) ?? {};
		if (end > length || end - begin > mostWaitingBytes) return false;
		return checksum(await folder.read(`${this.name}.part`, begin, end - begin)) >>> 0 === expected;
	}
}

/** Whether it has the bytes that it ended with; one that never had any may have no file. */
function isAllThere(name: string, { bytes }: RecordingEnd, lengths: ReadonlyMap<string, number>): boolean {
	return (lengths.get(`${name}.part`) ?? lengths.get(`${name}.whole`) ?? 0) >= bytes;
}
