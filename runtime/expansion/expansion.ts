/**
 * What is plugged into the box, and the modules that serve it: announces what comes and goes, and has the
 * module that the repository has for a device fetched, once there is neither one on the box nor a rule against it.
 *
 * A module runs only while one of its devices is plugged in: whoever starts VMs asks `standstill`.
 */
import type { Clock, Timer } from '../clock.ts';
import { CodedError, codeOf } from '../error.ts';
import type { Manifest } from '../module/manifest.ts';
import { type ProvisionEvent, type ProvisionState, provision } from './provision.ts';
import type { UsbDevice } from './usb-device.ts';
import type { UsbDevices, UsbWatch } from './usb-devices.ts';

export const expansionErrors = {
	'device-unserved': 'The signed repository has no module for a device that was plugged in.',
	'device-denied': 'The rules of the box allow no module to be installed for a device that was plugged in.',
	'too-many-devices': 'More devices are plugged in than the box looks at.',
} as const;

export class ExpansionError extends CodedError<keyof typeof expansionErrors> {
	override readonly name = 'ExpansionError';
}

/** A kind of device that is plugged in, and what became of it. */
export interface Provision {
	/** `vendor:product`. */
	readonly id: string;
	readonly state: ProvisionState;
	/** Name of the module that serves it, or empty. */
	readonly module: string;
	/** Why it is as it is, where that is not as it should be. */
	readonly reason: string;
}

export interface ExpansionEvents {
	plugged(device: UsbDevice): void;
	unplugged(device: UsbDevice): void;
	/** Which devices there are is another: who may run now may not be who might before. */
	changed(): void;
	/** A module serves it now that did not before. */
	served(provision: Provision): void;
	/** Something an operator would want to know. */
	trouble(error: Error): void;
}

export interface ExpansionOptions {
	readonly clock: Clock;
	readonly usb: UsbDevices;
	/** Whether modules may be installed for such a device. */
	readonly mayInstall: (id: string) => boolean;
	/** Name of the module on this box that serves such devices. */
	readonly servedBy: (id: string) => string | undefined;
	/** Finds, fetches, verifies and installs one. Resolves with its name; undefined where the repository has none. */
	readonly fetchModule: (wanted: { id: string; signal: AbortSignal }) => Promise<string | undefined>;
	readonly on: ExpansionEvents;
}

/** A hub of hubs can hold a hundred; a box has a few. */
const mostDevices = 32;
const firstPauseMs = 5000;
const longestPauseMs = 3_600_000;

interface Kind {
	state: ProvisionState;
	module: string;
	reason: string;
	pauseMs: number;
	timer: Timer | undefined;
	task: AbortController | undefined;
}

export class Expansion {
	readonly #options: ExpansionOptions;
	#devices = new Map<string, UsbDevice>();
	readonly #kinds = new Map<string, Kind>();
	#watch: UsbWatch | undefined;
	#isCrowded = false;

	/** Knows at once what is plugged in; tells of it from `start` on. */
	constructor(options: ExpansionOptions) {
		this.#options = options;
		this.#devices = byPort(options.usb.list());
	}

