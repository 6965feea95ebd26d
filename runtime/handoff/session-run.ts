/**
 * Runs one session: one step at a time (give it to a VM, hand it over, close it), each begun by what
 * the policy says of it now, and interrupted when the world takes its ground away.
 */
import type { Clock, Timer } from '../clock.ts';
import type { BasebandChange, BasebandTable } from '../network/baseband-table.ts';
import type { VmId } from '../vm/cell-protocol.ts';
import { handOver } from './hand-over.ts';
import { asHandoffError, HandoffError } from './handoff-error.ts';
import type { HandoffRecord } from './handoff-record.ts';
import { Holders } from './holders.ts';
import type { HandoffLimits } from './limits.ts';
import { decideLocally, isLocal } from './local-policy.ts';
import { type Decision, decide } from './policy.ts';
import type { PolicySettings } from './policy-settings.ts';
import { resume } from './resume.ts';
import type { Session } from './session.ts';
import type { Checkpoint, SessionCommand } from './session-control.ts';
import { type SessionEvent, sessionTransition, type Transition } from './session-machine.ts';
import type { SessionPaper } from './session-paper.ts';
import type { SessionSink } from './session-sink.ts';
import type { SessionVms } from './session-vms.ts';
import { within } from './within.ts';

export interface SessionPorts {
	readonly vms: SessionVms;
	readonly sink: SessionSink;
	readonly networks: BasebandTable;
	readonly clock: Clock;
	readonly limits: HandoffLimits;
	readonly settings: () => PolicySettings;
}

export interface SessionReports {
	transition(session: Session, transition: Transition): void;
	handoff(record: HandoffRecord): void;
	trouble(session: Session, error: HandoffError): void;
	/** It is closed, and nothing comes after this. */
	over(session: Session): void;
}

export interface SessionRunOptions {
	readonly session: Session;
	readonly ports: SessionPorts;
	readonly paper: SessionPaper;
	readonly reports: SessionReports;
}

export class SessionRun {
	readonly session: Session;
	readonly ports: SessionPorts;
	readonly paper: SessionPaper;
	readonly holders: Holders;
	readonly #reports: SessionReports;
	readonly #firstRest = Promise.withResolvers<void>();
	#task = new AbortController();
	#timer: Timer | undefined;
	#isRunning = false;
	#isDue = false;
	#rest = Promise.resolve();
	#ending: HandoffError | undefined;
	#isStopped = false;

	constructor({ session, ports, paper, reports }: SessionRunOptions) {
		this.session = session;
		this.ports = ports;
		this.paper = paper;
		const { vms, clock, limits } = ports;
		this.holders = new Holders({ session: session.id, vms, clock, limits });
		this.#reports = reports;
		this.#firstRest.promise.catch(() => undefined);
	}

	/** Resolves when a VM has it, or it waits with a reason; rejects if it was closed before. */
	get firstRest(): Promise<void> {
		return this.#firstRest.promise;
	}

	/** Something changed: looks whether there is anything to do. */
	kick(): void {
		this.#isDue = true;
		if (!this.#isRunning && !this.#isStopped) {
			this.#isRunning = true;
			this.#rest = this.#run();
		}
	}

	networkChanged({ id, reason, after }: BasebandChange): void {
		const { session } = this;
		if (reason === 'up' || reason === 'added') {
			session.bars.lift(id);
		}
		// Once the state is on its way a handoff is ended rather than broken off: the next one follows at once.
		const isEarly = ['candidate', 'prepare', 'resume'].includes(session.state);
		const { flight } = session;
		if (
			isEarly &&
			flight?.to === id &&
			flight.taking === undefined &&
			!after?.isUp &&
			!isLocal(session.url)
		) {
			this.#interrupt('target-lost', `${id} went down while session ${session.id} was moving to it`);
		}
		this.kick();
	}

