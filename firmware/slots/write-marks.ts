/** How far each partition is surely written, kept on the disk so that a power cut costs only the rest. */
import type { Directory } from '../../runtime/directory.ts';

export interface Image {
	readonly length: number;
	/** 64 lower-case hexadecimal digits. */
	readonly sha256: string;
}

interface Mark extends Image {
	readonly written: number;
}

export class WriteMarks {
	readonly #directory: Directory;

	/** @param directory a folder of its own */
	constructor(directory: Directory) {
		this.#directory = directory;
	}

	/** Bytes of this image that are in the partition; a mark of another image, or a damaged one, is none. */
	async of(partition: string, image: Image): Promise<number> {
		const bytes = await this.#directory.read(partition);
		if (bytes === undefined) return 0;
		try {
			const mark = JSON.parse(new TextDecoder().decode(bytes)) as Partial<Mark> | null;
			const isOfThis = mark?.sha256 === image.sha256 && mark.length === image.length;
			const written = isOfThis ? mark.written : 0;
			return Number.isSafeInteger(written) ? Math.min(Math.max(0, written ?? 0), image.length) : 0;
		} catch {
			return 0;
		}
	}

	/** Only once the bytes are durable. Errors: `disk-full`, `io`. */
	async set(partition: string, { length, sha256 }: Image, written: number): Promise<void> {
		const mark: Mark = { length, sha256, written };
		await this.#directory.write(partition, new TextEncoder().encode(JSON.stringify(mark)));
	}
}
