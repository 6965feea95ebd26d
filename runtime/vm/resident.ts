/** A VM's place in its cell: what waits for it, what it waits for, and what it has done. */
import { Alike } from '../alike.ts';
import { Inbox, type Waiting } from '../bus/inbox.ts';
import type { Timer } from '../clock.ts';
import type { Event } from '../component/generated/service.ts';
import type { PausedCall } from '../component/lane/lane.ts';
import type { ServiceCode } from '../component/service-code.ts';
import type { Keeper } from '../durability/keeper.ts';
import type { Marks } from '../durability/marks.ts';
import type { Recorder } from '../recording/recorder.ts';
import type { VmCounts, VmId, VmSpec } from './cell-protocol.ts';
import { CpuShare } from './cpu-share.ts';
import type { Bed } from './dormitory.ts';
import type { ArmedTimer } from './passage.ts';
import type { TopicWay } from './topic-ways.ts';
import { TurnStats } from './turn-stats.ts';
import type { TurnWatch } from './turn-watch.ts';
import type { Vm } from './vm.ts';

/** A message that its receiver had no room for; its sender stands still until it has. */
export interface HeldMessage {
	readonly to: Resident;
	readonly item: Waiting<Event>;
	/** Called when it has found room, or nobody is there any more. */
	placed?: () => void;
}

/** `begin` is the module's own start function, `start` the service's. */
export type Stage = 'begin' | 'start' | 'turn';

/** Who can stand still because a message found no room: a VM of this cell, or one of another. */
export interface Sender {
	/** Never pushed to while it is empty. */
	held: HeldMessage[];
}

// What most have in common at most times, so that one that sleeps takes little.
export const nothingHeld: HeldMessage[] = [];
const noTimers: ReadonlyMap<number, Timer & ArmedTimer> = new Map();
const inboxes = new Alike();

export class Resident implements Sender {
	readonly id: VmId;
	/** As it was started last. */
	spec: VmSpec;
	inbox: Inbox<Event>;
	/** Undefined before its start and after a fault: messages wait, nothing runs. */
	vm: Vm | undefined;
	/** Its module, also while nobody has it compiled. */
	code: ServiceCode | undefined;
	/** All of its state, packed, while it has no instance. */
	asleep: Bed | undefined;
	/** When its last turn ended. */
	restedAtUs = 0;
	/** What its next call is for. */
	stage: Stage = 'turn';
	/** Its call has had a slice and goes on later. */
	paused: PausedCall | undefined;
	/** When its cell was told to start it. */
	startedAtUs = 0;
	/** What the turn under way was given. */
	taken: readonly Waiting<Event>[] = [];
	share: CpuShare;
	/** Held back until its share of the processor allows more. */
	throttle: Timer | undefined;
	/** Writes its turns down, where that was asked for. */
	recorder: Recorder | undefined;
	/** Keeps it across faults and power cuts, where its manifest asks for that. */
	keeper: Keeper | undefined;
	/** Every turn is in the journal before anything of it leaves: what it is told is safe as soon as what its sender did is. */
	isJournalled = false;
	/** It ends the turn it is in, and begins no other. */
	isHeld = false;
	/** It may not run for now; other than what is held, that may be for days. */
	isSuspended = false;
	/** It ends the turn it is in, begins no other, and is gone then. */
	isLeaving = false;
	/** Nobody is here, and another version is to come: messages wait for that. */
	isVacant = false;
	/** What waits for it was said to the version before, and is in no record of its own yet. */
	isHandedOver = false;
	/** What had come to the journalled version before, where this one is none. */
	before: Marks | undefined;
	#whenRested: PromiseWithResolvers<void> | undefined;
	/** How often it was to be brought back. */
	arrivals = 0;
	timers = noTimers;
	#ownTimers: Map<number, Timer & ArmedTimer> | undefined;
	/** Kept by `TopicWays`. */
	ways: TopicWay[] | undefined;
	waysVersion = 0;
	held = nothingHeld;
	#waiters: Set<Sender> | undefined;
	/** Whether somebody may be among them: every turn asks. */
	isAwaited = false;
	/** Other cells where what it published has not found room, and for which it stands still. */
	cellsAwaited = 0;
	/** Events still to be given one a turn, to find the one that ended a turn badly. */
	singly = 0;
	isQueued = false;
	// Kept by the run queue.
	readyKey = 0;
	readyOrder = 0;
	readyAtUs = 0;
	usedUs = 0;
	/** Time inside the guest in the call under way. */
	callUs = 0;
	stats = new TurnStats();
	/** Messages that it has sent. */
	sent = 0;
	/** Messages that ended two turns badly by themselves. */
	setAside = 0;

