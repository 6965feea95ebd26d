/** VMs: what they do, what they may, and the record of their turns. */

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
