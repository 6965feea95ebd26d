/**
 * Has the VMs of a cell called, one at a time and never one again before its call has ended.
 *
 * What is not realtime runs in slices: a call that has had one stands still, and goes on when the run
 * queue comes to its VM again. Between two slices the thread sees to what has come from outside.
 */
import type { Waiting } from '../bus/inbox.ts';
import type { Clock } from '../clock.ts';
import { u64FromNumber } from '../component/bits.ts';
import type { Effect, Event } from '../component/generated/service.ts';
import { Lane, type LaneCall, type LaneHost, type PausedCall } from '../component/lane/lane.ts';
import { Slab } from '../component/slab.ts';
import type { ForeignLinker } from '../foreign/foreign-guest.ts';
import type { BudgetName } from './budget-name.ts';
import type { VmSpec } from './cell-protocol.ts';
import { VmError } from './error.ts';
import type { Heartbeat } from './heartbeat.ts';
import type { Resident, Stage } from './resident.ts';
import type { RunQueue } from './run-queue.ts';
import type { Transactions } from './transactions.ts';
import { Vm } from './vm.ts';

/** Longest time without a look at what else there is to do, in microseconds. */
const sliceUs = 500;

const nothing: readonly Waiting<Event>[] = [];

export interface TurnsOptions {
	readonly clock: Clock;
	readonly heartbeat: Heartbeat;
	/** What links foreign components; without it none of them starts. */
	readonly linkForeign: ForeignLinker | undefined;
	readonly queue: RunQueue<Resident>;
	/** Asks for `run` soon. */
	readonly wake: () => void;
	readonly transactions: Transactions;
	/** Has one that sleeps ready for a call. @throws VmError */
	readonly rouse: (resident: Resident) => void;
	/** It is held back, or was called late. */
	readonly exceeded: (resident: Resident, budget: BudgetName, detail: string) => void;
	/** Nothing runs for the moment. */
	readonly rested: () => void;
}

export class Turns implements LaneHost {
	readonly #options: TurnsOptions;
	// Of the options, what every message takes.
	readonly #clock: Clock;
	readonly #heartbeat: Heartbeat;
	readonly #queue: RunQueue<Resident>;
	readonly #transactions: Transactions;
	readonly #lane: Lane;
	/** What all VMs say to each other is copied here. */
	readonly #slab = new Slab();
	readonly #byCall = new Map<LaneCall, Resident>();
	#running: Resident | undefined;
	/** The clock when it was read last: reading it costs as much as a small message. */
	#nowUs = 0;
	/** When the thread last looked up from its VMs, and when the running slice began. */
	#lookedUpAt = 0;
	#sliceBegan = 0;
	#turnsLeft = 0;
	/** No turn begins. */
	isStill = false;

	constructor(options: TurnsOptions) {
		this.#options = options;
		this.#clock = options.clock;
		this.#heartbeat = options.heartbeat;
		this.#queue = options.queue;
		this.#transactions = options.transactions;
		this.#lane = new Lane(this);
	}

	/** What is needed only once something runs for long, and takes a while to make. */
	prepare(): void {
		this.#lane.prepare();
	}

	/** Has a new VM started, once it is its turn. @throws VmError when it cannot be linked */
	begin(resident: Resident): void {
		const vm = this.make(resident, resident.spec);
		if (vm.isPlain) return this.adopt(resident, vm, 'start');
		vm.link();
		this.adopt(resident, vm, 'begin');
	}

