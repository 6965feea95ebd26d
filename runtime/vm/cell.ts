/**
 * Runs the VMs of one thread: their turns, their timers, their mail to each other.
 *
 * Order holds per sender and topic. Delivery is always on a later turn, so a VM may publish to
 * itself and is never re-entered.
 */
import type { Notify } from '../bus/doorbell.ts';
import type { Waiting } from '../bus/inbox.ts';
import type { Clock } from '../clock.ts';
import type { Effect, Event } from '../component/generated/service.ts';
import { type CodeReader, type KeptCode, ServiceCode } from '../component/service-code.ts';
import type { Keeper } from '../durability/keeper.ts';
import { Keeping, type KeepingCell } from '../durability/keeping.ts';
import type { CellStorage } from '../durability/storage.ts';
import type { ForeignLinker } from '../foreign/foreign-guest.ts';
import { Recorder } from '../recording/recorder.ts';
import type { Packing } from '../snapshot/packing.ts';
import { plainPacking } from '../snapshot/plain-packing.ts';
import { blame } from './blame.ts';
import { isBoxEffect } from './box-effects.ts';
import type { CellCommand, CellReport, VmId, VmSpec } from './cell-protocol.ts';
import { crashOf } from './crash.ts';
import { VmError } from './error.ts';
import { eventsPerTurn } from './guest.ts';
import { Heartbeat } from './heartbeat.ts';
import { Hibernation } from './hibernation.ts';
import { HousedSpec } from './housed-spec.ts';
import { Mail } from './mail.ts';
import { isMoveCommand, type MoveCommand, Moves } from './moves.ts';
import type { Reclaim } from './reclaim.ts';
import { Resident } from './resident.ts';
import { RunQueue } from './run-queue.ts';
import { Suspension } from './suspension.ts';
import { Turns } from './turns.ts';
import type { Vm } from './vm.ts';
import { VmTimers } from './vm-timers.ts';

export interface CellOptions {
	readonly clock: Clock;
	/** Where VMs are kept whose manifests ask for it; without it they are not. */
	readonly storage?: CellStorage;
	/** Told where the cell is, so that a watchdog can see a turn that never ends. */
	readonly heartbeat?: Heartbeat;
	/** What links foreign components; a cell without it starts none. */
	readonly linkForeign?: ForeignLinker | undefined;
	/** How VMs are packed that are put to sleep. */
	readonly packing?: Packing;
	/** Where the code of those is found again; without it, it stays in memory. */
	readonly code?: CodeReader;
	/** Called when much of the memory of this thread has become free. */
	readonly reclaim?: Reclaim;
	/** Called with everything that happened since the last call, in order. */
	readonly report: (reports: CellReport[]) => void;
	/** Called when there is something to run: the host calls `run` soon, but not from here. */
	readonly wake: () => void;
	/** Wakes the other cell whose bell this is. */
	readonly notify?: Notify;
}

export class Cell {
	readonly #clock: Clock;
	readonly #report: (reports: CellReport[]) => void;
	readonly #residents = new Map<VmId, Resident>();
	readonly #queue: RunQueue<Resident>;
	readonly #mail: Mail;
	readonly #turns: Turns;
	readonly #timers: VmTimers;
	readonly #keeping: Keeping | undefined;
	readonly #hibernation: Hibernation;
	readonly #moves: Moves;
	readonly #suspension: Suspension;
	readonly #code: CodeReader | undefined;
	readonly #reclaim: Reclaim | undefined;
	#reports: CellReport[] = [];

