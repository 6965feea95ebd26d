/** Modules in the store, and the cells that they run in. */

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
	/** Stops a VM and starts it, with its failures forgotten. One that was stopped for good stays so: `unit-idle`. */
	restart(request: { unit: string }): Promise<void>;
	/**
	 * Takes a VM to another cell while it runs; a turn is waited for.
	 * Errors: `unknown-unit`, `unknown-environment`, `not-movable`, `denied`, `vm-gone`.
	 */
	move(request: {
		unit: string;
		/** Name of the cell. */
		environment: string;
		/** Whether it may be made, if it is not there. */
		create: boolean;
	}): Promise<void>;
}
