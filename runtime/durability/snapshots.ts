/** When snapshots of the VMs of a cell are taken: no more often than flash bears, and as often as coming back is to be quick. */
import type { Waiting as KeptWaiting, Sent } from '../../proto/host/durability/kept.ts';
import type { Timer } from '../clock.ts';
import { codeOf } from '../error.ts';
import { VmError } from '../vm/error.ts';
import type { Resident } from '../vm/resident.ts';
import type { Keeper } from './keeper.ts';
import type { Keeping } from './keeping.ts';
import { encodeKept } from './kept-state.ts';
import { keptOf, waitingFor } from './kept-waiting.ts';

/** Fuel of turns that are replayed within a tenth of a second; fewer are not worth a snapshot of their own. */
const replayedQuickly = 40_000_000;
/** When a VM is looked at again that is in the middle of a turn, in milliseconds. */
const retryMs = 50;

export class Snapshots {
	readonly #keeping: Keeping;
	readonly #armed = new Map<Keeper, Timer>();
	/** What is being written of each. */
	readonly #busy = new Map<Keeper, Promise<void>>();
	/** Sequence of the last one of each that is durable. */
	readonly #last = new WeakMap<Keeper, number>();

	constructor(keeping: Keeping) {
		this.#keeping = keeping;
	}

	/** The VM has come back, and this snapshot of it is there: the next one may do without what is before it. */
	found(keeper: Keeper, sequence: number): void {
		this.#last.set(keeper, sequence);
	}

	/** One that took long to come back is not to take longer the next time, however short this life is. */
	cameBack(keeper: Keeper): void {
		if (keeper.isJournalled && keeper.fuel >= replayedQuickly) this.#arm(keeper, retryMs);
	}

	turnDone(keeper: Keeper): void {
		if (this.#armed.has(keeper) || (keeper.isJournalled && keeper.fuel < replayedQuickly)) return;
		this.#arm(keeper, keeper.order.intervalMs);
	}

	/** Resolves when it is durable, or could not be taken. */
	async take(keeper: Keeper): Promise<void> {
		if (!this.#busy.has(keeper)) await this.#begin(keeper);
	}

	/** As `take`, of what it is by now; nothing is written twice. */
	async settle(keeper: Keeper): Promise<void> {
		await this.#busy.get(keeper);
		if (!keeper.isSettled) await this.take(keeper);
	}

	/**
	 * As `take`, of a VM that is not journalled and about to be gone, with what waits for it: it is taken before this
	 * returns, and put behind what is being written of it.
	 */
	async takeLast(keeper: Keeper): Promise<void> {
		const waiting = keptOf(waitingFor(keeper.resident, this.#keeping.cell));
		if (keeper.isSettled && waiting.length === 0) return this.#busy.get(keeper);
		if (keeper.resident.isInTurn) this.#failed(keeper, 'it did not end its turn');
		// What it would be a change to may yet fail.
		if (this.#busy.has(keeper)) keeper.snapshots.beginAnew();
		await this.#begin(keeper);
	}

	#begin(keeper: Keeper): Promise<void> {
		const writing = this.#write(keeper).finally(() => {
			if (this.#busy.get(keeper) === writing) this.#busy.delete(keeper);
		});
		this.#busy.set(keeper, writing);
		return writing;
	}

	async #write(keeper: Keeper): Promise<void> {
		const { resident, ledger, snapshots } = keeper;
		const { clock } = this.#keeping.cell;
		if (resident.asleep !== undefined && !this.#rouse(keeper)) return;
		const state = resident.vm?.state;
		if (state === undefined || resident.stage !== 'turn' || resident.paused !== undefined) {
			if (resident.vm !== undefined && !keeper.isStill) this.#arm(keeper, retryMs);
			return;
		}
		let fuel = 0;
		try {
			ledger.settleStored(clock.now());
			const { sequence } = keeper;
			const inbox = this.#inboxOf(keeper);
			const platform = encodeKept({ ledger, sequence, inbox, sent: this.#sentBy(resident) });
			const bytes = snapshots.take(state, { turn: ledger.turn, platform });
			fuel = keeper.fuel;
			keeper.fuel = 0;
			const { journal } = await this.#keeping.log();
			// A snapshot must never be ahead of the log: what it had from others would not have been said.
			if (keeper.isJournalled) {
				await journal.whenDurable(sequence);
				// What the box has not heard would not be said again by who begins after it was said.
				await this.#keeping.leaving.handover.whenHeard();
			}
			await snapshots.put(bytes);
			const before = this.#last.get(keeper);
			if (keeper.isJournalled && before !== undefined && before <= journal.durable) {
				journal.covered(keeper.stream, before);
				// What is too large is not to wait for the next group: this life may end before there is one.
				if (journal.isLarge) journal.flush();
			}
			this.#last.set(keeper, sequence);
		} catch (error) {
			// It is nowhere else, and still to be written.
			if (!keeper.isJournalled) keeper.fuel += fuel;
			this.#failed(keeper, `${codeOf(error)}: ${error}`);
		}
	}

	#failed({ resident }: Keeper, why: string): void {
		const { cell } = this.#keeping;
		const text = `its state could not be kept: ${why}`;
		cell.say({ tag: 'log', vm: resident.id, line: { level: 'error', text } });
		cell.flush();
	}

	/** What others would say again is not kept twice, unless there is nobody who would. */
	#inboxOf({ resident, isJournalled, isStill }: Keeper): KeptWaiting[] {
		if (isJournalled) return keptOf(resident.inbox.list().filter(({ from }) => from?.sender === 0));
		return isStill ? keptOf(waitingFor(resident, this.#keeping.cell)) : [];
	}

	/** One that sleeps has to be woken for its snapshot; false where there is nothing to take. */
	#rouse(keeper: Keeper): boolean {
		const { isJournalled, isStill, resident } = keeper;
		if (!isJournalled && !isStill) return false;
		try {
			this.#keeping.cell.wake(resident);
			return true;
		} catch (error) {
			if (!(error instanceof VmError)) throw error;
			if (isStill) this.#failed(keeper, `${error.code}: ${error.message}`);
			return false;
		}
	}

	#arm(keeper: Keeper, ms: number): void {
		this.#armed.get(keeper)?.cancel();
		const timer = this.#keeping.cell.clock.after(ms, () => {
			this.#armed.delete(keeper);
			if (!keeper.isStill && keeper.resident.keeper === keeper) void this.take(keeper);
		});
		this.#armed.set(keeper, timer);
	}

	/** Messages of this VM that kept VMs have not had yet. */
	#sentBy(sender: Resident): Sent[] {
		const sent = new Map<string, Sent>();
		const add = (id: { turn: number; index: number; sequence: number }, topic: string, payload: Uint8Array) =>
			sent.set(`${id.turn}.${id.index}`, {
				turn: id.turn,
				index: id.index,
				sequence: id.sequence,
				topic,
				payload,
			});
		const apart = [...this.#keeping.unclaimed.of(sender.id), ...this.#keeping.dispatched(sender.id)];
		for (const { id, topic, payload } of apart) add(id, topic, payload);
		const waiting = [...this.#keeping.keepers()].flatMap(({ resident }) => [
			...resident.taken,
			...resident.inbox.list(),
		]);
		for (const { event, topic = '', from } of [...waiting, ...sender.held.map(({ item }) => item)])
			if (from?.sender === sender.id && event.tag === 'message') add(from, topic, event.val.payload);
		return [...sent.values()].toSorted((a, b) => a.turn - b.turn || a.index - b.index);
	}
}
