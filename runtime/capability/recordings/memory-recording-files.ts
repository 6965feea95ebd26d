/** Recordings in memory, on a disk that can be full, break, or have its power cut: the double of `RecordingFiles`. */
import { DirectoryError } from '../../directory-error.ts';
import { checkedFileName } from '../../file-name.ts';
import { PowerCut } from '../../memory-disk.ts';
import type { RecordingFile, RecordingFiles, RecordingFolder } from './recording-files.ts';

export class MemoryRecordingFiles implements RecordingFiles {
	/** Bytes that all files together may have. */
	capacity: number;
	/** What grows waits for this: a disk that has other things to do. */
	busy: Promise<void> | undefined;
	readonly #folders = new Map<string, Map<string, Uint8Array>>();
	#steps = 0;
	#cutAt = Number.POSITIVE_INFINITY;
	#failure: { readonly at: number; readonly code: 'disk-full' | 'io' } | undefined;
	#hasPower = true;
	/** Says how much of what was under way when the power went had come to pass, from 0 to what it is given. */
	#choose: (most: number) => number = () => 0;

	/** @param capacity default unlimited */
	constructor({ capacity = Number.POSITIVE_INFINITY }: { readonly capacity?: number } = {}) {
		this.capacity = capacity;
	}

	/** Changes so far. */
	get steps(): number {
		return this.#steps;
	}

	/** Lets `steps` more changes happen and cuts the power in the midst of the next. */
	cutAfter(steps: number, choose: (most: number) => number = () => 0): void {
		this.#cutAt = this.#steps + steps;
		this.#choose = choose;
	}

	/** Lets `steps` more changes happen and has the disk fail in the midst of the next, once. */
	failAfter(steps: number, code: 'disk-full' | 'io'): void {
		this.#failure = { at: this.#steps + steps, code };
	}

	/** Power is back. */
	restart(): void {
		this.#hasPower = true;
		this.#cutAt = Number.POSITIVE_INFINITY;
		this.#failure = undefined;
	}

	folder(name: string): RecordingFolder {
		checkedFileName(name);
		const files = (): Map<string, Uint8Array> => this.#folders.get(name) ?? new Map();
		const written = (): Map<string, Uint8Array> => {
			const known = files();
			this.#folders.set(name, known);
			return known;
		};
		return {
			list: async () => {
				this.#requirePower();
				const all = [...files()].map(([file, { length }]): RecordingFile => ({ name: file, bytes: length }));
				return all.sort((a, b) => (a.name < b.name ? -1 : 1));
			},
			read: async (file, at, length) => {
				checkedFileName(file);
				this.#requirePower();
				return (
					files()
						.get(file)
						?.slice(at, at + length) ?? new Uint8Array()
				);
			},
			replace: async (file, bytes) => {
				checkedFileName(file);
				const content = bytes.slice();
				this.#step(() => this.#choose(1) === 1 && written().set(file, content));
				this.#requireRoom(file, content.length);
				written().set(file, content);
			},
			extend: async (file, at, bytes) => {
				checkedFileName(file);
				const content = bytes.slice();
				if (this.busy !== undefined) await this.busy;
				const before = files().get(file) ?? new Uint8Array();
				if (at > before.length) throw new DirectoryError('io', `${file} ends before ${at}`);
				const upTo = (length: number): void => {
					const grown = new Uint8Array(at + length);
					grown.set(before.subarray(0, at));
					grown.set(content.subarray(0, length), at);
					written().set(file, grown);
				};
				this.#step(() => {
					const fate = this.#choose(3);
					if (fate === 0) return;
					upTo(fate === 1 ? this.#choose(content.length) : content.length);
					// The length of a file may be on the disk before what is in it.
					if (fate === 2)
						written()
							.get(file)
							?.fill(0, at + this.#choose(content.length));
				});
				const room = this.#room() + before.length - at;
				upTo(Math.max(0, Math.min(content.length, room)));
				if (content.length > room) throw new DirectoryError('disk-full', `no room for ${file}`);
			},
			rename: async (from, to) => {
				checkedFileName(from);
				checkedFileName(to);
				const move = (): void => {
					const content = files().get(from);
					if (content === undefined) return;
					files().set(to, content);
					files().delete(from);
				};
				this.#step(() => this.#choose(1) === 1 && move());
				move();
			},
			remove: async (file) => {
				checkedFileName(file);
				this.#step(() => this.#choose(1) === 1 && files().delete(file));
				files().delete(file);
			},
		};
	}

	async folders(): Promise<string[]> {
		this.#requirePower();
		return [...this.#folders.keys()].sort();
	}

	async freeBytes(): Promise<number> {
		this.#requirePower();
		return this.#room();
	}

	#room(): number {
		const files = [...this.#folders.values()].flatMap((folder) => [...folder.values()]);
		return this.capacity - files.reduce((sum, { length }) => sum + length, 0);
	}

	#requireRoom(file: string, bytes: number): void {
		if (bytes > this.#room()) throw new DirectoryError('disk-full', `no room for ${file}`);
	}

	/** @param cut what is left of the change when the power goes, or the disk fails, in its midst */
	#step(cut: () => unknown): void {
		this.#requirePower();
		const step = this.#steps++;
		if (step >= this.#cutAt) {
			cut();
			// What was asked for at the same time is in the midst of coming to pass, too.
			queueMicrotask(() => {
				this.#hasPower = false;
			});
			throw new PowerCut('the power was cut');
		}
		if (step !== this.#failure?.at) return;
		const { code } = this.#failure;
		this.#failure = undefined;
		cut();
		throw new DirectoryError(code, `the disk was told to fail at change ${step}`);
	}

	#requirePower(): void {
		if (!this.#hasPower) throw new PowerCut('the power was cut');
	}
}
