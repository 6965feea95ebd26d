/** A VM's place in its cell: what waits for it, what it waits for, and what it has done. */
import { Inbox, type Waiting } from '../bus/inbox.ts';
import type { Timer } from '../clock.ts';
import type { Event } from '../component/generated/service.ts';
import type { PausedCall } from '../component/lane/lane.ts';
import type { Keeper } from '../durability/keeper.ts';
import type { Recorder } from '../recording/recorder.ts';
import type { VmCounts, VmId, VmSpec } from './cell-protocol.ts';
import { CpuShare } from './cpu-share.ts';
import type { TurnWatch } from './turn-watch.ts';
import type { Vm } from './vm.ts';

/** A message that its receiver had no room for; its sender stands still until it has. */
export interface HeldMessage {
	readonly to: Resident;
	readonly item: Waiting<Event>;
}

/** `begin` is the module's own start function, `start` the service's. */
export type Stage = 'begin' | 'start' | 'turn';

export class Resident {
	readonly id: VmId;
	readonly spec: VmSpec;
	readonly inbox: Inbox<Event>;
	/** Undefined before its start and after a fault: messages wait, nothing runs. */
	vm: Vm | undefined;
	/** What its next call is for. */
	stage: Stage = 'turn';
	/** Its call has had a slice and goes on later. */
	paused: PausedCall | undefined;
	/** When its cell was told to start it. */
	startedAtUs = 0;
	/** What the turn under way was given. */
	taken: readonly Waiting<Event>[] = [];
	readonly share: CpuShare;
	/** Held back until its share of the processor allows more. */
	throttle: Timer | undefined;
	/** Writes its turns down, where that was asked for. */
	recorder: Recorder | undefined;
	/** Keeps it across faults and power cuts, where its manifest asks for that. */
	keeper: Keeper | undefined;
	/** How often it was to be brought back. */
	arrivals = 0;
	readonly timers = new Map<number, Timer>();
	readonly held: HeldMessage[] = [];
	readonly waiters = new Set<Resident>();
	/** Events still to be given one a turn, to find the one that ended a turn badly. */
	singly = 0;
	isQueued = false;
	// Kept by the run queue.
	readyKey = 0;
	readyOrder = 0;
	readyAtUs = 0;
	usedUs = 0;
	turns = 0;
	events = 0;
	busyUs = 0;
	/** How often it was held back for its share, and how often it was called after its deadline. */
	throttled = 0;
	late = 0;

	constructor(id: VmId, spec: VmSpec, nowUs: number) {
		this.id = id;
		this.spec = spec;
		this.share = new CpuShare(spec.budget.cpuPercent, nowUs);
		this.inbox = new Inbox({ messages: spec.budget.inboxMessages, bytes: spec.budget.inboxBytes });
	}

	get isReady(): boolean {
		if (this.vm === undefined || this.throttle !== undefined || this.keeper?.mayRun === false) return false;
		if (this.paused !== undefined || this.stage !== 'turn') return true;
		return this.held.length === 0 && this.inbox.length > 0;
	}

	/** Who sees its turns. */
	get watch(): TurnWatch | undefined {
		return this.keeper ?? this.recorder;
	}

	/** True once its start is done. */
	get isUp(): boolean {
		return this.vm !== undefined && this.stage === 'turn';
	}

	/** True when this one can only go on after `other`, directly or through those it waits for. */
	waitsFor(other: Resident): boolean {
		const next = this.held[0]?.to;
		return this === other || next?.waitsFor(other) === true;
	}

	clearTimers(): void {
		for (const timer of this.timers.values()) timer.cancel();
		this.timers.clear();
	}

	counts(): VmCounts {
		return {
			vm: this.id,
			turns: this.turns,
			events: this.events,
			busyUs: Math.round(this.busyUs),
			memoryBytes: this.vm?.memoryBytes ?? 0,
			inboxLength: this.inbox.length,
			inboxBytes: this.inbox.bytes,
			dropped: this.inbox.dropped,
			throttled: this.throttled,
			late: this.late,
		};
	}
}
