/** The snapshots of one VM: taken between its turns, kept in its folder, found there again. */
import type { GuestState } from '../component/guest-state.ts';
import type { PageDigester } from '../digest/page-digester.ts';
import type { Directory } from '../directory.ts';
import type { Origin } from '../snapshot/header.ts';
import { hibernate } from '../snapshot/hibernate.ts';
import type { Packing } from '../snapshot/packing.ts';
import { type Moment, Recorder } from '../snapshot/recorder.ts';
import { type Loaded, SnapshotStore } from '../snapshot/store.ts';

export interface SnapshotTakerOptions {
	readonly origin: Origin;
	/** Of this VM and module alone. */
	readonly directory: Directory;
	readonly packing: Packing;
	readonly digester: PageDigester;
	/** Every one is whole: then the journal needs nothing from before the one before it. */
	readonly areWhole: boolean;
}

export class SnapshotTaker {
	readonly #origin: Origin;
	readonly #packing: Packing;
	readonly #digester: PageDigester;
	readonly #store: SnapshotStore;
	readonly #recorder: Recorder;
	readonly #areWhole: boolean;

	constructor({ origin, directory, packing, digester, areWhole }: SnapshotTakerOptions) {
		this.#origin = origin;
		this.#packing = packing;
		this.#digester = digester;
		this.#store = new SnapshotStore({ directory, packing, digester });
		this.#recorder = new Recorder({ origin, digester });
		this.#areWhole = areWhole;
	}

	/** The next one that is taken is whole. Errors: those of `Directory` */
	load(): Promise<Loaded> {
		this.#recorder.reset();
		return this.#store.load({ origin: this.#origin });
	}

	/** The next one that is taken is whole. */
	beginAnew(): void {
		this.#recorder.reset();
	}

	/** To be called between turns. @throws StateError `not-capturable` */
	take(state: GuestState, moment: Moment): Uint8Array {
		if (this.#areWhole) this.#recorder.reset();
		return this.#recorder.record(state, moment);
	}

	/** Whole and packed, for others than this box. To be called between turns. @throws StateError `not-capturable` */
	packed(state: GuestState): Uint8Array {
		const [origin, packing, digester] = [this.#origin, this.#packing, this.#digester];
		return hibernate(state, { origin, packing, digester, turn: 0 });
	}

	/** Durable once it has resolved, in the order they were taken. Errors: those of `Directory` */
	async put(bytes: Uint8Array): Promise<void> {
		try {
			await this.#store.put(bytes);
		} catch (error) {
			this.#recorder.reset();
			throw error;
		}
	}

	/** Errors: those of `Directory` */
	clear(): Promise<void> {
		this.#recorder.reset();
		return this.#store.clear();
	}
}