	constructor(id: VmId, spec: VmSpec, nowUs: number) {
		this.id = id;
		this.spec = spec;
		this.share = CpuShare.of(spec.budget.cpuPercent, nowUs);
		this.inbox = inboxFor(spec);
	}

	/** Another version lives here from now on, and finds what waits in the inbox. */
	moveIn(spec: VmSpec, waiting: readonly Waiting<Event>[], nowUs: number): void {
		this.isVacant = false;
		this.isHandedOver = waiting.length > 0;
		this.share = CpuShare.of(spec.budget.cpuPercent, nowUs);
		this.inbox = inboxFor(spec);
		for (const item of waiting) this.inbox.push(item);
		this.stats = new TurnStats();
		this.sent = 0;
		this.setAside = 0;
	}

	/** Made when it is needed: of most it never is. */
	get waiters(): Set<Sender> {
		this.#waiters ??= new Set();
		return this.#waiters;
	}

	get isReady(): boolean {
		if (this.vm === undefined || this.throttle !== undefined || this.keeper?.mayRun === false) return false;
		if (this.paused !== undefined || this.stage !== 'turn') return true;
		if (this.isHeld || this.isSuspended || this.isLeaving) return false;
		return this.held.length === 0 && this.cellsAwaited === 0 && this.inbox.length > 0;
	}

	/** Who sees its turns. */
	get watch(): TurnWatch | undefined {
		return this.keeper ?? this.recorder;
	}

	/** True once its start is done. */
	get isUp(): boolean {
		return this.vm !== undefined && this.stage === 'turn';
	}

	/** A turn of it stands still between two slices. */
	get isInTurn(): boolean {
		return this.paused !== undefined && this.stage === 'turn';
	}

	/** Resolves once the turn that it is in has ended, in whatever way. */
	whenRested(): Promise<void> {
		this.#whenRested ??= Promise.withResolvers();
		return this.#whenRested.promise;
	}

	/** Its turn has ended. */
	rested(): void {
		this.#whenRested?.resolve();
		this.#whenRested = undefined;
	}

	/** True when this one can only go on after `other`, directly or through those it waits for. */
	waitsFor(other: Sender): boolean {
		const next = this.held[0]?.to;
		return this === other || next?.waitsFor(other) === true;
	}

	/** True when it can only go on after something has happened in another cell. */
	standsStillAbroad(): boolean {
		return this.cellsAwaited > 0 || this.held[0]?.to.standsStillAbroad() === true;
	}

	/** Whether the journalled version that was here before has had the message, or left it to this one. */
	hadBefore(sender: VmId, turn: number, index: number): boolean {
		return this.before?.isNew({ sender, turn, index, sequence: 0 }) === false;
	}

	/** The sender waits for room here. */
	join(sender: Sender): void {
		this.waiters.add(sender);
		this.isAwaited = true;
	}

	/** In place of the one with its number, which is not cancelled by this. */
	setTimer(timer: Timer & ArmedTimer): void {
		this.#ownTimers ??= new Map();
		this.#ownTimers.set(timer.id, timer);
		this.timers = this.#ownTimers;
	}

	dropTimer(id: number): void {
		this.#ownTimers?.delete(id);
	}

	clearTimers(): void {
		for (const timer of this.timers.values()) timer.cancel();
		this.timers = noTimers;
		this.#ownTimers = undefined;
	}

	counts(nowUs: number): VmCounts {
		return {
			vm: this.id,
			...this.stats.counts(nowUs),
			memoryBytes: this.asleep?.length ?? this.vm?.memoryBytes ?? 0,
			inboxLength: this.inbox.length,
			inboxBytes: this.inbox.bytes,
			dropped: this.inbox.dropped,
			setAside: this.setAside,
			sent: this.sent,
		};
	}
}

function inboxFor({ budget: { inboxMessages, inboxBytes } }: VmSpec): Inbox<Event> {
	return new Inbox(inboxes.of({ messages: inboxMessages, bytes: inboxBytes }));
}
