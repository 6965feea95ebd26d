/** A VM's place in its cell: what waits for it, what it waits for, and what it has done. */
import { Inbox, type Waiting } from '../bus/inbox.ts';
import type { Timer } from '../clock.ts';
import type { Event } from '../component/generated/service.ts';
import type { VmCounts, VmId, VmSpec } from './cell-protocol.ts';
import { TurnStats } from './turn-stats.ts';
import type { Vm } from './vm.ts';

/** A message that its receiver had no room for; its sender stands still until it has. */
export interface HeldMessage {
	readonly to: Resident;
	readonly item: Waiting<Event>;
}

export class Resident {
	readonly id: VmId;
	readonly spec: VmSpec;
	readonly inbox: Inbox<Event>;
	/** Undefined before its start and after a fault: messages wait, nothing runs. */
	vm: Vm | undefined;
	readonly timers = new Map<number, Timer>();
	readonly held: HeldMessage[] = [];
	readonly waiters = new Set<Resident>();
	/** Events still to be given one a turn, to find the one that ended a turn badly. */
	singly = 0;
	isQueued = false;
	readonly stats = new TurnStats();
	/** Messages that it has sent. */
	sent = 0;
	/** Messages that ended two turns badly by themselves. */
	setAside = 0;

	constructor(id: VmId, spec: VmSpec) {
		this.id = id;
		this.spec = spec;
		this.inbox = new Inbox({ messages: spec.budget.inboxMessages, bytes: spec.budget.inboxBytes });
	}

	get isReady(): boolean {
		return this.vm !== undefined && this.held.length === 0 && this.inbox.length > 0;
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

	counts(nowUs: number): VmCounts {
		return {
			vm: this.id,
			...this.stats.counts(nowUs),
			memoryBytes: this.vm?.memoryBytes ?? 0,
			inboxLength: this.inbox.length,
			inboxBytes: this.inbox.bytes,
			dropped: this.inbox.dropped,
			setAside: this.setAside,
			sent: this.sent,
		};
	}
}
