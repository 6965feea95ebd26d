/**
 * What the box remembers of its slots, on its data partition: for people and for going on, never for booting.
 *
 * Losing it costs a download and a name; which slot boots is in the boot state alone.
 */
import type { Directory } from '../../runtime/directory.ts';
import type { SlotName } from './boot-state.ts';
import type { Partition } from './update-manifest.ts';
import type { Image } from './write-marks.ts';

export interface SlotRecord {
	readonly version: string;
	readonly release: number;
	readonly parts: Readonly<Record<Partition, Image>>;
	/** It was written whole and read back, and did not fail since. */
	readonly isReady: boolean;
	/** What was wrong with the box before it was activated: no reason to give it back. */
	readonly before?: readonly string[];
	/** Starts that it got when it was activated. */
	readonly tries?: number;
}

/** A slot that was tried and given back. */
export interface FailedTry {
	readonly slot: SlotName;
	/** Undefined where the record of the slot is lost. */
	readonly version?: string | undefined;
	readonly release?: number | undefined;
	/** How often it was started. */
	readonly tries: number;
	/** How far it came, or what was wrong: `not-started`, `started`, `unhealthy-` and what. */
	readonly reason: string;
	readonly isReported: boolean;
}

/** What a slot has run. Until it is written anew, that is what is in it. */
export interface RanRecord {
	readonly version: string;
	readonly release: number;
	/** It was found good, and has not failed since. */
	readonly isGood: boolean;
}

const failedName = 'failed';

export class SlotRecords {
	readonly #directory: Directory;

	/** @param directory a folder of its own */
	constructor(directory: Directory) {
		this.#directory = directory;
	}

	/** Undefined where there is none, or a damaged one. */
	read(slot: SlotName): Promise<SlotRecord | undefined> {
		return this.#read<SlotRecord>(slot, ({ version, release, parts }) =>
			[typeof version === 'string', typeof release === 'number', typeof parts?.root === 'object'].every(
				Boolean,
			),
		);
	}

	write(slot: SlotName, record: SlotRecord): Promise<void> {
		return this.#write(slot, record);
	}

	/** Undefined where it never ran, or was written since. */
	ran(slot: SlotName): Promise<RanRecord | undefined> {
		return this.#read<RanRecord>(ranName(slot), ({ version, release }) =>
			[typeof version === 'string', typeof release === 'number'].every(Boolean),
		);
	}

	/** Flash wears out: what is there already is not written again. */
	async writeRan(slot: SlotName, record: RanRecord): Promise<void> {
		const known = await this.ran(slot);
		if (known?.release === record.release && known.isGood === record.isGood) return;
		await this.#write(ranName(slot), record);
	}

	forgetRan(slot: SlotName): Promise<void> {
		return this.#directory.remove(ranName(slot));
	}

	/** The last one, until there is another. */
	failed(): Promise<FailedTry | undefined> {
		return this.#read<FailedTry>(failedName, ({ slot, reason }) =>
			[slot === 'a' || slot === 'b', typeof reason === 'string'].every(Boolean),
		);
	}

	writeFailed(failed: FailedTry): Promise<void> {
		return this.#write(failedName, failed);
	}

	forgetFailed(): Promise<void> {
		return this.#directory.remove(failedName);
	}

	async #read<Value>(name: string, isRight: (value: Partial<Value>) => boolean): Promise<Value | undefined> {
		const bytes = await this.#directory.read(name);
		if (bytes === undefined) return undefined;
		try {
			const value = JSON.parse(new TextDecoder().decode(bytes)) as Value | null;
			return value !== null && isRight(value) ? value : undefined;
		} catch {
			return undefined;
		}
	}

	#write(name: string, value: unknown): Promise<void> {
		return this.#directory.write(name, new TextEncoder().encode(JSON.stringify(value)));
	}
}

function ranName(slot: SlotName): string {
	return `ran-${slot}`;
}
