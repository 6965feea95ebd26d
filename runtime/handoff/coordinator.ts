/**
 * Keeps every open session going: opens it in a VM on the best network, hands it over when the policy
 * says so, brings it back after a crash or a power cut. At every instant a session is owned by one VM
 * or by the coordinator, never by two and never by nobody.
 */
import type { Clock } from '../clock.ts';
import type { Directory } from '../directory.ts';
import type { BasebandTable } from '../network/baseband-table.ts';
import { hasLostSignal } from '../network/signal.ts';
import type { VmId } from '../vm/cell-protocol.ts';
import { Bars } from './bars.ts';
import { asHandoffError, HandoffError } from './handoff-error.ts';
import type { HandoffRecord } from './handoff-record.ts';
import { type HandoffLimits, usualHandoffLimits } from './limits.ts';
import { Listeners } from './listeners.ts';
import type { Request } from './policy.ts';
import { type PolicySettings, usualPolicySettings } from './policy-settings.ts';
import { Session, type SessionOptions, type SessionView } from './session.ts';
import type { Checkpoint } from './session-control.ts';
import { SessionJournal } from './session-journal.ts';
import type { Transition } from './session-machine.ts';
import { SessionPaper } from './session-paper.ts';
import { type SessionPorts, type SessionReports, SessionRun } from './session-run.ts';
import type { SessionSink } from './session-sink.ts';
import type { SessionVms } from './session-vms.ts';
import { within } from './within.ts';

export interface CoordinatorOptions {
	readonly clock: Clock;
	readonly networks: BasebandTable;
	readonly vms: SessionVms;
	readonly sink: SessionSink;
	/** A folder of its own. */
	readonly directory: Directory;
	/** `Checkpoint.decode`; throws on bytes that are none. */
	readonly decodeCheckpoint: (bytes: Uint8Array) => Checkpoint;
	readonly settings?: PolicySettings;
	readonly limits?: Partial<HandoffLimits>;
}

export interface OpenRequest {
	/** The kind of session its VMs declare in their manifests, `media` for example. */
	readonly kind: string;
	readonly url: string;
	/** Id or kind of the network to be on whenever it is there, before all settings. */
	readonly preferred?: string;
}

export interface CoordinatorEvents {
	/** A session went from one state to the next. */
	session: { readonly session: SessionView; readonly transition: Transition };
	handoff: HandoffRecord;
	/** Something went wrong and was dealt with. */
	trouble: { readonly session: string | undefined; readonly error: HandoffError };
}

export interface CoordinatorCounters {
	readonly opened: number;
	readonly restored: number;
	readonly closed: number;
	readonly committed: number;
	readonly back: number;
	/** Given to a VM again after the one that had it died, or after a restart. */
	readonly resumed: number;
	readonly checkpoints: number;
	/** Not from the owner, of no open session, or too large. */
	readonly checkpointsIgnored: number;
	readonly checkpointsMalformed: number;
	readonly troubles: number;
}

