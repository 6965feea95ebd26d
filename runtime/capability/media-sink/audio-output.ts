/** Where frames go when their time has come: a file, a pipe to a decoder, a sound device. */
export interface AudioOutput {
	/** Takes one frame; must not block. */
	write(frame: Uint8Array): void;
	/** Bytes written since the output was made, over all restarts where it survives them. */
	size(): number;
	/** Resolves when all that was written would survive a power cut, as far as this output can. */
	flush(): Promise<void>;
	/** Goes back to `size` bytes, so that what follows is not heard twice; an output without memory does nothing. */
	truncate(size: number): Promise<void>;
	close(): Promise<void>;
}

/** Where a box without a speaker plays: the frames are gone, their bytes are counted. */
export function silentOutput(): AudioOutput {
	let size = 0;
	return {
		write: (frame) => {
			size += frame.length;
		},
		size: () => size,
		flush: async () => undefined,
		truncate: async (to) => {
			size = to;
		},
		close: async () => undefined,
	};
}

/** The double: keeps every frame. */
export class MemoryOutput implements AudioOutput {
	frames: Uint8Array[] = [];

	write(frame: Uint8Array): void {
		this.frames.push(frame.slice());
	}

	size(): number {
		return this.frames.reduce((sum, { length }) => sum + length, 0);
	}

	async flush(): Promise<void> {}

	async truncate(size: number): Promise<void> {
		while (this.size() > size) this.frames.pop();
	}

	async close(): Promise<void> {}
}
