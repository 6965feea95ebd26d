/**
 * Remembers over starts which code was made of which module: what an install has made, no start has to make again.
 *
 * It only saves time. What is not there or not as it was put, what another platform has made or what is bounded by
 * another memory is made anew.
 */
import type { MadeCode, MadeCodeSource } from '../component/made-code.ts';
import type { CodeKey, CodeStore } from '../component/service-code.ts';
import type { Directory } from '../directory.ts';
import { type Digest, isDigest } from './store-digest.ts';

const INDEX = 'index';

export interface MadeCodesOptions {
	/** A folder of its own. */
	readonly directory: Directory;
	/** Where the code itself is kept. */
	readonly code: CodeStore;
	/** Another one for each firmware: it may make other code. Without it, nothing is remembered. */
	readonly platform: string | undefined;
	/** The code that the firmware carries: it is not kept twice. */
	readonly carried?: MadeCodeSource | undefined;
}

/** Code that is kept. */
export interface Made {
	/** What its memory may grow to at most, in pages of 64 KiB. */
	readonly memoryPages: number;
	readonly key: CodeKey;
}

export class MadeCodes {
	readonly #options: MadeCodesOptions;
	readonly #made: Map<Digest, Made>;
	readonly #carried = new Set<Digest>();
	#isChanged = false;

	private constructor(options: MadeCodesOptions, made: Map<Digest, Made>) {
		this.#options = options;
		this.#made = made;
	}

	static async open(options: MadeCodesOptions): Promise<MadeCodes> {
		const { directory, platform } = options;
		const file = platform === undefined ? undefined : await directory.read(INDEX).catch(() => undefined);
		return new MadeCodes(options, file === undefined ? new Map() : parsed(file, platform));
	}

	/** Of the component with this digest. */
	async find(digest: Digest): Promise<MadeCode | undefined> {
		const carried = await this.#options.carried?.(digest);
		if (carried !== undefined) {
			this.#carried.add(digest);
			return carried;
		}
		const made = this.#made.get(digest);
		if (made === undefined) return undefined;
		try {
			// The store gives out bytes only until it is asked again.
			return { memoryPages: made.memoryPages, bytes: this.#options.code.read(made.key).slice() };
		} catch {
			return undefined;
		}
	}

	/** Whether there should be code of it, without reading what was noted here. */
	async knows(digest: Digest): Promise<boolean> {
		return this.#made.has(digest) || (await this.#options.carried?.(digest)) !== undefined;
	}

	/** This was made of the component with this digest. */
	note(digest: Digest, { key, memoryPages }: Made): void {
		if (this.#options.platform === undefined || this.#carried.has(digest)) return;
		const before = this.#made.get(digest);
		if (before?.key === key && before.memoryPages === memoryPages) return;
		this.#made.set(digest, { memoryPages, key });
		this.#isChanged = true;
	}

	/** Writes down what was noted of these, and forgets the others. */
	async keepOnly(there: ReadonlySet<Digest>): Promise<void> {
		const { directory, platform } = this.#options;
		for (const digest of this.#made.keys()) {
			if (there.has(digest)) continue;
			this.#made.delete(digest);
			this.#isChanged = true;
		}
		if (platform === undefined || !this.#isChanged) return;
		const index = JSON.stringify({ platform, made: Object.fromEntries(this.#made) });
		this.#isChanged = false;
		// Without room for it, the next start takes longer, which is no reason for a module not to be there.
		await directory.write(INDEX, new TextEncoder().encode(index)).catch(() => {
			this.#isChanged = true;
		});
	}
}

/** Nothing of what cannot be read, or was written by another platform. */
function parsed(file: Uint8Array, platform: string | undefined): Map<Digest, Made> {
	try {
		const index = JSON.parse(new TextDecoder().decode(file));
		if (index.platform !== platform) return new Map();
		return new Map(Object.entries<Made>(index.made).filter(isMade));
	} catch {
		return new Map();
	}
}

/** Keys are names of files. */
const isMade = ([digest, made]: [string, Made]): boolean =>
	isDigest(digest) && isDigest(made.key) && Number.isSafeInteger(made.memoryPages);
