/** What the agent needs of the box it speaks for. Each port's double is beside it: `simulated-*.ts`. */

/** Removes a listener; calling it twice is harmless. */
export type Stop = () => void;

export interface DeviceIdentity {
	readonly manufacturer: string;
	/** Six upper-case hexadecimal digits. */
	readonly manufacturerOui: string;
	readonly modelName: string;
	readonly productClass: string;
	readonly serialNumber: string;
	readonly hardwareVersion: string;
	readonly softwareVersion: string;
}

export interface MemoryStatus {
	readonly totalBytes: number;
	/** What could be had at once; what only caches files is in it. */
	readonly freeBytes: number;
}

export interface MemoryView {
	read(): Promise<MemoryStatus>;
}

/** In the order in which a start comes to them. */
export const bootStages = ['kernel', 'userland', 'network', 'node', 'platform', 'vm', 'cloud'] as const;
export type BootStage = (typeof bootStages)[number];

/** What was done from when to when, in milliseconds since the start began. */
export interface BootPhase {
	readonly stage: BootStage;
	readonly name: string;
	readonly startMs: number;
	readonly endMs: number;
}

/** How the last start went. */
export interface BootSource {
	/** In the order of their beginnings. */
	phases(): Promise<readonly BootPhase[]>;
}

/** A module in the store (TR-181: Deployment Unit). */
export interface ModuleStatus {
	/** The module's name, one of its kind in the box. */
	readonly id: string;
	readonly uuid: string;
	readonly vendor: string;
	readonly version: string;
	readonly description: string;
	/** Where it was last installed from. */
	readonly url: string;
	/** SHA-256 of its file in hexadecimal, where it is known. */
	readonly digest?: string;
	readonly status: 'installing' | 'installed' | 'updating' | 'uninstalling' | 'uninstalled';
	/** The cell its VMs run in. */
	readonly environment: string;
	/** Microseconds since the epoch. */
	readonly installedAt: number;
	readonly updatedAt: number;
}

/** A cell (TR-181: ExecEnv). */
export interface EnvironmentStatus {
	readonly id: string;
	readonly status: 'up' | 'error' | 'disabled' | 'restarting';
	readonly type: string;
	readonly version: string;
	readonly restarts: number;
}

export interface InstalledModule {
	readonly id: string;
	readonly uuid: string;
	readonly version: string;
	readonly environment: string;
}

/**
 * Installs, updates and removes modules. Errors carry a code; the codes the standard has a number for
 * are in `fault-table.ts` and, under their own names, in `error.ts`: `duplicate-module`, `disk-full`, ...
 */
export interface ModuleManager {
	list(): readonly ModuleStatus[];
	environments(): readonly EnvironmentStatus[];
	/** Fetches, verifies and starts a module that is not there yet. */
	install(request: {
		url: string;
		/** Empty: whatever the module says. */
		uuid: string;
		version: string;
		environment: string;
		signal: AbortSignal;
	}): Promise<InstalledModule>;
	/** Replaces the module's version; on failure the one before is installed as if nothing had happened. */
	update(request: {
		id: string;
		url: string;
		version: string;
		signal: AbortSignal;
	}): Promise<InstalledModule>;
	uninstall(request: { id: string; retainData: boolean; signal: AbortSignal }): Promise<void>;
	/** Starts or stops a VM for good. */
	setState(request: { unit: string; state: 'active' | 'idle' }): Promise<void>;
	restart(request: { unit: string }): Promise<void>;
}

/** A place for firmware, of which one runs (TR-181: FirmwareImage). */
export interface FirmwareStatus {
	readonly slot: string;
	/** Empty where nobody knows. */
	readonly version: string;
	readonly status:
		| 'none'
		| 'active'
		| 'downloading'
		| 'available'
		| 'download-failed'
		| 'validation-failed'
		| 'installation-failed'
		| 'activation-failed';
	/** Whether it may be activated. */
	readonly isAvailable: boolean;
	/** Whether the next boot starts it. */
	readonly isNext: boolean;
	/** Why it was tried and given back, or empty. */
	readonly failure: string;
}

/** Brings firmware to the box and has it tried. Errors carry a code, as those of `ModuleManager`. */
export interface FirmwareManager {
	/** Always the same slots in the same order. */
	list(): Promise<readonly FirmwareStatus[]>;
	/** Writes a release into a slot that does not run. Called again it goes on where it broke off. */
	download(request: { slot: string; url: string; signal: AbortSignal }): Promise<void>;
	/** Whether the slot was tried since something was last written into it. */
	wasTried(slot: string): Promise<boolean>;
	/**
	 * Restarts the box into a slot. Resolves, in the life of the box after that, once its firmware was found
	 * good; fails in that of the old firmware if it was given back.
	 *
	 * @param isResumed whether this was asked for before a restart
	 */
	activate(request: { slot: string; isResumed: boolean; signal: AbortSignal }): Promise<void>;
	/**
	 * Says which slot the next boot tries: one with what may be activated, or the one that runs, which takes
	 * back what was said before.
	 */
	setNext(request: { slot: string }): Promise<void>;
	/** Whether a restart would disturb nobody. */
	isIdle(): boolean;
	/**
	 * Asks whoever is at home whether the firmware in a slot may be activated. `unanswered` once time is over.
	 *
	 * @param text what the operator wants to be shown
	 * @param until microseconds since the epoch
	 */
	ask(request: {
		slot: string;
		text: string;
		until: number;
		signal: AbortSignal;
	}): Promise<'agreed' | 'refused' | 'unanswered'>;
}