	vmGone(vm: VmId): void {
		const { session } = this;
		const { flight, state } = session;
		if (session.owner === vm) {
			this.disown();
			if (state === 'active') {
				session.reason = 'vm-gone';
				this.apply('owner-gone');
			} else {
				this.#interrupt('source-gone', `VM ${vm} died while session ${session.id} was moved from it`);
			}
		} else if (flight !== undefined && (flight.target === vm || (state === 'back' && flight.source === vm))) {
			this.#interrupt('target-gone', `VM ${vm} died while it was being given session ${session.id}`);
		}
		this.kick();
	}

	vmBack(vm: VmId): void {
		const { session } = this;
		if (this.holders.has(vm)) {
			this.#releaseStray(vm);
		}
		if (session.owner === undefined) {
			session.bars.liftAll();
		}
		this.kick();
	}

	/** Returns false if it does not come from the VM that owns the session. */
	checkpoint(vm: VmId, checkpoint: Checkpoint): boolean {
		const { session } = this;
		if (session.flight?.taking === vm) {
			session.flight.early = checkpoint;
			return true;
		}
		if (session.owner !== vm) {
			if (!this.holders.isReleasing(vm)) {
				this.#releaseStray(vm);
			}
			return false;
		}
		session.keep(checkpoint);
		this.paper.note();
		if (checkpoint.ended) {
			this.end(new HandoffError('ended', `session ${session.id} came to its end`));
		}
		return true;
	}

	/** Closes it as soon as the step under way can be left; resolves when nothing of it is left. */
	end(why: HandoffError): Promise<void> {
		this.#ending ??= why;
		this.#task.abort(why);
		this.kick();
		return this.#rest;
	}

	/** A VM would not open it, and no other would. */
	refuse(why: unknown): void {
		this.#ending ??= asHandoffError(why);
	}

	/** Leaves everything as it stands, for the journal to go on from. */
	async stop(): Promise<void> {
		this.#isStopped = true;
		this.#timer?.cancel();
		const why = new HandoffError('stopped', 'the platform is stopping');
		this.#task.abort(why);
		this.holders.stop(why);
		this.#firstRest.reject(why);
		await this.#rest;
		await this.paper.flush();
		await this.paper.close();
	}

	// What the steps are made of.

	/** True if the session is being closed or the platform stopped: then no step goes back. */
	get isEnding(): boolean {
		return this.#ending !== undefined || this.#isStopped;
	}

	/** Begins a step, or the way back from one, that has not been interrupted yet. */
	begin(): void {
		this.#task = new AbortController();
		if (this.#ending !== undefined || this.#isStopped) {
			this.#task.abort(this.#ending ?? new HandoffError('stopped', 'the platform is stopping'));
		}
	}

	/** Throws what interrupted the step. */
	check(): void {
		this.#task.signal.throwIfAborted();
	}

	apply(event: SessionEvent): void {
		const { session } = this;
		const transition = sessionTransition(session.state, event);
		if (transition === undefined) {
			throw new Error(`session ${session.id}: ${event} cannot happen in state ${session.state}`);
		}
		session.state = transition.to;
		this.#reports.transition(session, transition);
		if (transition.to === 'active') {
			this.#firstRest.resolve();
		}
	}

	/** From here on the platform holds the session, and no VM is heard. */
	disown(): void {
		this.session.owner = undefined;
		this.ports.sink.assign(this.session.id, undefined);
	}

