/**
 * Runs the VMs of one thread: their turns, their messages to each other, their timers.
 *
 * Order holds per sender and topic. Delivery is always on a later turn, so a VM may publish to
 * itself and is never re-entered. Realtime VMs go first, then interactive, then background;
 * within a class it is first come, first served.
 */
import { Requests } from '../bus/requests.ts';
import { Routes } from '../bus/routes.ts';
import type { Clock } from '../clock.ts';
import type { Effect, Event } from '../component/generated/service.ts';
import { type Priority, priorities } from '../module/manifest.ts';
import type { CellCommand, CellReport, Outcome, VmId, VmSpec } from './cell-protocol.ts';
import { isBoxEffect } from './effect-check.ts';
import { VmError } from './error.ts';
import { Heartbeat } from './heartbeat.ts';
import { Resident } from './resident.ts';
import { Vm } from './vm.ts';

/** The most events one turn is given. */
const turnEvents = 256;
/** The most timers a VM may have set. */
const mostTimers = 256;
/** Counted for a message beyond its payload. */
const messageBytes = 32;

export interface CellOptions {
	readonly clock: Clock;
	/** Told where the cell is, so that a watchdog can see a turn that never ends. */
	readonly heartbeat?: Heartbeat;
	/** Called with everything that happened since the last call, in order. */
	readonly report: (reports: CellReport[]) => void;
	/** Called when there is something to run: the host calls `run` soon, but not from here. */
	readonly wake: () => void;
}

/** Somebody outside this cell: the platform, or a VM of another cell through it. */
const outside = Symbol('outside');
type Party = Resident | typeof outside;

export class Cell {
	readonly #clock: Clock;
	readonly #heartbeat: Heartbeat;
	readonly #report: (reports: CellReport[]) => void;
	readonly #wake: () => void;
	readonly #residents = new Map<VmId, Resident>();
	readonly #routes = new Routes();
	readonly #requests: Requests<Party>;
	readonly #ready: Record<Priority, Resident[]> = { realtime: [], interactive: [], background: [] };
	#wanted = new Set<string>();
	#reports: CellReport[] = [];

	constructor({ clock, heartbeat = new Heartbeat(), report, wake }: CellOptions) {
		this.#clock = clock;
		this.#heartbeat = heartbeat;
		this.#report = report;
		this.#wake = wake;
		this.#requests = new Requests(clock);
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
				this.#give(command.vm, command.event);
				break;
			case 'wanted':
				this.#wanted = new Set(command.topics);
				break;
			case 'publish':
				for (const route of this.#routes.of(command.topic)) this.#deliver(undefined, route, command);
				break;
			case 'request':
				this.#acceptRequest(command);
				break;
			case 'answer':
				this.#answer(command.correlation, outside, command.outcome);
				break;
			case 'count':
				this.#say({ tag: 'counts', vms: [...this.#residents.values()].map((resident) => resident.counts()) });
				break;
		}
		this.#flush();
	}

	/** Runs turns until nothing is ready or `turns` are done; true when there is more to do. */
	run(turns: number): boolean {
		let next = this.#next();
		for (let left = turns; next !== undefined && left > 0; left--) {
			this.#turn(next);
			next = this.#next();
		}
		if (next !== undefined) this.#queue(next);
		this.#flush();
		return next !== undefined;
	}

	#start(id: VmId, spec: VmSpec): void {
		const resident = this.#residents.get(id) ?? new Resident(id, spec);
		this.#residents.set(id, resident);
		const vm = new Vm({ id, spec });
		const startedAt = this.#clock.now();
		try {
			this.#heartbeat.begin(id);
			const effects = vm.start(this.#timeFor(spec, startedAt));
			this.#heartbeat.end();
			this.#checkTimers(resident, effects);
			resident.vm = vm;
			this.#routes.add(resident);
			this.#say({ tag: 'started', vm: id, tookUs: this.#clock.now() - startedAt });
			this.#finishTurn(resident, vm, effects);
			// What came while it was down waits for it.
			this.#queue(resident);
		} catch (error) {
			this.#heartbeat.end();
			this.#fault(resident, vm, error);
		}
	}

