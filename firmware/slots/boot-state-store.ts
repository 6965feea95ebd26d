/**
 * The boot state on its partition: two copies, of which the newer whole one counts.
 *
 * A write goes over the other copy and never over the one that counts, so a power cut at any moment leaves
 * the state before or the state after.
 */
import type { BlockDevice } from './block-device.ts';
import {
	type BootState,
	copyBytes,
	copyPlaces,
	decodeBootState,
	encodeBootState,
	lostBootState,
	lostReason,
} from './boot-state.ts';
import { BootStateError } from './boot-state-error.ts';

export class BootStateStore {
	readonly #device: BlockDevice;
	#state: BootState;
	/** Of `copyPlaces`: where the state is that counts. */
	#place: number;
	/** Whether `#state` is what a reader would find: not if nothing is there, or a write failed half way. */
	#isSure: boolean;
	#lastChange: Promise<unknown> = Promise.resolve();
	/** `boot-state-lost`, where neither copy was whole, now or when the boot loader looked. */
	readonly lost: BootStateError | undefined;

	private constructor(device: BlockDevice, found: { state: BootState; place: number } | undefined) {
		this.#device = device;
		this.#state = found?.state ?? lostBootState;
		this.#place = found?.place ?? 1;
		this.#isSure = found !== undefined;
		if (this.#state.reason === lostReason)
			this.lost = new BootStateError('boot-state-lost', 'neither copy of the boot state is whole');
	}

	/** Errors: those of the device, unless one copy can be read. */
	static async open(device: BlockDevice): Promise<BootStateStore> {
		const copies: { state: BootState; place: number }[] = [];
		const failures: unknown[] = [];
		for (const [place, at] of copyPlaces.entries()) {
			const copy = new Uint8Array(copyBytes);
			try {
				await device.read(at, copy);
			} catch (error) {
				failures.push(error);
				continue;
			}
			const state = decodeBootState(copy);
			if (state !== undefined) copies.push({ state, place });
		}
		if (copies.length === 0 && failures.length > 0) throw failures[0];
		const [first, second] = copies;
		const isSecondNewer = first !== undefined && second !== undefined && second.state.seq > first.state.seq;
		return new BootStateStore(device, isSecondNewer ? second : first);
	}

	get state(): BootState {
		return this.#state;
	}

	/**
	 * Makes a new state durable; `change` is given the one that counts, and changes wait for each other. One
	 * that changes nothing is not written. Errors: `bad-boot-state`, `boot-state-not-written`.
	 */
	change(change: (state: BootState) => Partial<BootState>): Promise<BootState> {
		const changed = this.#lastChange.then(() => this.#write(change(this.#state)));
		this.#lastChange = changed.catch(() => undefined);
		return changed;
	}

	async #write(changes: Partial<BootState>): Promise<BootState> {
		const next: BootState = { ...this.#state, ...changes, seq: this.#state.seq + 1 };
		const copy = encodeBootState(next);
		const same = encodeBootState({ ...next, seq: this.#state.seq });
		if (this.#isSure && Buffer.compare(same, encodeBootState(this.#state)) === 0) return this.#state;
		this.#isSure = false;
		const place = 1 - this.#place;
		const readBack = new Uint8Array(copyBytes);
		try {
			const at = copyPlaces[place] ?? 0;
			await this.#device.write(at, copy);
			await this.#device.sync();
			await this.#device.read(at, readBack);
		} catch (cause) {
			const message = 'the device failed while the boot state was written';
			throw new BootStateError('boot-state-not-written', message, { cause });
		}
		if (Buffer.compare(copy, readBack) !== 0)
			throw new BootStateError('boot-state-not-written', 'the device does not give back what was written');
		this.#state = next;
		this.#place = place;
		this.#isSure = true;
		return next;
	}
}