	constructor({
		clock,
		storage,
		heartbeat = new Heartbeat(),
		linkForeign,
		packing = plainPacking,
		code,
		reclaim,
		report,
		wake,
		notify,
	}: CellOptions) {
		this.#clock = clock;
		this.#code = code;
		this.#reclaim = reclaim;
		this.#report = report;
		this.#queue = new RunQueue<Resident>({ wake, now: () => clock.now() });
		this.#mail = new Mail({
			clock,
			queue: this.#queue,
			residents: this.#residents,
			say: (said) => this.#say(said),
			tell: (resident, report) => this.#tell(resident, report),
			flush: () => this.#flush(),
			notify,
		});
		this.#timers = new VmTimers({ clock, give: (vm, event) => this.#mail.give(vm, event) });
		this.#turns = new Turns({
			clock,
			heartbeat,
			linkForeign,
			queue: this.#queue,
			wake,
			take: (resident) => this.#take(resident),
			finished: (resident, vm, effects) => this.#finished(resident, vm, effects),
			rouse: (resident) => this.#hibernation.wake(resident),
			failed: (resident, vm, error) => this.#failed(resident, vm, error),
			exceeded: ({ id }, budget, detail) => this.#say({ tag: 'exceeded', vm: id, budget, detail }),
			rested: () => this.#flush(),
		});
		this.#hibernation = new Hibernation({
			clock,
			packing,
			residents: this.#residents,
			turns: this.#turns,
			slept: ({ id }) => this.#say({ tag: 'slept', vm: id }),
			woke: ({ id }) => this.#say({ tag: 'woke', vm: id }),
			failed: (resident, vm, error) => this.#failed(resident, vm, error),
			reclaim: () => this.#lookForMemory('sleep'),
			flush: () => this.#flush(),
		});
		this.#moves = new Moves({
			clock,
			residents: this.#residents,
			mail: this.#mail,
			turns: this.#turns,
			queue: this.#queue,
			hibernation: this.#hibernation,
			arm: (resident, timer, firstMs) => this.#timers.set(resident, timer, firstMs),
			remove: (resident) => this.#remove(resident),
			say: (report) => this.#say(report),
		});
		this.#suspension = new Suspension({
			clock,
			residents: this.#residents,
			queue: this.#queue,
			mail: this.#mail,
			hibernation: this.#hibernation,
			keep: async ({ keeper }) => {
				if (keeper?.isSettled === false) await this.#keeping?.snapshots.take(keeper);
			},
			arm: (resident, timer, firstMs) => this.#timers.set(resident, timer, firstMs),
			say: (report) => this.#say(report),
		});
		this.#keeping = storage && new Keeping(storage, this.#kept());
		this.#mail.kept = this.#keeping?.mail;
	}

	#kept(): KeepingCell {
		return {
			clock: this.#clock,
			residents: this.#residents,
			mail: this.#mail,
			make: (resident, spec) => this.#turns.make(resident, spec),
			begin: (resident) => this.#turns.begin(resident),
			goOn: (resident, vm) => {
				this.#turns.adopt(resident, vm);
				this.#started(resident);
			},
			stillborn: (resident, error) => this.#stillborn(resident, error),
			apply: (resident, vm, effect) => this.#apply(resident, vm, effect),
			arm: (resident, timer, firstMs) => this.#timers.set(resident, timer, firstMs),
			ready: (resident) => this.#queue.add(resident),
			wake: (resident) => this.#hibernation.wake(resident),
			say: (report) => this.#say(report),
			flush: () => this.#flush(),
		};
	}

	accept(command: CellCommand): void {
		if (isMoveCommand(command)) this.#moves.accept(command);
		else this.#accept(command);
		this.#flush();
	}

	#accept(command: Exclude<CellCommand, MoveCommand>): void {
		switch (command.tag) {
			case 'start':
				this.#start(command.vm, command.spec);
				break;
			case 'stop':
				this.#stop(command.vm);
				break;
			case 'suspend':
				this.#suspension.suspend(command.vm);
				break;
			case 'resume':
				this.#suspension.resume(command.vm);
				break;
			case 'stop-recording':
				this.#residents.get(command.vm)?.recorder?.close(command.why);
				break;
			case 'event':
				this.#mail.give(command.vm, command.event);
				break;
			case 'wanted':
				this.#mail.want(command.topics);
				break;
			case 'routes':
				this.#mail.route(command.version, command.changes);
				break;
			case 'link':
				this.#mail.link(command);
				break;
			case 'unlink':
				this.#mail.unlink(command.peer);
				break;
			case 'publish':
				this.#mail.publishFromOutside(command);
				break;
			case 'request':
				this.#mail.asking.requestFromOutside(command);
				break;
			case 'answer':
				this.#mail.asking.answerFromOutside(command);
				break;
			case 'look':
				this.#mail.look(command);
				break;
			case 'forget':
				void this.#keeping?.forget(command.name, command.butFor).catch(() => undefined);
				break;
			case 'heard':
				this.#keeping?.heard(command.number);
				break;
			case 'close':
				void this.#close();
				break;
			case 'count':
				this.#say({
					tag: 'counts',
					vms: [...this.#residents.values()].map((resident) => resident.counts(this.#clock.now())),
					links: this.#mail.exchange.counts(),
				});
				break;
		}
	}

	/** Takes in what other cells have said; true when there may be more. To be called before turns are run. */
	hear(): boolean {
		const isMore = this.#mail.exchange.hear();
		this.#flush();
		return isMore;
	}

	/** True when there is nothing to do until a command comes, a timer fires or another cell rings. */
	isIdle(): boolean {
		const isIdle = this.#mail.exchange.isIdle();
		this.#flush();
		return isIdle && this.#queue.isEmpty;
	}

	/** Makes what a turn that runs for long needs, before it does: to be called when there is nothing else to do. */
	prepare(): void {
		this.#turns.prepare();
	}

	/** Runs VMs for a moment, `turns` calls at most; true when there may be more to do. */
	run(turns: number): boolean {
		return this.#turns.run(turns);
	}

	#start(id: VmId, spec: VmSpec): void {
		const now = this.#clock.now();
		const resident = this.#residents.get(id) ?? new Resident(id, spec, now);
		this.#residents.set(id, resident);
		this.#hibernation.gone(resident);
		resident.code = new ServiceCode(spec.module, this.#keptCode(spec));
		resident.spec = new HousedSpec(spec, resident.code);
		resident.startedAtUs = now;
		resident.isSuspended = false;
		resident.recorder = this.#recorderFor(resident);
		try {
			if (spec.passage !== undefined) this.#moves.arrive(resident, spec.passage);
			else if (spec.keep !== undefined && this.#keeping !== undefined) this.#keeping.start(resident);
			else this.#turns.begin(resident);
			// What comes while it starts waits for it.
			this.#mail.join(resident);
		} catch (error) {
			if (!(error instanceof VmError)) throw error;
			this.#stillborn(resident, error);
		}
	}

	#keptCode({ code: key }: VmSpec): KeptCode | undefined {
		return key === undefined || this.#code === undefined ? undefined : { key, reader: this.#code };
	}

	/** It could not be called even once. */
	#stillborn(resident: Resident, error: VmError): void {
		const crash = crashOf({ resident, error, given: [] });
		this.#say({ tag: 'fault', vm: resident.id, code: error.code, log: [], ...crash });
	}

	#recorderFor(resident: Resident): Recorder | undefined {
		const { id: vm, spec } = resident;
		const { recording } = spec;
		if (recording === undefined) return undefined;
		return new Recorder({
			vm,
			order: recording,
			say: (recorded) => this.#tell(resident, { tag: 'recorded', vm, recording: recording.id, ...recorded }),
		});
	}

	#stop(id: VmId): void {
		const resident = this.#residents.get(id);
		if (resident !== undefined) {
			resident.recorder?.close('the VM was stopped');
			this.#remove(resident);
			const { keeper } = resident;
			if (keeper !== undefined && this.#keeping !== undefined) return void this.#leave(this.#keeping, keeper);
		}
		// Also of one that has not come yet: who waits for this must not wait for ever. Not before the last
		// that it said is on its way: elsewhere, it may say more as soon as it has stopped here.
		this.#mail.exchange.whenSaid(id, () => this.#say({ tag: 'stopped', vm: id }));
	}

	#remove(resident: Resident): void {
		this.#turns.end(resident);
		this.#hibernation.gone(resident);
		resident.clearTimers();
		this.#residents.delete(resident.id);
		this.#mail.leave(resident);
	}

	async #leave(keeping: Keeping, keeper: Keeper): Promise<void> {
		const { id } = keeper.resident;
		// What cannot be written now is what the journal held before.
		await keeping.leave(keeper).catch(() => undefined);
		this.#mail.exchange.whenSaid(id, () => this.#say({ tag: 'stopped', vm: id }));
		this.#flush();
	}

	async #close(): Promise<void> {
		await this.#keeping?.close();
		this.#say({ tag: 'closed' });
		this.#flush();
	}

	#started(resident: Resident): void {
		const { id, startedAtUs } = resident;
		this.#say({ tag: 'started', vm: id, tookUs: this.#clock.now() - startedAtUs });
		this.#hibernation.mind(resident);
		this.#lookForMemory('start');
	}

	/** That stops this thread for a while: never beside a VM that has to be on time. */
	#lookForMemory(behind: Parameters<Reclaim>[0]): void {
		const isCalm = this.#residents.values().every(({ spec }) => spec.priority !== 'realtime');
		if (isCalm) this.#reclaim?.(behind);
	}

	#take(resident: Resident): readonly Waiting<Event>[] {
		const taken = resident.inbox.take(resident.singly > 0 ? 1 : eventsPerTurn(resident.spec));
		this.#mail.releaseWaiters(resident);
		for (let at = 0; at < taken.length; at++)
			if (!this.#mail.asking.isStillWanted((taken[at] as Waiting<Event>).event))
				return taken.filter(({ event }) => this.#mail.asking.isStillWanted(event));
		return taken;
	}

	#finished(resident: Resident, vm: Vm, effects: readonly Effect[]): void {
		const { keeper } = resident;
		keeper?.finished(effects);
		if (resident.stage === 'start') this.#started(resident);
		else if (resident.singly > 0) resident.singly--;
		if (resident.isHeld) this.#say({ tag: 'at-rest', vm: resident.id });
		for (const line of vm.takeLog()) this.#tell(resident, { tag: 'log', vm: resident.id, line });
		if (keeper !== undefined) this.#keeping?.apply(keeper, vm, effects);
		else for (const effect of effects) this.#apply(resident, vm, effect);
	}

	#apply(resident: Resident, vm: Vm, effect: Effect): void {
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

	#failed(resident: Resident, vm: Vm, error: VmError): void {
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
		const fault: CellReport = { tag: 'fault', vm: resident.id, code, log: vm.takeLog(), ...crash };
		const { keeper } = resident;
		// It comes back to what it was before this turn: its timers run on, and all that waits for it waits. The
		// turn did not happen, so that its lines go with the report of it; what it was given has to be durable.
		if (keeper?.isJournalled === true) return this.#keeping?.after(() => this.#say(fault));
		resident.clearTimers();
		resident.inbox.keep(({ event }) => event.tag === 'message');
		this.#say(fault);
	}

	/** Says what is to be seen of a VM: of a journalled one not before it is sure. */
	#tell(resident: Resident, report: CellReport): void {
		if (resident.isJournalled && this.#keeping !== undefined) this.#keeping.tell(report);
		else this.#say(report);
	}

	#say(report: CellReport): void {
		this.#reports.push(report);
	}

	#flush(): void {
		this.#mail.exchange.commit();
		if (this.#reports.length === 0) return;
		const reports = this.#reports;
		this.#reports = [];
		this.#report(reports);
	}
}
