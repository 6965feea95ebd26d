/**
 * Runs the VMs of one thread: their turns, their timers, their mail to each other.
 *
 * Order holds per sender and topic. Delivery is always on a later turn, so a VM may publish to
 * itself and is never re-entered.
 */
import type { Waiting } from '../bus/inbox.ts';
import type { Clock } from '../clock.ts';
import type { Effect, Event } from '../component/generated/service.ts';
import type { ForeignLinker } from '../foreign/foreign-guest.ts';
import type { CellCommand, CellReport, VmId, VmSpec } from './cell-protocol.ts';
import { isBoxEffect } from './effect-check.ts';
import { VmError } from './error.ts';
import { eventsPerTurn } from './guest.ts';
import { Heartbeat } from './heartbeat.ts';
import { Mail } from './mail.ts';
import { Resident } from './resident.ts';
import { RunQueue } from './run-queue.ts';
import { Vm } from './vm.ts';

/** The most timers a VM may have set. */
const mostTimers = 256;

export interface CellOptions {
	readonly clock: Clock;
	/** Told where the cell is, so that a watchdog can see a turn that never ends. */
	readonly heartbeat?: Heartbeat;
	/** What links foreign components; a cell without it starts none. */
	readonly linkForeign?: ForeignLinker | undefined;
	/** Called with everything that happened since the last call, in order. */
	readonly report: (reports: CellReport[]) => void;
	/** Called when there is something to run: the host calls `run` soon, but not from here. */
	readonly wake: () => void;
}

export class Cell {
	readonly #clock: Clock;
	readonly #heartbeat: Heartbeat;
	readonly #linkForeign: ForeignLinker | undefined;
	readonly #report: (reports: CellReport[]) => void;
	readonly #residents = new Map<VmId, Resident>();
	readonly #queue: RunQueue;
	readonly #mail: Mail;
	#reports: CellReport[] = [];

