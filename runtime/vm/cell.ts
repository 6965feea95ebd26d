/**
 * Runs the VMs of one thread: their turns, their timers, their mail to each other.
 *
 * Order holds per sender and topic. Delivery is always on a later turn, so a VM may publish to
 * itself and is never re-entered.
 */
import type { Waiting } from '../bus/inbox.ts';
import type { Clock } from '../clock.ts';
import type { Effect, Event } from '../component/generated/service.ts';
import type { Keeper } from '../durability/keeper.ts';
import { Keeping, type KeepingCell } from '../durability/keeping.ts';
import type { CellStorage } from '../durability/storage.ts';
import { Recorder } from '../recording/recorder.ts';
import type { CellCommand, CellReport, VmId, VmSpec } from './cell-protocol.ts';
import { isBoxEffect } from './effect-check.ts';
import { VmError } from './error.ts';
import { Heartbeat } from './heartbeat.ts';
import { Mail } from './mail.ts';
import { Resident } from './resident.ts';
import { RunQueue } from './run-queue.ts';
import { Turns } from './turns.ts';
import type { Vm } from './vm.ts';

/** The most events one turn is given. */
const turnEvents = 256;

export interface CellOptions {
	readonly clock: Clock;
	/** Where VMs are kept whose manifests ask for it; without it they are not. */
	readonly storage?: CellStorage;
	/** Told where the cell is, so that a watchdog can see a turn that never ends. */
	readonly heartbeat?: Heartbeat;
	/** Called with everything that happened since the last call, in order. */
	readonly report: (reports: CellReport[]) => void;
	/** Called when there is something to run: the host calls `run` soon, but not from here. */
	readonly wake: () => void;
}

export class Cell {
	readonly #clock: Clock;
	readonly #report: (reports: CellReport[]) => void;
	readonly #residents = new Map<VmId, Resident>();
	readonly #queue: RunQueue<Resident>;
	readonly #mail: Mail;
	readonly #turns: Turns;
	readonly #keeping: Keeping | undefined;
	#reports: CellReport[] = [];