	start(): void {
		const present = [...this.#devices.values()];
		this.#watch = this.#options.usb.watch(() => this.#look());
		for (const device of present) this.#plugged(device);
		this.#look();
	}

	close(): void {
		this.#watch?.close();
		for (const kind of this.#kinds.values()) this.#stop(kind);
	}

	devices(): readonly UsbDevice[] {
		return [...this.#devices.values()];
	}

	provisions(): Provision[] {
		for (const [id, kind] of this.#kinds) {
			const module = this.#options.servedBy(id);
			if (module === undefined || kind.state === 'served') continue;
			// The operator has put one there.
			Object.assign(kind, { module, reason: '' });
			this.#on(id, kind, 'found');
		}
		return [...this.#kinds].map(([id, kind]) => viewOf(id, kind));
	}

	/** Why no VM of this module may run for now. */
	standstill({ usb }: Pick<Manifest, 'usb'>): string | undefined {
		if (usb.length === 0 || this.devices().some(({ id }) => usb.includes(id))) return undefined;
		return `its device is not plugged in: ${usb.slice(0, 4).join(', ')}${usb.length > 4 ? ', ...' : ''}`;
	}

	/** The repository can be reached again, or has something new: what could not be had is asked for once more. */
	askAgain(): void {
		for (const [id, kind] of this.#kinds) {
			kind.pauseMs = firstPauseMs;
			this.#on(id, kind, 'again');
		}
	}

	#look(): void {
		const { usb, on } = this.#options;
		const found = usb.list();
		const now = byPort(found);
		const before = this.#devices;
		if (found.length > mostDevices && !this.#isCrowded)
			on.trouble(new ExpansionError('too-many-devices', `only the first ${mostDevices} devices are used`));
		this.#isCrowded = found.length > mostDevices;
		// Another device at the same place was changed between two looks.
		const gone = [...before.values()].filter((device) => !isSame(device, now.get(device.port)));
		const come = [...now.values()].filter((device) => !isSame(device, before.get(device.port)));
		const hasLines = [...now.values()].some(
			({ port, lines }) => lines.join() !== (before.get(port)?.lines ?? []).join(),
		);
		this.#devices = now;
		if (gone.length + come.length > 0 || hasLines) on.changed();
		for (const device of gone) this.#unplugged(device);
		for (const device of come) this.#plugged(device);
	}

	#plugged(device: UsbDevice): void {
		const { on, mayInstall, servedBy } = this.#options;
		const { id } = device;
		on.plugged(device);
		const kind = this.#kinds.get(id) ?? newKind();
		this.#kinds.set(id, kind);
		if (kind.state !== 'absent') return;
		const module = servedBy(id);
		if (module !== undefined) {
			kind.module = module;
			this.#on(id, kind, 'found');
		} else if (mayInstall(id)) this.#on(id, kind, 'plugged');
		else {
			kind.reason = `no rule of the box allows a module to be installed for ${id}`;
			this.#on(id, kind, 'forbidden');
			on.trouble(new ExpansionError('device-denied', kind.reason));
		}
	}

	#unplugged(device: UsbDevice): void {
		const { id } = device;
		this.#options.on.unplugged(device);
		const kind = this.#kinds.get(id);
		// Of two that are the same one is enough.
		if (kind === undefined || this.devices().some((other) => other.id === id)) return;
		this.#on(id, kind, 'unplugged');
		this.#kinds.delete(id);
	}

	#on(id: string, kind: Kind, event: ProvisionEvent): void {
		const next = provision[kind.state][event];
		if (next === undefined) return;
		this.#stop(kind);
		kind.state = next;
		if (next === 'seeking') void this.#seek(id, kind);
		if (next === 'unserved' || next === 'waiting') {
			kind.timer = this.#options.clock.after(kind.pauseMs, () => this.#on(id, kind, 'again'));
			kind.pauseMs = Math.min(longestPauseMs, kind.pauseMs * 2);
		}
	}

	/** Never rejects. */
	async #seek(id: string, kind: Kind): Promise<void> {
		const { fetchModule, servedBy, on } = this.#options;
		const task = new AbortController();
		kind.task = task;
		const before = kind.reason;
		try {
			// The operator may have put one there since it was plugged in.
			const module = servedBy(id) ?? (await fetchModule({ id, signal: task.signal }));
			if (kind.task !== task) return;
			kind.module = module ?? '';
			kind.reason = module === undefined ? `the repository signs no module for ${id}` : '';
			if (module === undefined) kind.pauseMs = longestPauseMs;
			this.#on(id, kind, module === undefined ? 'none' : 'found');
			if (module !== undefined) on.served(viewOf(id, kind));
			else if (kind.reason !== before) on.trouble(new ExpansionError('device-unserved', kind.reason));
		} catch (error) {
			if (kind.task !== task) return;
			kind.reason = `${codeOf(error)}: ${(error as Error).message}`;
			this.#on(id, kind, 'failed');
			// It is tried again and again: what is said of that is said once.
			if (kind.reason !== before) on.trouble(error as Error);
		}
	}

	#stop(kind: Kind): void {
		kind.timer?.cancel();
		kind.timer = undefined;
		kind.task?.abort(new DOMException('it is not needed any more', 'AbortError'));
		kind.task = undefined;
	}
}

function newKind(): Kind {
	const nothing = { module: '', reason: '', timer: undefined, task: undefined };
	return { state: 'absent', pauseMs: firstPauseMs, ...nothing };
}

function viewOf(id: string, { state, module, reason }: Kind): Provision {
	return { id, state, module, reason };
}

function byPort(devices: readonly UsbDevice[]): Map<string, UsbDevice> {
	return new Map(devices.slice(0, mostDevices).map((device) => [device.port, device]));
}

/** Whether it is still the same, as far as anybody can tell; its lines come after it. */
function isSame(device: UsbDevice, other: UsbDevice | undefined): boolean {
	return other !== undefined && other.id === device.id && other.serial === device.serial;
}
