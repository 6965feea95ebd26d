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

/** A VM (TR-181: Execution Unit). */
export interface VmStatus {
	/** One of its kind in the box and kept across restarts. */
	readonly id: string;
	/** Number of the running VM, as in `sender` of a message; 0 while it has none. */
	readonly vm: number;
	readonly module: string;
	readonly environment: string;
	/** State of the VM's own life cycle, and why it is in it. */
	readonly state: 'installed' | 'starting' | 'running' | 'hibernated' | 'parked' | 'stopping' | 'stopped';
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
}

export interface VmView {
	list(): readonly VmStatus[];
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

/** Anything JSON can carry. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

export interface TelemetrySource {
	/** The state of the box in one value; called at most once a period, and only while somebody listens. */
	sample(): Json | Promise<Json>;
}
