/**
 * What the VMs of one other cell may say, by this cell's own copy of the grants.
 *
 * It follows the routes as the other cell has come to know them, not as they are known here: what a VM
 * said before it was stopped is still its own when it is read after.
 */
import type { CellNumber, RouteChange, VmId } from '../vm/cell-protocol.ts';

/** A VM of the other cell. */
export interface Speaker {
	readonly vm: VmId;
	/** Topics it may publish. */
	readonly topics: ReadonlySet<number>;
	/** Bytes that have found room, and the other cell was not told of yet. */
	untold: number;
}

export class Licence {
	readonly #cell: CellNumber;
	readonly #speakers = new Map<VmId, Speaker>();
	/** Who spoke last speaks again, most of the time. */
	#last: Speaker | undefined;

	constructor(cell: CellNumber) {
		this.#cell = cell;
	}

	apply(change: RouteChange): void {
		const { vm } = change;
		const before = this.#speakers.get(vm);
		this.#last = undefined;
		this.#speakers.delete(vm);
		if (change.tag === 'left' || change.cell !== this.#cell) return;
		const published = change.topics.filter(({ mayPublish }) => mayPublish).map(({ number }) => number);
		this.#speakers.set(vm, { vm, topics: new Set(published), untold: before?.untold ?? 0 });
	}

	/** Undefined for a VM that is not of that cell. */
	speaker(vm: VmId): Speaker | undefined {
		if (this.#last?.vm !== vm) this.#last = this.#speakers.get(vm);
		return this.#last;
	}
}
