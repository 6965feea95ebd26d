/** tuf-js's verification of one metadata file after the other, with our clock and our error codes. */
import type { Root, Snapshot, Targets, Timestamp } from '@tufjs/models';
import { EqualVersionError } from 'tuf-js/dist/error.js';
import { TrustedMetadataStore } from 'tuf-js/dist/store.js';
import { TrustError } from './trust-error.ts';
import { trustErrorOf } from './tuf-error.ts';

// tuf-js takes time with the square of the entries of one object: without a bound the holder of an online
// key could stop a box for minutes. A box that meets this bound needs a repository of fewer old versions.
const MAX_ENTRIES = 2000;

/**
 * Files must come in the order of TUF 5.3 to 5.6: roots, timestamp, snapshot, targets. Only what
 * verified is kept. Errors of every method: `TrustError`, never `metadata-missing`.
 */
export class MetadataVerifier {
	readonly #store: TrustedMetadataStore;

	/**
	 * tuf-js's `Updater` is passed by on purpose: it writes to the system's temporary folder, overwrites
	 * metadata in place and hides what was wrong with snapshot and targets.
	 *
	 * @param now what metadata must not have expired at, milliseconds since the Unix epoch
	 */
	constructor(root: Uint8Array, now: number) {
		this.#store = guarded('root.json', root, () => new TrustedMetadataStore(Buffer.from(root)));
		// 5.1 fixes the time of the whole update; tuf-js reads the system's clock for it.
		Object.assign(this.#store, { referenceTime: new Date(now) });
	}

	get root(): Root {
		return this.#store.root.signed;
	}

	get timestamp(): Timestamp | undefined {
		return this.#store.timestamp?.signed;
	}

	get snapshot(): Snapshot | undefined {
		return this.#store.snapshot?.signed;
	}

	get targets(): Targets | undefined {
		return this.#store.targets?.signed;
	}

	updateRoot(bytes: Uint8Array): void {
		guarded('root.json', bytes, () => this.#store.updateRoot(Buffer.from(bytes)));
	}

	/** Whether it is newer than the one before; the same version again changes nothing (5.4.3.1). */
	updateTimestamp(bytes: Uint8Array): boolean {
		return guarded('timestamp.json', bytes, () => {
			try {
				this.#store.updateTimestamp(Buffer.from(bytes));
				return true;
			} catch (error) {
				if (error instanceof EqualVersionError) return false;
				throw error;
			}
		});
	}

	/** @param isOwn it was verified before: only its version is held against the timestamp then */
	updateSnapshot(bytes: Uint8Array, { isOwn = false } = {}): void {
		guarded('snapshot.json', bytes, () => this.#store.updateSnapshot(Buffer.from(bytes), isOwn));
	}

	updateTargets(bytes: Uint8Array): void {
		guarded('targets.json', bytes, () =>
			this.#store.updateDelegatedTargets(Buffer.from(bytes), 'targets', 'root'),
		);
	}
}

function guarded<Result>(file: string, bytes: Uint8Array, verify: () => Result): Result {
	try {
		const entries = mostEntries(bytes);
		if (entries <= MAX_ENTRIES) return verify();
		throw new TrustError(
			'metadata-too-large',
			`${file}: ${entries} entries, where at most ${MAX_ENTRIES} are read`,
		);
	} catch (error) {
		throw trustErrorOf(error, file);
	}
}

/** The size of the largest object or list anywhere inside; 0 for what is no JSON, which is not judged here. */
function mostEntries(bytes: Uint8Array): number {
	const open: unknown[] = [];
	try {
		open.push(JSON.parse(new TextDecoder().decode(bytes)));
	} catch {
		return 0;
	}
	let most = 0;
	while (open.length > 0) {
		const values = Object.values(open.pop() ?? {});
		most = Math.max(most, values.length);
		for (const value of values) if (typeof value === 'object') open.push(value);
	}
	return most;
}
