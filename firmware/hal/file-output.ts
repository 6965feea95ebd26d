/** Writes the frames that are heard into a file, which a restarted box goes on with. */
import { type FileHandle, open } from 'node:fs/promises';
import type { AudioOutput } from '../../runtime/capability/media-sink/audio-output.ts';

export class FileOutput implements AudioOutput {
	readonly #file: FileHandle;
	#size: number;
	#written: Promise<unknown> = Promise.resolve();

	private constructor(file: FileHandle, size: number) {
		this.#file = file;
		this.#size = size;
	}

	static async open(path: string): Promise<FileOutput> {
		// Not 'a+': on Linux that ignores positions, and going back would leave a hole.
		const file = await open(path, 'r+').catch(() => open(path, 'w+'));
		const { size } = await file.stat();
		return new FileOutput(file, size);
	}

	write(frame: Uint8Array): void {
		const at = this.#size;
		this.#size += frame.length;
		this.#written = this.#written.then(() => this.#file.write(frame, 0, frame.length, at));
	}

	size(): number {
		return this.#size;
	}

	async flush(): Promise<void> {
		await this.#written;
		await this.#file.datasync();
	}

	async truncate(size: number): Promise<void> {
		await this.#written;
		await this.#file.truncate(size);
		this.#size = size;
	}

	async close(): Promise<void> {
		await this.#written;
		await this.#file.close();
	}
}