	#stop(id: VmId): void {
		const resident = this.#residents.get(id);
		if (resident !== undefined) this.#evict(resident);
		// Also of one that has not come yet: who waits for this must not wait for ever.
		this.#say({ tag: 'stopped', vm: id });
	}

	#evict(resident: Resident): void {
		resident.vm = undefined;
		resident.clearTimers();
		this.#routes.remove(resident);
		this.#residents.delete(resident.id);
		for (const { from, theirs } of this.#requests.leave(resident))
			this.#settle(from, theirs, { tag: 'err', val: 'refused' });
		this.#releaseWaiters(resident);
	}

	#give(id: VmId, event: Event): void {
		const resident = this.#residents.get(id);
		if (resident?.vm === undefined) return;
		const bytes = event.tag === 'chunk' ? event.val.bytes.length : 0;
		resident.inbox.push({ event, bytes, failures: 0 });
		this.#queue(resident);
	}

	#acceptRequest(request: Extract<CellCommand, { tag: 'request' }>): void {
		const { topic, sender, correlation, deadlineMs, payload } = request;
		const route = this.#routes.of(topic).find(({ to }) => request.vm === undefined || to.id === request.vm);
		if (route === undefined) {
			this.#say({ tag: 'answer', correlation, outcome: { tag: 'err', val: 'denied' } });
			return;
		}
		this.#ask({ from: outside, theirs: correlation, route, sender, deadlineMs, payload });
	}

	#turn(resident: Resident): void {
		const { vm, inbox } = resident;
		if (vm === undefined) return;
		const taken = inbox
			.take(resident.singly > 0 ? 1 : turnEvents)
			.filter(({ event }) => this.#isStillWanted(event));
		this.#releaseWaiters(resident);
		if (taken.length === 0) return;
		const events = taken.map(({ event }) => event);
		const startedAt = this.#clock.now();
		try {
			this.#heartbeat.begin(resident.id);
			const effects = vm.turn(this.#timeFor(vm.spec, startedAt), events);
			this.#heartbeat.end();
			this.#checkTimers(resident, effects);
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
		if (resident.isReady) this.#queue(resident);
	}

	/** The time a turn is given: no finer than its clock grant. */
	#timeFor({ clockStepUs }: VmSpec, nowUs: number): bigint {
		return BigInt(nowUs - (nowUs % clockStepUs));
	}

	#finishTurn(resident: Resident, vm: Vm, effects: readonly Effect[]): void {
		for (const line of vm.takeLog()) this.#say({ tag: 'log', vm: resident.id, line });
		for (const effect of effects) this.#apply(resident, vm, effect);
	}

	#apply(resident: Resident, vm: Vm, effect: Effect): void {
		switch (effect.tag) {
			case 'publish':
				this.#publish(resident, effect.val);
				return;
			case 'request':
				this.#request(resident, effect.val);
				return;
			case 'reply': {
				const { correlation, outcome } = effect.val;
				if (outcome.tag === 'ok') this.#answer(correlation, resident, outcome);
				else {
					this.#say({
						tag: 'log',
						vm: resident.id,
						line: { level: 'warn', text: `rejected: ${outcome.val}` },
					});
					this.#answer(correlation, resident, { tag: 'err', val: 'refused' });
				}
				return;
			}
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

	#publish(sender: Resident, { topic: index, payload }: { topic: number; payload: Uint8Array }): void {
		const topic = this.#permitted(sender, index);
		if (topic === undefined) return;
		for (const route of this.#routes.of(topic)) this.#deliver(sender, route, { sender: sender.id, payload });
		if (this.#wanted.has(topic)) this.#say({ tag: 'published', vm: sender.id, topic, payload });
	}

	/** The topic's name, or undefined and a line in the log where policy has closed it. */
	#permitted(sender: Resident, index: number): string | undefined {
		const grant = sender.spec.topics[index];
		if (grant?.mayPublish === true) return grant.name;
		const text = `denied: ${sender.spec.name} may not publish on ${grant?.name ?? `topic ${index}`}`;
		this.#say({ tag: 'log', vm: sender.id, line: { level: 'warn', text } });
		return undefined;
	}

	#deliver(
		from: Resident | undefined,
		{
			to,
			topic,
			index,
			whenFull,
		}: { to: Resident; topic: string; index: number; whenFull: 'block' | 'drop-oldest' | 'keep-latest' },
		{ sender, payload }: { sender: VmId; payload: Uint8Array },
	): void {
		const item = {
			event: { tag: 'message', val: { topic: index, sender, correlation: 0, payload } } as const,
			bytes: payload.length + messageBytes,
			topic,
			failures: 0,
		};
		// What comes from outside cannot be held here, and neither can a sender the receiver waits for.
		const canHold = from !== undefined && !to.waitsFor(from);
		if (canHold && from.held.length > 0) from.held.push({ to, item });
		else if (to.inbox.offer(item, whenFull === 'block' && !canHold ? 'drop-oldest' : whenFull))
			this.#queue(to);
		else if (from !== undefined) {
			from.held.push({ to, item });
			to.waiters.add(from);
		}
	}

	#releaseWaiters(receiver: Resident): void {
		for (const sender of receiver.waiters) {
			while (
				sender.held[0]?.to === receiver ||
				(sender.held[0] && !this.#residents.has(sender.held[0].to.id))
			) {
				const { to, item } = sender.held[0] as (typeof sender.held)[number];
				if (this.#residents.has(to.id) && !to.inbox.offer(item, 'block')) break;
				sender.held.shift();
				this.#queue(to);
			}
			const next = sender.held[0]?.to;
			if (next === receiver) continue;
			receiver.waiters.delete(sender);
			if (next !== undefined) {
				next.waiters.add(sender);
				if (next.inbox.length === 0) this.#releaseWaiters(next);
			} else this.#queue(sender);
		}
	}

	#request(
		sender: Resident,
		{ topic, correlation, deadlineMs, payload }: Extract<Effect, { tag: 'request' }>['val'],
	): void {
		const name = this.#permitted(sender, topic);
		if (name === undefined) {
			this.#give(sender.id, { tag: 'answer', val: { correlation, outcome: { tag: 'err', val: 'denied' } } });
			return;
		}
		const route = this.#routes.of(name)[0];
		if (route !== undefined) {
			this.#ask({ from: sender, theirs: correlation, route, sender: sender.id, deadlineMs, payload });
			return;
		}
		const id = this.#open({ from: sender, theirs: correlation, to: outside, deadlineMs });
		this.#say({ tag: 'request', vm: sender.id, topic: name, correlation: id, deadlineMs, payload });
	}

	#ask({
		from,
		theirs,
		route: { to, topic, index },
		sender,
		deadlineMs,
		payload,
	}: {
		from: Party;
		theirs: number;
		route: { to: Resident; topic: string; index: number };
		sender: VmId;
		deadlineMs: number;
		payload: Uint8Array;
	}): void {
		const correlation = this.#open({ from, theirs, to, deadlineMs });
		const isTaken = to.inbox.offer(
			{
				event: { tag: 'message', val: { topic: index, sender, correlation, payload } },
				bytes: payload.length + messageBytes,
				topic,
				failures: 0,
			},
			'block',
		);
		if (isTaken) this.#queue(to);
		else this.#answer(correlation, to, { tag: 'err', val: 'refused' });
	}

	#open(request: { from: Party; theirs: number; to: Party; deadlineMs: number }): number {
		return this.#requests.open({
			request,
			deadlineMs: request.deadlineMs,
			expire: () => {
				this.#settle(request.from, request.theirs, { tag: 'err', val: 'timed-out' });
				this.#flush();
			},
		});
	}

	#answer(correlation: number, by: Party, outcome: Outcome): void {
		const request = this.#requests.close(correlation, by);
		if (request !== undefined) this.#settle(request.from, request.theirs, outcome);
	}

	#settle(asker: Party, correlation: number, outcome: Outcome): void {
		if (asker === outside) this.#say({ tag: 'answer', correlation, outcome });
		else this.#give(asker.id, { tag: 'answer', val: { correlation, outcome } });
	}

	/** A request that nobody waits for any more is not worth a turn. */
	#isStillWanted(event: Event): boolean {
		return (
			event.tag !== 'message' || event.val.correlation === 0 || this.#requests.has(event.val.correlation)
		);
	}

	#checkTimers(resident: Resident, effects: readonly Effect[]): void {
		const asked = effects.filter(({ tag }) => tag === 'set-timer').length;
		if (resident.timers.size + asked > mostTimers)
			throw new VmError('flooded', `${resident.spec.name} set more than ${mostTimers} timers`);
	}

	#setTimer(resident: Resident, timer: Extract<Effect, { tag: 'set-timer' }>['val']): void {
		const { id, delayMs, repeat } = timer;
		resident.timers.get(id)?.cancel();
		const armed = this.#clock.after(Math.max(1, delayMs), () => {
			resident.timers.delete(id);
			// A repeated timer is armed again when it fires, so one that is not handled cannot pile up.
			if (repeat) this.#setTimer(resident, timer);
			const isWaiting =
				repeat && resident.inbox.holds(({ event }) => event.tag === 'timer' && event.val === id);
			if (!isWaiting) this.#give(resident.id, { tag: 'timer', val: id });
		});
		resident.timers.set(id, armed);
	}

	/** What the failed turn was given waits again; what alone has failed twice is set aside. */
	#blame(resident: Resident, taken: ReturnType<Resident['inbox']['take']>): void {
		const messages = taken.filter(({ event }) => event.tag === 'message');
		const [only] = messages;
		if (taken.length === 1 && only?.event.tag === 'message' && ++only.failures >= 2) {
			const topic = only.topic ?? '';
			this.#say({ tag: 'set-aside', vm: resident.id, topic, payload: only.event.val.payload });
			messages.length = 0;
		}
		resident.singly = Math.max(resident.singly - 1, 0) + messages.length;
		resident.inbox.giveBack(messages);
	}

	#fault(resident: Resident, vm: Vm, error: unknown): void {
		const fault = error instanceof VmError ? error : undefined;
		// Anything else is the platform's own mistake: it must not be blamed on a guest.
		if (fault === undefined) throw error;
		resident.vm = undefined;
		resident.clearTimers();
		resident.inbox.keep(({ event }) => event.tag === 'message');
		this.#say({ tag: 'fault', vm: resident.id, code: fault.code, message: fault.message, log: vm.takeLog() });
	}

	#queue(resident: Resident): void {
		if (resident.isQueued || !resident.isReady) return;
		resident.isQueued = true;
		this.#ready[resident.spec.priority].push(resident);
		this.#wake();
	}

	#next(): Resident | undefined {
		for (const priority of priorities) {
			const next = this.#ready[priority].shift();
			if (next === undefined) continue;
			next.isQueued = false;
			return next.isReady ? next : this.#next();
		}
		return undefined;
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
