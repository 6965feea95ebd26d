/** The VMs that come to a cell in the middle of their lives, and those that leave it so. */
import type { Clock } from '../clock.ts';
import type { CellCommand, CellReport, VmId } from './cell-protocol.ts';
import type { Hibernation } from './hibernation.ts';
import type { Mail } from './mail.ts';
import { type ArmedTimer, obstacleTo, type Passage, waitingFor } from './passage.ts';
import type { Resident } from './resident.ts';
import type { RunQueue } from './run-queue.ts';
import type { Turns } from './turns.ts';

/** The cell as far as it is needed here. */
export interface MovingCell {
	readonly clock: Clock;
	readonly residents: ReadonlyMap<VmId, Resident>;
	readonly mail: Mail;
	readonly turns: Turns;
	readonly queue: RunQueue<Resident>;
	readonly hibernation: Hibernation;
	arm(resident: Resident, timer: ArmedTimer): void;
	/** Of the VM nothing stays here. */
	remove(resident: Resident): void;
	say(report: CellReport): void;
}

const tags = ['rest', 'pause', 'drain', 'go-on', 'move-out'] as const;
export type MoveCommand = Extract<CellCommand, { tag: (typeof tags)[number] }>;

export function isMoveCommand(command: CellCommand): command is MoveCommand {
	return tags.some((tag) => tag === command.tag);
}

export class Moves {
	readonly #cell: MovingCell;

	constructor(cell: MovingCell) {
		this.#cell = cell;
	}

	accept(command: MoveCommand): void {
		const { turns, say } = this.#cell;
		switch (command.tag) {
			case 'rest':
				return this.#rest(command.vm);
			case 'pause':
				turns.isStill = true;
				return say({ tag: 'paused' });
			case 'drain':
				return say({ tag: 'drained', isQuiet: this.#drain() });
			case 'move-out':
				return say({ tag: 'moved-out', vm: command.vm, ...this.#moveOut(command.vm) });
			case 'go-on':
				if (command.vm === undefined) turns.isStill = false;
				else this.#goOn(command.vm);
		}
	}

	/** It goes on here when something comes for it. */
	arrive(resident: Resident, { asleep, waiting, timers }: Passage): void {
		const { turns, queue, arm, say } = this.#cell;
		resident.vm = turns.make(resident, resident.spec);
		this.#cell.hibernation.lay(resident, asleep);
		for (const item of waiting) resident.inbox.push(item);
		for (const timer of timers) arm(resident, timer);
		queue.add(resident);
		say({ tag: 'slept', vm: resident.id });
	}

	#rest(id: VmId): void {
		const resident = this.#cell.residents.get(id);
		if (resident !== undefined) resident.isHeld = true;
		if (resident?.paused === undefined) this.#cell.say({ tag: 'at-rest', vm: id });
	}

	#goOn(id: VmId): void {
		const resident = this.#cell.residents.get(id);
		if (resident === undefined) return;
		resident.isHeld = false;
		this.#cell.queue.add(resident);
	}

	/** True when there was nothing to hear, and nothing is held up. */
	#drain(): boolean {
		const { exchange } = this.#cell.mail;
		const isQuiet = exchange.isIdle();
		while (exchange.hear());
		exchange.commit();
		return isQuiet && exchange.isSaid();
	}

	#moveOut(id: VmId): { passage: Passage | undefined; why: string } {
		const { residents, hibernation, mail, remove } = this.#cell;
		const resident = residents.get(id);
		const why = resident === undefined ? 'it is not here' : obstacleTo(resident);
		if (resident === undefined || why !== undefined) return { passage: undefined, why: why ?? '' };
		resident.recorder?.close('the VM was moved');
		const asleep = hibernation.pack(resident);
		if (asleep === undefined) return { passage: undefined, why: 'it has failed' };
		const passage = {
			asleep,
			waiting: waitingFor(resident, mail.asking.askedBy(resident)),
			timers: [...resident.timers.values()].map(({ cancel: _, ...timer }) => timer),
			stored: new Map(resident.vm?.stored),
		};
		remove(resident);
		return { passage, why: '' };
	}
}