	provide(baseband: string): Promise<VmId> {
		const { clock, limits, vms } = this.ports;
		const { kind } = this.session;
		const what = `providing a VM for ${kind} on ${baseband}`;
		return within({ clock, ms: limits.provideMs, signal: this.#task.signal, what }, (signal) =>
			vms.provide({ kind, baseband, signal }),
		);
	}

	command(vm: VmId, command: SessionCommand, ms: number): Promise<Uint8Array> {
		return this.holders.command({ vm, command, ms, signal: this.#task.signal });
	}

	/**
	 * Gives the session to a VM, which alone is heard from now on. The VM owns it from its answer on,
	 * and the session is on `baseband` then; without an answer the platform holds it again.
	 */
	async give({ vm, command, ms, event, baseband }: Giving): Promise<void> {
		const { session, ports } = this;
		const flight = session.flight ?? { to: '' };
		flight.taking = vm;
		delete flight.early;
		ports.sink.assign(session.id, vm);
		try {
			await this.command(vm, command, ms);
		} catch (error) {
			this.disown();
			throw error;
		} finally {
			delete flight.taking;
		}
		// No await from here on: whatever comes next finds a whole new state.
		session.owner = vm;
		if (baseband !== undefined) {
			session.bars.forget(baseband);
			if (session.baseband !== undefined && session.baseband !== baseband) {
				session.movedAtUs = ports.clock.now();
			}
			session.baseband = baseband;
		}
		this.apply(event);
		if (flight.early !== undefined) {
			this.checkpoint(vm, flight.early);
		}
	}

	trouble(error: unknown): void {
		this.#reports.trouble(this.session, asHandoffError(error));
	}

	handoff(record: HandoffRecord): void {
		this.#reports.handoff(record);
	}

	async #run(): Promise<void> {
		while (this.#isDue && !this.#isStopped && this.session.state !== 'closed') {
			this.#isDue = false;
			this.#timer?.cancel();
			await this.#step();
		}
		this.#isRunning = false;
	}

	async #step(): Promise<void> {
		if (this.#ending !== undefined) {
			return this.#close(this.#ending);
		}
		const { session } = this;
		const decision = this.#decide();
		session.request = undefined;
		if (session.owner !== undefined) {
			if (decision.to !== undefined) {
				this.#isDue = true;
				return handOver(this, decision);
			}
		} else {
			const to = decision.to ?? this.#ownNetwork();
			if (to !== undefined) {
				this.#isDue = true;
				return resume(this, to);
			}
		}
		// What went wrong says more than that it did.
		if (session.owner !== undefined || decision.reason !== 'barred') {
			session.reason = decision.reason;
		}
		this.#firstRest.resolve();
		this.#lookAgain(decision);
	}

	#decide(): Decision {
		const { session, ports } = this;
		const situation = session.situation();
		// A session nobody has is not on a network on which it could not go on.
		const isAfloat = session.owner === undefined && session.bars.has(session.baseband ?? '');
		const question = {
			nowUs: ports.clock.now(),
			basebands: ports.networks.basebands(),
			settings: ports.settings(),
			session: isAfloat ? { ...situation, baseband: undefined } : situation,
		};
		return isLocal(session.url) ? decideLocally(question, session.owner !== undefined) : decide(question);
	}

	/** The network it was on, if it can go on there. */
	#ownNetwork(): string | undefined {
		const { baseband, bars } = this.session;
		const isUp = baseband !== undefined && this.ports.networks.get(baseband)?.isUp;
		return isUp && !bars.has(baseband) ? baseband : undefined;
	}

	#lookAgain({ lookAgainAtUs }: Decision): void {
		if (lookAgainAtUs !== undefined) {
			const { clock } = this.ports;
			this.#timer = clock.after(Math.max(0, (lookAgainAtUs - clock.now()) / 1000), () => this.kick());
		}
	}

	async #close(why: HandoffError): Promise<void> {
		const { session } = this;
		session.reason = why.code;
		this.disown();
		session.flight = undefined;
		// First, so that a power cut does not bring it back when its VMs know nothing of it any more.
		await this.paper.remove().catch((error) => this.trouble(error));
		this.holders.releaseAll();
		this.apply('close');
		this.#firstRest.reject(why);
		this.#reports.over(session);
	}

	/** A VM that has no part in the session, but may believe so. */
	#releaseStray(vm: VmId): void {
		const { owner, flight } = this.session;
		if (![owner, flight?.source, flight?.target].includes(vm)) {
			this.holders.release(vm);
		}
	}

	#interrupt(code: 'target-lost' | 'source-gone' | 'target-gone', message: string): void {
		this.#task.abort(new HandoffError(code, message));
	}
}

export interface Giving {
	readonly vm: VmId;
	readonly command: SessionCommand;
	readonly ms: number;
	readonly event: 'taken' | 'reverted';
	/** Absent when it stays where it was. */
	readonly baseband?: string;
}
