/** The part of a target that has come so far: a file that grows from its start and survives restarts. */
import { type FileHandle, open, unlink } from 'node:fs/promises';
import { onDisk } from '../hal/node-disk.ts';

/**
 * Bytes after which the file is made durable. What a power cut takes is asked for again; what it
 * damages is found by the digest.
 */
const SYNC_EVERY = 1_048_576;

export class PartialFile implements AsyncDisposable {
	readonly #path: string;
	readonly #file: FileHandle;
	#length: number;
	#unsynced = 0;

	private constructor({ path, file, length }: { path: string; file: FileHandle; length: number }) {
		this.#path = path;
		this.#file = file;
		this.#length = length;
	}

	/** Errors of this and every method: `disk-full`, `io`. */
	static async open(path: string): Promise<PartialFile> {
		return onDisk(path, async () => {
			const file = await open(path, 'a+', 0o600);
			return new PartialFile({ path, file, length: (await file.stat()).size });
		});
	}

	/** Bytes that are there, from the start of the target on. */
	get length(): number {
		return this.#length;
	}

	async append(bytes: Uint8Array): Promise<void> {
		await onDisk(this.#path, async () => {
			try {
				await this.#file.appendFile(bytes);
			} catch (error) {
				// A part of the bytes may be there: without them the length is true again.
				await this.#file.truncate(this.#length).catch(() => undefined);
				throw error;
			}
			this.#unsynced += bytes.length;
			if (this.#unsynced < SYNC_EVERY) return;
			await this.#file.datasync();
			this.#unsynced = 0;
		});
		this.#length += bytes.length;
	}

	/** Starts from nothing again. */
	async clear(): Promise<void> {
		await onDisk(this.#path, () => this.#file.truncate(0));
		this.#length = 0;
	}

	async bytes(): Promise<Uint8Array> {
		return onDisk(this.#path, async () => {
			const bytes = new Uint8Array(this.#length);
			for (let at = 0; at < bytes.length; ) {
				const { bytesRead } = await this.#file.read(bytes, at, bytes.length - at, at);
				if (bytesRead === 0) throw new Error('it became shorter while it was read');
				at += bytesRead;
			}
			return bytes;
		});
	}

	async remove(): Promise<void> {
		await onDisk(this.#path, () => unlink(this.#path));
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await this.#file.close();
	}
}