	/** A VM that is not linked yet. */
	make({ id, watch }: Resident, spec: VmSpec): Vm {
		const { linkForeign } = this.#options;
		return new Vm({ id, spec, linkForeign, lane: this.#lane, slab: this.#slab, watch });
	}

	/** Has a linked VM called from now on; one that was brought back goes on with its next turn. */
	adopt(resident: Resident, vm: Vm, stage: Stage = 'turn'): void {
		resident.vm = vm;
		resident.stage = stage;
		resident.callUs = 0;
		if (!vm.isPlain) this.#byCall.set(vm.call, resident);
		this.#options.queue.add(resident);
	}

	/** The VM has no calls until it is adopted again. */
	dismiss(call: LaneCall): void {
		this.#byCall.delete(call);
	}

	/** Ends the VM, wherever its call stands. */
	end(resident: Resident): void {
		const { vm, paused } = resident;
		const isCallable = vm?.isPlain === false && resident.asleep === undefined;
		resident.vm = undefined;
		resident.asleep?.leave();
		resident.asleep = undefined;
		resident.paused = undefined;
		resident.stage = 'turn';
		resident.throttle?.cancel();
		resident.throttle = undefined;
		resident.rested();
		if (vm === undefined) return;
		if (isCallable) this.#byCall.delete(vm.call);
		vm.leave();
		paused?.abort(new VmError('vm-gone', `${resident.spec.name} was stopped`));
	}

	/** Has VMs called for one slice, or until none is ready; true when there may be more to do. */
	run(turns: number): boolean {
		const { queue, clock } = this.#options;
		// It goes on by itself, and asks to be run again.
		if (this.#lane.isBusy || this.isStill) return false;
		const next = queue.first;
		if (next === undefined) return false;
		this.#turnsLeft = turns;
		this.#nowUs = clock.now();
		this.#lookedUpAt = this.#nowUs;
		if (next.paused === undefined) this.#lane.run();
		else this.#resume();
		this.#options.rested();
		return !queue.isEmpty;
	}

	now(): number {
		return this.#options.clock.now();
	}

	next(): LaneCall | undefined {
		const queue = this.#queue;
		while (!this.isStill && this.#turnsLeft > 0 && this.#nowUs - this.#lookedUpAt < sliceUs) {
			const resident = queue.take();
			if (resident === undefined) break;
			// It goes on upon a stack of its own: in the next run.
			if (resident.paused !== undefined) {
				queue.add(resident);
				break;
			}
			this.#turnsLeft--;
			if (!resident.share.mayRun(this.#nowUs)) {
				this.#holdBack(resident, this.#nowUs);
				continue;
			}
			const vm = resident.vm as Vm;
			if (vm.isPlain) {
				this.#callPlainly(resident, vm, this.#nowUs);
				continue;
			}
			if (this.#open(resident, vm)) return vm.call;
		}
		if (!queue.isEmpty) this.#options.wake();
		this.#options.rested();
		return undefined;
	}

	returned(_: LaneCall, result: number): void {
		const resident = this.#running as Resident;
		const vm = resident.vm as Vm;
		try {
			if (resident.stage === 'turn') this.#closeTurn(resident, vm, result);
			else this.#closeStart(resident, vm, result);
		} catch (error) {
			this.#fail(resident, vm, error);
		}
		this.#queue.add(resident);
	}

	failed(call: LaneCall, cause: unknown): void {
		const resident = this.#byCall.get(call);
		// What was stopped in the middle of a call is no failure.
		if (resident?.vm !== undefined) {
			this.#account(resident);
			this.#fail(resident, resident.vm, resident.vm.fail(cause));
			this.#options.rested();
		}
		if (!this.#options.queue.isEmpty) this.#options.wake();
	}

	isSliceOver(nowUs: number): boolean {
		return nowUs - this.#sliceBegan >= sliceUs;
	}

	paused(call: PausedCall): void {
		const resident = this.#running as Resident;
		this.#account(resident);
		resident.paused = call;
		this.#options.queue.add(resident);
		this.#options.rested();
	}

	#resume(): void {
		const { queue } = this.#options;
		const resident = queue.take();
		const paused = resident?.paused;
		if (resident === undefined || paused === undefined) return;
		if (!resident.share.mayRun(this.#lookedUpAt)) return this.#holdBack(resident, this.#lookedUpAt);
		resident.paused = undefined;
		this.#enter(resident, this.#lookedUpAt);
		paused.resume();
	}

	/** False when it need not be called, or failed before it was. */
	#open(resident: Resident, vm: Vm): boolean {
		const now = this.#nowUs;
		this.#enter(resident, now);
		try {
			if (resident.asleep !== undefined) this.#options.rouse(resident);
			if (resident.stage !== 'turn') {
				this.#openStart(resident, vm, now);
				return true;
			}
			if (this.#openTurn(resident, vm, now)) return true;
			this.#account(resident);
			this.#queue.add(resident);
		} catch (error) {
			this.#account(resident);
			this.#fail(resident, vm, error);
		}
		return false;
	}

	/** The whole of a call, which nothing can interrupt. */
	#callPlainly(resident: Resident, vm: Vm, now: number): void {
		this.#enter(resident, now);
		const { stage, spec, timers } = resident;
		const timersLeft = spec.budget.timers - timers.size;
		try {
			let effects: Effect[] = [];
			try {
				if (stage === 'turn') resident.taken = this.#transactions.take(resident);
				const inbox = resident.taken.map(({ event }) => event);
				if (stage === 'start') effects = vm.start(u64FromNumber(timeFor(spec, now)), timersLeft);
				else if (inbox.length > 0) effects = vm.turn(u64FromNumber(timeFor(spec, now)), inbox, timersLeft);
			} finally {
				this.#account(resident);
			}
			if (stage === 'start' || resident.taken.length > 0) this.#settle(resident, vm, effects);
		} catch (error) {
			this.#fail(resident, vm, error);
		}
		this.#options.queue.add(resident);
	}

	#openStart(resident: Resident, vm: Vm, now: number): void {
		if (resident.stage === 'begin' && vm.openBegin()) return;
		resident.stage = 'start';
		vm.openStart(u64FromNumber(timeFor(resident.spec, now)));
	}

	/** False when nothing is given to it. */
	#openTurn(resident: Resident, vm: Vm, now: number): boolean {
		const { spec } = resident;
		const taken = this.#transactions.take(resident);
		resident.taken = taken;
		const first = taken[0];
		if (first === undefined) return false;
		if (spec.priority === 'realtime') this.#checkDeadline(resident, now);
		// Most come alone.
		const inbox = taken.length === 1 ? [first.event] : taken.map(({ event }) => event);
		vm.openTurn(timeFor(spec, now), inbox);
		return true;
	}

	#closeTurn(resident: Resident, vm: Vm, result: number): void {
		let effects: Effect[];
		try {
			effects = vm.closeTurn(result, resident.spec.budget.timers - resident.timers.size);
		} finally {
			this.#account(resident);
		}
		this.#transactions.finished(resident, vm, effects);
		this.#count(resident);
		this.#takeBack(resident);
		resident.taken = nothing;
	}

	/** The turn was the end of messages that nobody else has. */
	#takeBack({ taken, recorder }: Resident): void {
		if (recorder !== undefined) return;
		for (let at = 0; at < taken.length; at++) {
			const { isSole, event } = taken[at] as Waiting<Event>;
			if (isSole === true && event.tag === 'message')
				this.#slab.takeBack(event.val.payload as Uint8Array<ArrayBuffer>);
		}
	}

	#closeStart(resident: Resident, vm: Vm, result: number): void {
		let effects: Effect[] = [];
		const { stage, timers, spec } = resident;
		try {
			if (stage === 'start') effects = vm.closeStart(result, spec.budget.timers - timers.size);
		} finally {
			this.#account(resident);
		}
		if (stage === 'start') this.#settle(resident, vm, effects);
	}

	/** A start or a turn has ended well. */
	#settle(resident: Resident, vm: Vm, effects: readonly Effect[]): void {
		const { stage } = resident;
		this.#transactions.finished(resident, vm, effects);
		resident.stage = 'turn';
		resident.restedAtUs = this.#nowUs;
		if (stage === 'turn') this.#count(resident);
		// What it took to start is no time of its first turn.
		else resident.callUs = 0;
		resident.taken = nothing;
	}

