/**
 * What the turns of the VMs of a cell are given, and what becomes of it.
 *
 * All that a turn asked for is carried out, or, where it failed, nothing; then what it was given waits for the
 * VM that comes back, but for a message that has ended two turns badly by itself.
 */
import type { Waiting } from '../bus/inbox.ts';
import type { Effect, Event } from '../component/generated/service.ts';
import type { Keeping } from '../durability/keeping.ts';
import { blame } from './blame.ts';
import { isBoxEffect } from './box-effects.ts';
import type { CellReport } from './cell-protocol.ts';
import { crashOf } from './crash.ts';
import type { VmError } from './error.ts';
import { eventsPerTurn } from './guest.ts';
import type { Mail } from './mail.ts';
import type { Resident } from './resident.ts';
import type { Vm } from './vm.ts';
import type { VmTimers } from './vm-timers.ts';

export interface TransactionsOptions {
	readonly mail: Mail;
	readonly timers: VmTimers;
	/** Holds what a journalled VM did until it is durable; undefined where none is kept. */
	readonly keeping: Keeping | undefined;
	/** The start of a VM has ended well. */
	readonly started: (resident: Resident) => void;
	readonly say: (report: CellReport) => void;
	/** Says what is to be seen of this VM: of a journalled one not before it is sure. */
	readonly tell: (resident: Resident, report: CellReport) => void;
}

export class Transactions {
	// Apart, as every message takes them.
	readonly #mail: Mail;
	readonly #timers: VmTimers;
	readonly #keeping: Keeping | undefined;
	readonly #started: TransactionsOptions['started'];
	readonly #say: TransactionsOptions['say'];
	readonly #tell: TransactionsOptions['tell'];

	constructor({ mail, timers, keeping, started, say, tell }: TransactionsOptions) {
		this.#mail = mail;
		this.#timers = timers;
		this.#keeping = keeping;
		this.#started = started;
		this.#say = say;
		this.#tell = tell;
	}

	/** What the next turn is given: requests that nobody waits for any more are left out. */
	take(resident: Resident): readonly Waiting<Event>[] {
		const taken = resident.inbox.take(resident.singly > 0 ? 1 : eventsPerTurn(resident.spec));
		this.#mail.releaseWaiters(resident);
		for (let at = 0; at < taken.length; at++)
			if (!this.#mail.asking.isStillWanted((taken[at] as Waiting<Event>).event))
				return taken.filter(({ event }) => this.#mail.asking.isStillWanted(event));
		return taken;
	}

	/** A start or a turn has returned. */
	finished(resident: Resident, vm: Vm, effects: readonly Effect[]): void {
		const { keeper } = resident;
		keeper?.finished(effects);
		if (resident.stage === 'start') this.#started(resident);
		else if (resident.singly > 0) resident.singly--;
		if (resident.isHeld) this.#say({ tag: 'at-rest', vm: resident.id });
		resident.rested();
		for (const line of vm.takeLog()) this.#tell(resident, { tag: 'log', vm: resident.id, line });
		if (keeper !== undefined) this.#keeping?.apply(keeper, vm, effects);
		else for (const effect of effects) this.apply(resident, vm, effect);
	}

	/** Carries out one thing that a turn asked for. */
	apply(resident: Resident, vm: Vm, effect: Effect): void {
		switch (effect.tag) {
			case 'publish':
				this.#mail.publish(resident, effect.val);
				return;
			case 'request':
				this.#mail.asking.request(resident, effect.val);
				return;
			case 'reply':
				this.#mail.asking.reply(resident, effect.val);
				return;
			case 'set-timer':
				this.#timers.set(resident, effect.val);
				return;
			case 'cancel-timer':
				this.#timers.cancel(resident, effect.val);
				return;
		}
		if (!isBoxEffect(effect)) return;
		if (effect.tag === 'put') vm.remember(effect.val.key, effect.val.value);
		if (effect.tag === 'delete') vm.remember(effect.val, undefined);
		this.#say({ tag: 'effect', vm: resident.id, effect });
	}

	/** A start or a turn has ended badly, or what was to sleep or to wake could not: its VM has ended. */
	failed(resident: Resident, vm: Vm, error: VmError): void {
		const { code } = error;
		const crash = crashOf({ resident, vm, error, given: resident.taken });
		if (resident.isHeld) this.#say({ tag: 'at-rest', vm: resident.id });
		const culprit = blame(resident, resident.taken);
		if (culprit !== undefined) {
			const { topic, payload, correlation } = culprit;
			this.#tell(resident, { tag: 'set-aside', vm: resident.id, topic, payload });
			this.#mail.asking.refuse(resident, correlation);
		}
		resident.recorder?.close('the VM failed');
		const fault = { tag: 'fault', vm: resident.id, code, log: vm.takeLog(), ...crash } as const;
		const { keeper } = resident;
		// It comes back to what it was before this turn: its timers run on, and all that waits for it waits. The
		// turn did not happen, so that its lines go with the report of it; what it was given has to be durable.
		if (keeper?.isJournalled === true) return this.#keeping?.tellFault(fault);
		resident.clearTimers();
		resident.inbox.keep(({ event }) => event.tag === 'message');
		this.#say(fault);
	}
}
