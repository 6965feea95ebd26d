/** A VM's place in its cell: what waits for it, what it waits for, and what it has done. */
import { Inbox, type Waiting } from '../bus/inbox.ts';
import type { Timer } from '../clock.ts';
import type { Event } from '../component/generated/service.ts';
import type { VmCounts, VmId, VmSpec } from './cell-protocol.ts';
import type { Vm } from './vm.ts';

/** A message that its receiver had no room for; its sender stands still until it has. */
export interface HeldMessage {
	readonly to: Resident;
	readonly item: Waiting<Event>;
	/** Called when it has found room, or nobody is there any more. */
	placed?: () => void;
}

/** Who can stand still because a message found no room: a VM of this cell, or one of another. */
export interface Sender {
	readonly held: HeldMessage[];
}

export class Resident implements Sender {
	readonly id: VmId;
	readonly spec: VmSpec;
	readonly inbox: Inbox<Event>;
	/** Undefined before its start and after a fault: messages wait, nothing runs. */
	vm: Vm | undefined;
	readonly timers = new Map<number, Timer>();
	readonly held: HeldMessage[] = [];
	readonly waiters = new Set<Sender>();
	/** Other cells where what it published has not found room, and for which it stands still. */
	cellsAwaited = 0;
	/** Events still to be given one a turn, to find the one that ended a turn badly. */
	singly = 0;
	isQueued = false;
	turns = 0;
	events = 0;
	busyUs = 0;

	constructor(id: VmId, spec: VmSpec) {
		this.id = id;
		this.spec = spec;
		this.inbox = new Inbox({ messages: spec.budget.inboxMessages, bytes: spec.budget.inboxBytes });
	}

	get isReady(): boolean {
		return (
			this.vm !== undefined && this.held.length === 0 && this.cellsAwaited === 0 && this.inbox.length > 0
		);
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
		};
	}
}