	#fail(resident: Resident, vm: Vm, error: unknown): void {
		// Anything else is the platform's own mistake: it must not be blamed on a guest.
		if (!(error instanceof VmError)) throw error;
		if (resident.stage === 'turn') this.#count(resident);
		this.end(resident);
		this.#transactions.failed(resident, vm, error);
		resident.taken = nothing;
	}

	#enter(resident: Resident, now: number): void {
		this.#running = resident;
		this.#sliceBegan = now;
		this.#heartbeat.begin(resident.id);
	}

	/** The slice is over. */
	#account(resident: Resident): void {
		this.#heartbeat.end();
		const now = this.#clock.now();
		this.#nowUs = now;
		const us = now - this.#sliceBegan;
		resident.callUs += us;
		resident.share.charge(us, now);
		this.#queue.charge(resident, us);
	}

	/** A turn has ended, well or badly. */
	#count(resident: Resident): void {
		const { stats, taken } = resident;
		stats.turn(this.#nowUs, { tookUs: resident.callUs, events: taken.length });
		resident.callUs = 0;
		resident.restedAtUs = this.#nowUs;
	}

	#checkDeadline(resident: Resident, now: number): void {
		const lateUs = now - resident.readyAtUs - resident.spec.budget.deadlineMs * 1000;
		if (lateUs <= 0) return;
		resident.stats.late(lateUs);
		this.#options.exceeded(resident, 'deadline', `called ${lateUs} us after its deadline`);
	}

	/** Its share of the processor is used up for a while. */
	#holdBack(resident: Resident, now: number): void {
		const waitMs = resident.share.waitMs(now);
		const { cpuPercent } = resident.spec.budget;
		this.#options.exceeded(resident, 'cpu-share', `${cpuPercent} % of a core are used up for ${waitMs} ms`);
		resident.throttle = this.#clock.after(waitMs, () => {
			resident.throttle = undefined;
			this.#queue.add(resident);
		});
	}
}

/** The time a turn is given: no finer than its clock grant. */
function timeFor({ clockStepUs }: VmSpec, nowUs: number): number {
	if (clockStepUs === 1) return nowUs;
	// The remainder of two numbers this far apart would take longer than all else that is done to them.
	return Math.floor(nowUs / clockStepUs) * clockStepUs;
}