	constructor({ clock, heartbeat = new Heartbeat(), linkForeign, report, wake }: CellOptions) {
		this.#clock = clock;
		this.#linkForeign = linkForeign;
		this.#heartbeat = heartbeat;
		this.#report = report;
		this.#queue = new RunQueue(wake);
		this.#mail = new Mail({
			clock,
			queue: this.#queue,
			residents: this.#residents,
			say: (said) => this.#say(said),
			flush: () => this.#flush(),
		});
	}

	accept(command: CellCommand): void {
		switch (command.tag) {
			case 'start':
				this.#start(command.vm, command.spec);
				break;
			case 'stop':
				this.#stop(command.vm);
				break;
			case 'event':
				this.#mail.give(command.vm, command.event);
				break;
			case 'wanted':
				this.#mail.want(command.topics);
				break;
			case 'publish':
				this.#mail.publishFromOutside(command);
				break;
			case 'request':
				this.#mail.requestFromOutside(command);
				break;
			case 'answer':
				this.#mail.answerFromOutside(command);
				break;
			case 'count':
				this.#say({ tag: 'counts', vms: [...this.#residents.values()].map((resident) => resident.counts()) });
				break;
		}
		this.#flush();
	}

	/** Runs turns until nothing is ready or `turns` are done; true when there may be more to do. */
	run(turns: number): boolean {
		for (let left = turns; left > 0; left--) {
			const next = this.#queue.take();
			if (next === undefined) break;
			this.#turn(next);
		}
		this.#flush();
		return !this.#queue.isEmpty;
	}

	#start(id: VmId, spec: VmSpec): void {
		const resident = this.#residents.get(id) ?? new Resident(id, spec);
		this.#residents.set(id, resident);
		const vm = new Vm({ id, spec, linkForeign: this.#linkForeign });
		const startedAt = this.#clock.now();
		try {
			this.#heartbeat.begin(id);
			const effects = vm.start(timeFor(spec, startedAt));
			this.#heartbeat.end();
			checkTimers(resident, effects);
			resident.vm = vm;
			this.#mail.join(resident);
			this.#say({ tag: 'started', vm: id, tookUs: this.#clock.now() - startedAt });
			this.#finishTurn(resident, vm, effects);
			// What came while it was down waits for it.
			this.#queue.add(resident);
		} catch (error) {
			this.#heartbeat.end();
			this.#fault(resident, vm, error);
		}
	}

	#stop(id: VmId): void {
		const resident = this.#residents.get(id);
		if (resident !== undefined) {
			resident.vm = undefined;
			resident.clearTimers();
			this.#residents.delete(id);
			this.#mail.leave(resident);
		}
		// Also of one that has not come yet: who waits for this must not wait for ever.
		this.#say({ tag: 'stopped', vm: id });
	}

	#turn(resident: Resident): void {
		const { vm, inbox } = resident;
		if (vm === undefined) return;
		const taken = inbox
			.take(resident.singly > 0 ? 1 : eventsPerTurn(vm.spec))
			.filter(({ event }) => this.#mail.isStillWanted(event));
		this.#mail.releaseWaiters(resident);
		if (taken.length === 0) return this.#queue.add(resident);
		const events = taken.map(({ event }) => event);
		const startedAt = this.#clock.now();
		try {
			this.#heartbeat.begin(resident.id);
			const effects = vm.turn(timeFor(vm.spec, startedAt), events);
			this.#heartbeat.end();
			checkTimers(resident, effects);
			resident.turns++;
			resident.events += events.length;
			resident.busyUs += this.#clock.now() - startedAt;
			if (resident.singly > 0) resident.singly--;
			this.#finishTurn(resident, vm, effects);
		} catch (error) {
			this.#heartbeat.end();
			this.#blame(resident, taken);
			this.#fault(resident, vm, error);
			return;
		}
		this.#queue.add(resident);
	}

	#finishTurn(resident: Resident, vm: Vm, effects: readonly Effect[]): void {
		for (const line of vm.takeLog()) this.#say({ tag: 'log', vm: resident.id, line });
		for (const effect of effects) this.#apply(resident, vm, effect);
	}

	#apply(resident: Resident, vm: Vm, effect: Effect): void {
		switch (effect.tag) {
			case 'publish':
				this.#mail.publish(resident, effect.val);
				return;
			case 'request':
				this.#mail.request(resident, effect.val);
				return;
			case 'reply':
				this.#mail.reply(resident, effect.val);
				return;
			case 'set-timer':
				this.#setTimer(resident, effect.val);
				return;
			case 'cancel-timer':
				resident.timers.get(effect.val)?.cancel();
				resident.timers.delete(effect.val);
				return;
		}
		if (!isBoxEffect(effect)) return;
		if (effect.tag === 'put') vm.remember(effect.val.key, effect.val.value);
		if (effect.tag === 'delete') vm.remember(effect.val, undefined);
		this.#say({ tag: 'effect', vm: resident.id, effect });
	}

	#setTimer(resident: Resident, timer: Extract<Effect, { tag: 'set-timer' }>['val']): void {
		const { id, delayMs, repeat } = timer;
		resident.timers.get(id)?.cancel();
		const armed = this.#clock.after(Math.max(1, delayMs), () => {
			resident.timers.delete(id);
			// A repeated timer is armed again when it fires, so one that is not handled cannot pile up.
			if (repeat) this.#setTimer(resident, timer);
			const isThisTimer = ({ event }: Waiting<Event>) => event.tag === 'timer' && event.val === id;
			if (!repeat || !resident.inbox.holds(isThisTimer))
				this.#mail.give(resident.id, { tag: 'timer', val: id });
		});
		resident.timers.set(id, armed);
	}

	/** What the failed turn was given waits again; what alone has failed twice is set aside. */
	#blame(resident: Resident, taken: readonly Waiting<Event>[]): void {
		const messages = taken.filter(({ event }) => event.tag === 'message');
		const [only] = messages;
		if (taken.length === 1 && only?.event.tag === 'message' && ++only.failures >= 2) {
			const topic = only.topic ?? '';
			const { payload, correlation } = only.event.val;
			this.#say({ tag: 'set-aside', vm: resident.id, topic, payload });
			this.#mail.refuse(resident, correlation);
			messages.length = 0;
		}
		resident.singly = Math.max(resident.singly - 1, 0) + messages.length;
		resident.inbox.giveBack(messages);
	}

	#fault(resident: Resident, vm: Vm, error: unknown): void {
		// Anything else is the platform's own mistake: it must not be blamed on a guest.
		if (!(error instanceof VmError)) throw error;
		resident.vm = undefined;
		resident.clearTimers();
		resident.inbox.keep(({ event }) => event.tag === 'message');
		this.#say({ tag: 'fault', vm: resident.id, code: error.code, message: error.message, log: vm.takeLog() });
	}

	#say(report: CellReport): void {
		this.#reports.push(report);
	}

	#flush(): void {
		if (this.#reports.length === 0) return;
		const reports = this.#reports;
		this.#reports = [];
		this.#report(reports);
	}
}

/** The time a turn is given: no finer than its clock grant. */
function timeFor({ clockStepUs }: VmSpec, nowUs: number): bigint {
	return BigInt(nowUs - (nowUs % clockStepUs));
}

/** @throws VmError `flooded` */
function checkTimers({ timers, spec }: Resident, effects: readonly Effect[]): void {
	const asked = effects.filter(({ tag }) => tag === 'set-timer').length;
	if (timers.size + asked > mostTimers)
		throw new VmError('flooded', `${spec.name} set more than ${mostTimers} timers`);
}
