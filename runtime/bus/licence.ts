/**
 * What the VMs of one other cell may say, by this cell's own copy of the grants.
 *
 * It follows the routes as the other cell has come to know them, not as they are known here: what a VM
 * said before it was stopped is still its own when it is read after.
 */
import type { CellNumber, RouteChange, VmId } from '../vm/cell-protocol.ts';

export class Licence {
	readonly #cell: CellNumber;
	readonly #topics = new Map<VmId, ReadonlySet<number>>();

	constructor(cell: CellNumber) {
		this.#cell = cell;
	}

	apply(change: RouteChange): void {
		this.#topics.delete(change.vm);
		if (change.tag === 'left' || change.cell !== this.#cell) return;
		const published = change.topics.filter(({ mayPublish }) => mayPublish).map(({ number }) => number);
		this.#topics.set(change.vm, new Set(published));
	}

	allows(vm: VmId, topic: number): boolean {
		return this.#topics.get(vm)?.has(topic) === true;
	}
}