/** A VM (TR-181: Execution Unit). */
export interface VmStatus {
	/** One of its kind in the box and kept across restarts. */
	readonly id: string;
	/** Number of the running VM, as in `sender` of a message; 0 while it has none. */
	readonly vm: number;
	readonly module: string;
	readonly environment: string;
	/** State of the VM's own life cycle, and why it is in it. */
	readonly state:
		| 'installed'
		| 'starting'
		| 'running'
		| 'hibernated'
		| 'suspended'
		| 'parked'
		| 'stopping'
		| 'stopped';
	readonly reason: string;
	readonly autoStart: boolean;
	/** The baseband it is bound to, or empty. */
	readonly baseband: string;
	readonly memoryBytes: number;
	readonly memoryLimitBytes: number;
	/** Share of one core over the last window, 0 to 100. */
	readonly cpuPercent: number;
	readonly restarts: number;
	/** Microseconds since the epoch; 0 while it is not running. */
	readonly startedAt: number;
	readonly priority: 'realtime' | 'interactive' | 'background';
	readonly load: VmLoad;
	/** Turns that failed since the box started, by code. */
	readonly faults: Readonly<Record<string, number>>;
	/** Budgets it has exceeded since the box started, the latest first. */
	readonly overruns: readonly BudgetOverrun[];
}

/** What a VM has done since it came into its cell, and what waits for it. */
export interface VmLoad {
	/** When this was counted; microseconds since the epoch, 0 before the first time. */
	readonly countedAt: number;
	readonly inboxLength: number;
	readonly inboxBytes: number;
	readonly turns: number;
	readonly events: number;
	readonly sent: number;
	/** Inside the guest, microseconds. */
	readonly busyUs: number;
	/** Turns of the last 5 to 10 seconds. */
	readonly turnP50Us: number;
	readonly turnP99Us: number;
	readonly turnMaxUs: number;
	/** Messages lost because the inbox was full, and those that ended two turns badly. */
	readonly dropped: number;
	readonly setAside: number;
	/** Realtime turns that started late, and the latest of them. */
	readonly late: number;
	readonly latestUs: number;
}

export interface BudgetOverrun {
	/** `memory`, `turn-time`, `inbox`, ... */
	readonly budget: string;
	readonly count: number;
	/** Microseconds since the epoch. */
	readonly lastAt: number;
	readonly detail: string;
}

export interface VmView {
	list(): readonly VmStatus[];
	/** Brings `load` up to date, as far as that can be had at once. */
	count(): Promise<void>;
}

/** What is plugged in, as it describes itself, and what became of it. */
export interface DeviceStatus {
	/** Where it is plugged in, such as `1-1.2`. */
	readonly port: string;
	readonly vendorId: number;
	readonly productId: number;
	readonly deviceClass: number;
	readonly manufacturer: string;
	readonly product: string;
	readonly serial: string;
	readonly state: 'absent' | 'denied' | 'seeking' | 'unserved' | 'waiting' | 'served';
	/** The module that serves it, or empty. */
	readonly module: string;
	readonly reason: string;
}

export interface DeviceView {
	list(): readonly DeviceStatus[];
}

export interface PowerStatus {
	readonly source: 'mains' | 'battery';
	/** Of the battery; undefined where there is none, or nobody knows. */
	readonly percent: number | undefined;
	/** Until it is empty; undefined on mains, and while nobody knows. */
	readonly minutesLeft: number | undefined;
	/** The box is about to switch itself off. */
	readonly isLast: boolean;
}

export interface PowerPort {
	status(): PowerStatus;
	onChange(listener: (status: PowerStatus) => void): Stop;
}

/** Records the turns of VMs, each from its start on. */
export interface VmRecorder {
	/** Starts the VM anew and records so many of its turns; 0 is as many as there will be. */
	begin(request: { unit: string; turns: number }): Promise<{ recording: number }>;
	/**
	 * The next bytes of a recording from `offset` on; what is before it is forgotten. `ended` says why nothing
	 * comes after them, or is empty.
	 */
	read(request: { recording: number; offset: number }): {
		readonly bytes: Uint8Array;
		readonly turns: number;
		readonly ended: string;
	};
	/** Nothing more is recorded; what was can still be read. */
	stop(request: { recording: number }): void;
}

