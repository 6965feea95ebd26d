/**
 * Moves a VM from one cell to another while the box stands still for a moment: no turn begins, and all that
 * was said is heard. So nothing that was on its way to the VM is lost or comes twice, and order holds.
 */
import type { Hub } from '../bus/hub.ts';
import type { VmId, VmSpec } from './cell-protocol.ts';
import type { CellTable, SupervisedCell } from './cell-table.ts';
import { VmError } from './error.ts';
import type { Passage } from './passage.ts';

export interface MigrationOptions {
	readonly vm: VmId;
	readonly name: string;
	readonly from: SupervisedCell;
	readonly to: SupervisedCell;
	readonly specOf: (passage: Passage) => VmSpec;
	/** It is in neither cell: from here on it is the other one's. */
	readonly left: () => void;
}

export class Migration {
	readonly #cells: CellTable;
	readonly #hub: Hub;
	#last: Promise<unknown> = Promise.resolve();

	constructor(cells: CellTable, hub: Hub) {
		this.#cells = cells;
		this.#hub = hub;
	}

	/**
	 * One after the other.
	 *
	 * @param plan asked when it is its turn: the one before may have changed what there is; undefined where nothing is to be done
	 * @throws VmError `not-movable`, and what `plan` throws
	 */
	move(plan: () => MigrationOptions | undefined): Promise<void> {
		const moved = this.#last.then(async () => {
			const options = plan();
			if (options !== undefined) await this.#move(options);
		});
		this.#last = moved.catch(() => undefined);
		return moved;
	}

	async #move({ vm, name, from, to, specOf, left }: MigrationOptions): Promise<void> {
		// A thread that has just been made answers late: nobody else should stand still for that.
		await this.#cells.count();
		await this.#cells.ask(from, { tag: 'rest', vm }, 'at-rest');
		const goOn = await this.#cells.still();
		try {
			const answer = await this.#cells.ask(from, { tag: 'move-out', vm }, 'moved-out');
			if (answer?.passage === undefined)
				throw new VmError('not-movable', `${name} cannot be moved: ${answer?.why ?? 'its cell is gone'}`);
			left();
			this.#hub.detach(vm);
			const spec = specOf(answer.passage);
			this.#hub.attach(vm, { cell: to, topics: spec.topics });
			to.send({ tag: 'start', vm, spec });
		} finally {
			goOn();
			from.send({ tag: 'go-on', vm });
		}
	}
}