	constructor({ clock, storage, heartbeat = new Heartbeat(), report, wake }: CellOptions) {
		this.#clock = clock;
		this.#report = report;
		this.#queue = new RunQueue<Resident>({ wake, now: () => clock.now() });
		this.#mail = new Mail({
			clock,
			queue: this.#queue,
			residents: this.#residents,
			say: (said) => this.#say(said),
			flush: () => this.#flush(),
		});
		this.#turns = new Turns({
			clock,
			heartbeat,
			queue: this.#queue,
			wake,
			take: (resident) => this.#take(resident),
			finished: (resident, vm, effects) => this.#finished(resident, vm, effects),
			failed: (resident, vm, error) => this.#failed(resident, vm, error),
			exceeded: ({ id }, budget) => this.#say({ tag: 'exceeded', vm: id, budget }),
			rested: () => this.#flush(),
		});
		this.#keeping = storage && new Keeping(storage, this.#kept());
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
				this.#joined(resident);
			},
			apply: (resident, vm, effect) => this.#apply(resident, vm, effect),
			arm: (resident, timer, firstMs) => this.#setTimer(resident, timer, firstMs),
			ready: (resident) => this.#queue.add(resident),
			say: (report) => this.#say(report),
			flush: () => this.#flush(),
		};
	}

	accept(command: CellCommand): void {
		switch (command.tag) {
			case 'start':
				this.#start(command.vm, command.spec);
				break;
			case 'stop':
				this.#stop(command.vm);
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
			case 'publish':
				this.#mail.publishFromOutside(command);
				break;
			case 'request':
				this.#mail.requestFromOutside(command);
				break;
			case 'answer':
				this.#mail.answerFromOutside(command);
				break;
			case 'forget':
				void this.#keeping?.forget(command.name, command.butFor).catch(() => undefined);
				break;
			case 'close':
				void this.#close();
				break;
			case 'count':
				this.#say({ tag: 'counts', vms: [...this.#residents.values()].map((resident) => resident.counts()) });
				break;
		}
		this.#flush();
	}

	/** Runs VMs for a moment, `turns` calls at most; true when there may be more to do. */
	run(turns: number): boolean {
		return this.#turns.run(turns);
	}

	#start(id: VmId, spec: VmSpec): void {
		const now = this.#clock.now();
		const resident = this.#residents.get(id) ?? new Resident(id, spec, now);
		this.#residents.set(id, resident);
		resident.startedAtUs = now;
		resident.recorder = this.#recorderFor(id, spec);
		if (spec.keep !== undefined && this.#keeping !== undefined) return this.#keeping.start(resident, spec);
		try {
			this.#turns.begin(resident);
		} catch (error) {
			if (!(error instanceof VmError)) throw error;
			this.#say({ tag: 'fault', vm: id, code: error.code, message: error.message, log: [] });
		}
	}

	#recorderFor(vm: VmId, { recording }: VmSpec): Recorder | undefined {
		if (recording === undefined) return undefined;
		return new Recorder({
			vm,
			order: recording,
			say: (recorded) => this.#say({ tag: 'recorded', vm, recording: recording.id, ...recorded }),
		});
	}

	#stop(id: VmId): void {
		const resident = this.#residents.get(id);
		if (resident !== undefined) {
			resident.recorder?.close('the VM was stopped');
			this.#turns.end(resident);
			resident.clearTimers();
			this.#residents.delete(id);
			this.#mail.leave(resident);
			const { keeper } = resident;
			if (keeper !== undefined && this.#keeping !== undefined) return void this.#leave(this.#keeping, keeper);
		}
		// Also of one that has not come yet: who waits for this must not wait for ever.
		this.#say({ tag: 'stopped', vm: id });
	}

	async #leave(keeping: Keeping, keeper: Keeper): Promise<void> {
		// What cannot be written now is what the journal held before.
		await keeping.leave(keeper).catch(() => undefined);
		this.#say({ tag: 'stopped', vm: keeper.resident.id });
		this.#flush();
	}

	async #close(): Promise<void> {
		await this.#keeping?.close();
		this.#say({ tag: 'closed' });
		this.#flush();
	}

	#joined(resident: Resident): void {
		this.#mail.join(resident);
		this.#say({ tag: 'started', vm: resident.id, tookUs: this.#clock.now() - resident.startedAtUs });
	}

	#take(resident: Resident): readonly Waiting<Event>[] {
		const taken = resident.inbox
			.take(resident.singly > 0 ? 1 : turnEvents)
			.filter(({ event }) => this.#mail.isStillWanted(event));
		this.#mail.releaseWaiters(resident);
		return taken;
	}

	#finished(resident: Resident, vm: Vm, effects: readonly Effect[]): void {
		const { keeper } = resident;
		keeper?.finished(effects);
		if (resident.stage === 'start') this.#joined(resident);
		else if (resident.singly > 0) resident.singly--;
		for (const line of vm.takeLog()) this.#say({ tag: 'log', vm: resident.id, line });
		if (keeper !== undefined) this.#keeping?.apply(keeper, vm, effects);
		else for (const effect of effects) this.#apply(resident, vm, effect);
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

	#setTimer(
		resident: Resident,
		timer: Extract<Effect, { tag: 'set-timer' }>['val'],
		firstMs = timer.delayMs,
	): void {
		const { id, repeat } = timer;
		resident.timers.get(id)?.cancel();
		const armed = this.#clock.after(Math.max(1, firstMs), () => {
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
		const isKept = resident.keeper?.isJournalled === true;
		const messages = taken.filter(({ event }) => isKept || event.tag === 'message');
		const [only] = messages;
		if (taken.length === 1 && only !== undefined && ++only.failures >= 2) {
			const topic = only.topic ?? '';
			const message = only.event.tag === 'message' ? only.event.val : undefined;
			this.#say({ tag: 'set-aside', vm: resident.id, topic, payload: message?.payload ?? new Uint8Array(0) });
			this.#mail.refuse(resident, message?.correlation ?? 0);
			messages.length = 0;
		}
		resident.singly = Math.max(resident.singly - 1, 0) + messages.length;
		resident.inbox.giveBack(messages);
	}

	#failed(resident: Resident, vm: Vm, { code, message }: VmError): void {
		this.#blame(resident, resident.taken);
		resident.recorder?.close('the VM failed');
		const fault: CellReport = { tag: 'fault', vm: resident.id, code, message, log: vm.takeLog() };
		const { keeper } = resident;
		// It comes back to what it was before this turn: its timers run on, and all that waits for it waits.
		if (keeper?.isJournalled === true) return this.#keeping?.after(keeper, () => this.#say(fault));
		resident.clearTimers();
		resident.inbox.keep(({ event }) => event.tag === 'message');
		this.#say(fault);
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