export class Coordinator {
	readonly #options: CoordinatorOptions;
	readonly #limits: HandoffLimits;
	readonly #journal: SessionJournal;
	readonly #ports: SessionPorts;
	readonly #reports: SessionReports;
	readonly #runs = new Map<string, SessionRun>();
	readonly #listeners = new Listeners<CoordinatorEvents>();
	readonly #unwatch: () => void;
	#settings: PolicySettings;
	#records: HandoffRecord[] = [];
	#names = 0;
	readonly #leaving = new AbortController();
	#isStopped = false;
	#counters = {
		opened: 0,
		restored: 0,
		closed: 0,
		committed: 0,
		back: 0,
		resumed: 0,
		checkpoints: 0,
		checkpointsIgnored: 0,
		checkpointsMalformed: 0,
		troubles: 0,
	};

	constructor(options: CoordinatorOptions) {
		const { clock, networks, vms, sink, directory } = options;
		this.#options = options;
		this.#limits = { ...usualHandoffLimits, ...options.limits };
		this.#settings = options.settings ?? usualPolicySettings;
		this.#journal = new SessionJournal(directory);
		this.#ports = { clock, networks, vms, sink, limits: this.#limits, settings: () => this.#settings };
		this.#reports = {
			transition: (session, transition) => this.#transition(session, transition),
			handoff: (record) => this.#handoff(record),
			trouble: (session, error) => this.#trouble(session.id, error),
			over: (session) => this.#runs.delete(session.id),
		};
		this.#unwatch = networks.onChange((change) => {
			for (const run of [...this.#runs.values()]) {
				run.networkChanged(change);
			}
		});
	}

	get counters(): CoordinatorCounters {
		return { ...this.#counters };
	}

	/**
	 * Opens a session on the best network there is. Resolves with its name once a VM has it, or once
	 * it waits for a network or a VM: `sessions()` tells why. Errors: `refused` if the VM would not
	 * open the URL, `journal-failed`, `stopped`.
	 */
	async open({ kind, url, preferred }: OpenRequest): Promise<string> {
		this.#check();
		// The time makes it new after a restart too.
		const id = `${kind.replaceAll(/[^A-Za-z0-9_-]/g, '_')}-${this.#options.clock.now()}-${this.#names++}`;
		const start = await this.#options.sink.durable(id);
		const run = this.#add({ id, kind, url, preferred, start });
		try {
			await run.paper.announce();
		} catch (error) {
			this.#runs.delete(id);
			throw error;
		}
		this.#check();
		this.#counters.opened++;
		run.kick();
		await run.firstRest;
		return id;
	}

	/** Closes a session, whatever it is doing. Error: `unknown-session`. */
	async close(id: string): Promise<void> {
		await this.#run(id).end(new HandoffError('closed', `session ${id} was closed`));
	}

	/**
	 * Moves a session to a network, asked for by the subscriber or from afar, and prefers that network
	 * for it from now on. How it went is told by a `handoff` event. Errors: `unknown-session`,
	 * `unknown-network`, `network-down`.
	 */
	request(id: string, baseband: string, by: Request['by'] = 'user-request'): void {
		const run = this.#run(id);
		const { session } = run;
		const wanted = this.#options.networks.get(baseband);
		if (wanted === undefined) {
			throw new HandoffError('unknown-network', `the box has no network ${baseband}`);
		}
		if (!wanted.isUp || hasLostSignal(wanted, this.#settings.signal)) {
			throw new HandoffError('network-down', `${baseband} is down or too weak to move session ${id} to it`);
		}
		session.preferred = baseband;
		session.request = { baseband, by };
		session.bars.lift(baseband);
		void run.paper.announce().catch((error) => run.trouble(error));
		run.kick();
	}

	/** Other settings from now on; the table of networks has to be told of other signal thresholds. */
	configure(settings: PolicySettings): void {
		this.#settings = settings;
		for (const run of [...this.#runs.values()]) {
			run.kick();
		}
	}

	sessions(): SessionView[] {
		return [...this.#runs.values()].map(({ session }) => session.view());
	}

	/** The last handoffs, oldest first. */
	handoffs(): HandoffRecord[] {
		return [...this.#records];
	}

	/** The returned function ends it. */
	on<Name extends keyof CoordinatorEvents>(
		name: Name,
		listener: (event: CoordinatorEvents[Name]) => void,
	): () => void {
		return this.#listeners.on(name, listener);
	}

	/** A VM published on `session.checkpoint`. */
	onCheckpoint(vm: VmId, bytes: Uint8Array): void {
		let checkpoint: Checkpoint;
		try {
			checkpoint = this.#options.decodeCheckpoint(bytes);
		} catch {
			this.#counters.checkpointsMalformed++;
			return;
		}
		const run = this.#runs.get(checkpoint.session);
		if (run === undefined) {
			this.#dismiss(vm, checkpoint.session);
		}
		const isSmall = checkpoint.state.length <= this.#limits.stateBytes;
		if (isSmall && run?.checkpoint(vm, checkpoint)) {
			this.#counters.checkpoints++;
		} else {
			this.#counters.checkpointsIgnored++;
		}
	}

	/** A VM died: whatever it had is with the platform from now on. */
	vmGone(vm: VmId): void {
		for (const run of [...this.#runs.values()]) {
			run.vmGone(vm);
		}
	}

	/** A VM runs again, with nothing of what it had. */
	vmBack(vm: VmId): void {
		for (const run of [...this.#runs.values()]) {
			run.vmBack(vm);
		}
	}

	/** After a restart: every session of the journal goes on, on the best network. Returns their names. */
	async restore(): Promise<string[]> {
		this.#check();
		const { sink } = this.#options;
		const { entries, malformed } = await this.#journal.readAll();
		for (const name of malformed) {
			this.#trouble(undefined, new HandoffError('journal-malformed', `${name} was removed`));
		}
		const fresh = entries.filter(({ session }) => !this.#runs.has(session));
		for (const { session: id, kind, url, preferred, start, safe } of fresh) {
			const run = this.#add({ id, kind, url, preferred, start, safe });
			sink.assign(id, undefined);
			await sink.rewind(id, safe?.place ?? start).catch((error) => this.#trouble(id, asHandoffError(error)));
			this.#counters.restored++;
			run.kick();
		}
		return fresh.map(({ session }) => session);
	}

	/** Leaves every session as it is for `restore` after the next start. */
	async stop(): Promise<void> {
		this.#isStopped = true;
		this.#leaving.abort(new HandoffError('stopped', 'the platform is stopping'));
		this.#unwatch();
		await Promise.all([...this.#runs.values()].map((run) => run.stop()));
	}

	#add(session: Omit<SessionOptions, 'bars'>): SessionRun {
		const { clock, sink } = this.#options;
		const { retryMs, retryMostMs, journalMs } = this.#limits;
		const opened = new Session({ ...session, bars: new Bars({ clock, retryMs, retryMostMs }) });
		const paper = new SessionPaper({
			session: opened,
			journal: this.#journal,
			sink,
			clock,
			intervalMs: journalMs,
			onTrouble: (error) => this.#trouble(opened.id, error),
		});
		const run = new SessionRun({ session: opened, ports: this.#ports, paper, reports: this.#reports });
		this.#runs.set(opened.id, run);
		return run;
	}

	#run(id: string): SessionRun {
		const run = this.#runs.get(id);
		if (run === undefined) {
			throw new HandoffError('unknown-session', `no session ${id} is open; list the open ones`);
		}
		return run;
	}

	/** A VM that came back with its memory may have a session that was closed meanwhile. */
	#dismiss(vm: VmId, session: string): void {
		const { clock, vms } = this.#options;
		const ms = this.#limits.releaseMs;
		const bounds = { clock, ms, signal: this.#leaving.signal, what: `release of ${session}` };
		void within(bounds, (signal) =>
			vms.command(vm, { session, release: {} }, { deadlineMs: ms, signal }),
		).catch(() => undefined);
	}

	#check(): void {
		if (this.#isStopped) {
			throw new HandoffError('stopped', 'the platform is stopping and opens no session any more');
		}
	}

	#transition(session: Session, transition: Transition): void {
		if (transition.from === 'resume' && transition.to === 'active') {
			this.#counters.resumed++;
		}
		if (transition.to === 'closed') {
			this.#counters.closed++;
		}
		this.#listeners.tell('session', { session: session.view(), transition });
	}

	#handoff(record: HandoffRecord): void {
		this.#counters[record.outcome]++;
		this.#records = [...this.#records, record].slice(-this.#limits.records);
		this.#listeners.tell('handoff', record);
	}

	#trouble(session: string | undefined, error: HandoffError): void {
		this.#counters.troubles++;
		this.#listeners.tell('trouble', { session, error });
	}
}
