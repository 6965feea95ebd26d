/** What the turns of journalled VMs ask for, as it leaves them: at once as far as it may, the rest once it is durable. */
import type { Effect } from '../component/generated/service.ts';
import type { Journal } from '../journal/journal.ts';
import { isBoxEffect } from '../vm/effect-check.ts';
import type { Resident } from '../vm/resident.ts';
import type { Vm } from '../vm/vm.ts';
import type { Dispatch, Dispatches } from './dispatches.ts';
import { Handover } from './handover.ts';
import { HeldEffects } from './held-effects.ts';
import type { Keeper } from './keeper.ts';
import type { KeepingCell } from './keeping.ts';
import type { MessageId } from './marks.ts';

export interface LeavingOptions {
	readonly cell: KeepingCell;
	readonly dispatches: Dispatches;
	/** Whether somebody of another cell who wants this topic is not there at present. */
	readonly awaits: (topic: string) => boolean;
	/** Undefined while it is not open: then nothing has been kept. */
	readonly journal: () => Journal | undefined;
	/** A message between journalled VMs, also for those that are not there yet. */
	readonly sent: (message: Dispatch) => void;
	/** Whether there are such. */
	readonly isAwaiting: () => boolean;
}

export class Leaving {
	readonly handover = new Handover();
	readonly #options: LeavingOptions;
	readonly #held = new HeldEffects();

	constructor(options: LeavingOptions) {
		this.#options = options;
	}

	/** What a turn asked for that is in the record of this keeper. */
	apply(keeper: Keeper, vm: Vm, effects: readonly Effect[]): void {
		const { resident, sequence, ledger, stream } = keeper;
		const { turn } = ledger;
		const sender = resident.id;
		const late: number[] = [];
		for (let index = 0; index < effects.length; index++) {
			const effect = effects[index] as Effect;
			if (this.#pass(resident, vm, effect, { sender, turn, index, sequence })) late.push(index);
		}
		if (late.length === 0) return;
		this.#held.hold(sequence, () => {
			for (const index of late)
				this.#passRest(resident, vm, effects[index] as Effect, { sender, turn, index, sequence });
			this.handover.add(stream, turn);
		});
		this.#options.journal()?.need(sequence);
	}

	/** Everything up to this record is durable. */
	release(sequence: number): void {
		this.#held.release(sequence);
		const number = this.handover.close();
		if (number !== undefined) this.#options.cell.say({ tag: 'handed-over', number });
	}

	/** The box has what was handed over with this number, and all before. */
	heard(number: number): void {
		const journal = this.#options.journal();
		for (const [stream, turn] of this.handover.heard(number)) journal?.acknowledge(stream, turn);
	}

	/** Calls `go` once this record is durable, behind all that was held before. */
	whenSafe(sequence: number, go: () => void): void {
		const journal = this.#options.journal();
		if (journal === undefined || sequence <= journal.durable) return go();
		this.#held.hold(sequence, go);
		journal.need(sequence);
	}

	/** What may have to be said again after a crash, to those outside of the journal. */
	repeat(resident: Resident, message: Dispatch): void {
		this.#options.cell.mail.publishUnkept(resident, message);
		this.#options.dispatches.send(message, false);
	}

	/** The same where all but journalled VMs have surely had it. */
	repeatKept(message: Dispatch): void {
		this.#options.dispatches.send(message, true);
	}

	/** What of an effect need not wait until it is durable; true where the rest of it has to. */
	#pass(resident: Resident, vm: Vm, effect: Effect, id: MessageId): boolean {
		const { cell, awaits, sent, isAwaiting } = this.#options;
		if (effect.tag === 'publish') {
			const way = cell.mail.wayOf(resident, effect.val.topic);
			if (way === undefined) return false;
			const { topic, routes, isAbroad, isUnkept, isSole } = way;
			const [isAwaited, isForLater] = [awaits(topic), isAwaiting()];
			const message = { id, topic, payload: effect.val.payload };
			cell.mail.publishKept(resident, routes, message, isSole && !isAwaited && !isForLater);
			if (isForLater) sent(message);
			return isUnkept || isAbroad || isAwaited;
		}
		if (effect.tag === 'request' || effect.tag === 'reply') {
			if (!cell.mail.asking.staysKept(resident, effect)) return true;
		} else if (isBoxEffect(effect)) {
			if (effect.tag === 'put') vm.remember(effect.val.key, effect.val.value);
			if (effect.tag === 'delete') vm.remember(effect.val, undefined);
			return true;
		}
		cell.apply(resident, vm, effect);
		return false;
	}

	/** The rest of it. */
	#passRest(resident: Resident, vm: Vm, effect: Effect, id: MessageId): void {
		const { cell } = this.#options;
		if (effect.tag === 'publish') {
			const { topic, payload } = effect.val;
			this.repeat(resident, { id, topic: resident.spec.topics[topic]?.name ?? '', payload });
		} else if (isBoxEffect(effect)) cell.say({ tag: 'effect', vm: resident.id, effect });
		else cell.apply(resident, vm, effect);
	}
}