export interface BasebandStatus {
	readonly id: string;
	readonly kind: string;
	readonly range: 'wide' | 'short' | 'wired';
	readonly isUp: boolean;
	readonly signalDbm: number;
	readonly speedKbps: number;
	readonly costPerMb: number;
	readonly bytesIn: number;
	readonly bytesOut: number;
}

export interface NetworkView {
	list(): readonly BasebandStatus[];
}

export interface SessionStatus {
	readonly id: string;
	readonly kind: string;
	readonly url: string;
	readonly state: string;
	/** The VM that owns the session. */
	readonly owner: string;
	readonly baseband: string;
	/** Microseconds since the epoch. */
	readonly openedAt: number;
	readonly handoffs: number;
}

export interface HandoffReport {
	readonly session: string;
	readonly from: string;
	readonly to: string;
	readonly isCommitted: boolean;
	/** Code of the failure, or empty. */
	readonly reason: string;
	/** Milliseconds by phase: `prepare`, `transfer`, `commit`. */
	readonly phasesMs: Readonly<Record<string, number>>;
}

export interface SessionManager {
	list(): readonly SessionStatus[];
	open(request: { kind: string; url: string; baseband: string }): Promise<{ id: string }>;
	close(request: { id: string }): Promise<void>;
	/** Resolves when the session has been committed to the baseband, or fails with the code of why not. */
	handoff(request: { id: string; baseband: string; signal: AbortSignal }): Promise<HandoffReport>;
	onEnded(listener: (ended: { session: string; reason: string }) => void): Stop;
	onHandoff(listener: (report: HandoffReport) => void): Stop;
}

export interface BusPort {
	/** Resolves with the number of VMs whose inbox took the message. */
	publish(message: { topic: string; payload: Uint8Array }): Promise<number>;
	request(message: {
		topic: string;
		payload: Uint8Array;
		deadlineMs: number;
		signal: AbortSignal;
	}): Promise<Uint8Array>;
}

export interface LogLine {
	/** Microseconds since the epoch. */
	readonly at: number;
	/** The VM's id, or empty for the platform itself. */
	readonly vm: string;
	readonly level: 'debug' | 'info' | 'warn' | 'error';
	readonly text: string;
}

export interface LogSource {
	onLine(listener: (line: LogLine) => void): Stop;
}

export interface CrashFrame {
	/** Index of the function in the core module as it was shipped. */
	readonly function: number;
	/** Empty where the module carries no names. */
	readonly name: string;
	/** Bytes from the beginning of that module; -1 where it is not on the box any more. */
	readonly offset: number;
}

/** All that the box knows of a turn that failed. */
export interface CrashReport {
	/** `player@wlan0:3`: the VM, and the number of the crash. */
	readonly id: string;
	/** Microseconds since the epoch. */
	readonly at: number;
	readonly vm: string;
	readonly module: string;
	readonly version: string;
	/** SHA-256 of the component, hexadecimal. */
	readonly digest: string;
	readonly code: string;
	readonly message: string;
	/** The budget that was exceeded, or empty. */
	readonly budget: string;
	/** The innermost call first. */
	readonly stack: readonly CrashFrame[];
	/** What it said in that turn. */
	readonly log: readonly { readonly level: string; readonly text: string }[];
	/** The first of what the turn was given, and how much that was. */
	readonly given: readonly { readonly topic: string; readonly bytes: number }[];
	readonly givenCount: number;
	/** What waited behind it. */
	readonly inboxLength: number;
	readonly inboxBytes: number;
	readonly memoryBytes: number;
	/** Turns before this one, and restarts of the VM. */
	readonly turns: number;
	readonly restarts: number;
	readonly budgets: Readonly<Record<string, number>>;
}

export interface CrashSource {
	/** The last ones of every VM, the latest first. */
	list(): Promise<readonly CrashReport[]>;
	onCrash(listener: (report: CrashReport) => void): Stop;
}

export interface TraceRequest {
	/** Whatever its caller calls it. */
	readonly id: string;
	/** Patterns: see `topic-pattern.ts`. */
	readonly topics: readonly string[];
	/** Only what this VM sends; empty for all. */
	readonly vm: string;
}

export interface TracedMessage {
	/** Microseconds since the epoch. */
	readonly at: number;
	/** Who sent it; empty for the platform itself. */
	readonly vm: string;
	readonly topic: string;
	readonly kind: 'message' | 'request';
	/** Its length; `payload` may be less of it. */
	readonly bytes: number;
	readonly payload: Uint8Array;
}

export interface TraceSource {
	/** Traces under way. */
	readonly count: number;
	/** Begins the trace, or goes on with it: what has passed since it was last asked for, and how much was left out. */
	read(request: TraceRequest): { readonly messages: readonly TracedMessage[]; readonly leftOut: number };
	end(id: string): void;
}

/** Anything JSON can carry. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

export interface TelemetrySource {
	/** The state of the box in one value; called at most once a period, and only while somebody listens. */
	sample(): Json | Promise<Json>;
}
