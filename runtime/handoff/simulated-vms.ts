/** VMs that play, crash, hang and answer late as they are told: the double of `SessionVms`. */
import type { Clock } from '../clock.ts';
import type { VmId } from '../vm/cell-protocol.ts';
import { HandoffError } from './handoff-error.ts';
import type { Checkpoint, SessionControl } from './session-control.ts';
import type { CommandOptions, ProvideRequest, SessionVms } from './session-vms.ts';
import type { SimulatedFrame } from './simulated-sink.ts';
import { SimulatedVm } from './simulated-vm.ts';

/**
 * What goes wrong with a command: it is refused; done and not answered; not done and not answered;
 * done and answered after its deadline, with the VM standing still until then; the VM dies before or
 * after doing it.
 */
export const simulatedFaults = ['refuse', 'mute', 'deaf', 'late', 'crash', 'crash-after'] as const;

export type SimulatedFault = (typeof simulatedFaults)[number];

export interface SimulatedVmsOptions {
	readonly clock: Clock;
	readonly isUp: (baseband: string) => boolean;
	readonly offer: (vm: VmId, session: string, frame: SimulatedFrame) => void;
	/** Where `session.checkpoint` goes; see `decodeSimulatedCheckpoint`. */
	readonly publish: (vm: VmId, checkpoint: Uint8Array) => void;
	readonly onGone: (vm: VmId) => void;
	readonly onBack: (vm: VmId) => void;
	readonly frameUs?: number;
	readonly readAhead?: number;
	readonly stateBytes?: number;
	/** Frames between two checkpoints; default 4. */
	readonly checkpointEvery?: number;
}

interface Host {
	readonly id: VmId;
	readonly baseband: string;
	vm: SimulatedVm;
	isAlive: boolean;
	isStuck: boolean;
	/** What it had when it died. */
	memory: ReadonlyMap<string, unknown>;
	/** Aborted when it dies. */
	life: AbortController;
	tail: Promise<unknown>;
}

export class SimulatedVms implements SessionVms {
	readonly #options: SimulatedVmsOptions;
	readonly #frameUs: number;
	readonly #hosts = new Map<string, Host>();
	readonly #faults = new Map<string, SimulatedFault[]>();
	/** Names of the commands that reached a VM, as `release 2`. */
	readonly commands: string[] = [];

	constructor(options: SimulatedVmsOptions) {
		this.#options = options;
		this.#frameUs = options.frameUs ?? 20_000;
	}

	/** Lets the next command of this name, or the next `provide`, go wrong. */
	fail(command: string, fault: SimulatedFault): void {
		this.#faults.set(command, [...(this.#faults.get(command) ?? []), fault]);
	}

	/** From now on nothing goes wrong by itself. */
	heal(): void {
		this.#faults.clear();
	}

	/** The number of the VM on this network; undefined before it was first asked for. */
	on(baseband: string): VmId | undefined {
		return this.#hosts.get(baseband)?.id;
	}

	/** VMs that believe to own this session. */
	owners(session: string): VmId[] {
		return this.#living()
			.filter(({ vm }) => vm.playing().includes(session))
			.map(({ id }) => id);
	}

	/** Every living VM that is not stuck plays its next frame. */
	tick(): void {
		const { isUp, offer, publish, clock, checkpointEvery = 4 } = this.#options;
		for (const host of this.#living().filter(({ isStuck }) => !isStuck)) {
			for (const frame of host.vm.play({ isUp: isUp(host.baseband), nowUs: clock.now() })) {
				offer(host.id, frame.session, { ...frame, durationUs: this.#frameUs });
				if ((frame.sequence + 1) % checkpointEvery === 0) {
					publish(
						host.id,
						encodeCheckpoint({ session: frame.session, ended: false, ...host.vm.checkpoint(frame.session) }),
					);
				}
			}
		}
	}

	/** The VM that has the session says that it is at its end. */
	finish(session: string): void {
		for (const { id, vm } of this.#living().filter((host) => host.vm.playing().includes(session))) {
			this.#options.publish(id, encodeCheckpoint({ session, ended: true, ...vm.checkpoint(session) }));
		}
	}

	crash(baseband: string): void {
		const host = this.#hosts.get(baseband);
		if (host?.isAlive) {
			host.isAlive = false;
			host.isStuck = false;
			host.memory = host.vm.snapshot();
			host.life.abort(new HandoffError('vm-gone', `VM ${host.id} died`));
			host.tail = Promise.resolve();
			this.#options.onGone(host.id);
		}
	}

	/** @param remembers it comes back with the memory it died with, as from a snapshot */
	restart(baseband: string, { remembers = false } = {}): void {
		const host = this.#hosts.get(baseband);
		if (host !== undefined && !host.isAlive) {
			host.isAlive = true;
			host.life = new AbortController();
			host.vm = this.#vm();
			if (remembers) {
				host.vm.restore(host.memory);
			}
			this.#options.onBack(host.id);
		}
	}

	async provide({ baseband, signal }: ProvideRequest): Promise<VmId> {
		const fault = this.#faults.get('provide')?.shift();
		if (fault === 'refuse') {
			throw new HandoffError('refused', `no module for ${baseband}`);
		}
		if (fault !== undefined) {
			await never(signal);
		}
		const host = this.#hosts.get(baseband) ?? this.#add(baseband);
		while (!host.isAlive) {
			await new Promise<void>((resolve) => this.#options.clock.after(50, resolve));
			signal.throwIfAborted();
		}
		return host.id;
	}

	async command(id: VmId, control: SessionControl, options: CommandOptions): Promise<Uint8Array> {
		const host = this.#living().find((living) => living.id === id);
		if (host === undefined) {
			throw new HandoffError('vm-gone', `VM ${id} is not there`);
		}
		const { life } = host;
		const handled = host.tail.then(() => this.#handle(host, control, options));
		host.tail = handled.catch(() => undefined);
		const dead = never(life.signal);
		return Promise.race([handled.then((state) => state ?? dead), dead]);
	}

	/** Undefined is: never answered, while the VM goes on with its next command. */
	async #handle(
		host: Host,
		control: SessionControl,
		{ deadlineMs }: CommandOptions,
	): Promise<Uint8Array | undefined> {
		const { session, ...command } = control;
		const name = Object.keys(command)[0] ?? '';
		const life = host.life.signal;
		const fault = this.#faults.get(name)?.shift();
		this.commands.push(`${name} ${host.id}`);
		if (fault === 'refuse') {
			throw new HandoffError('refused', `VM ${host.id} will not ${name}`);
		}
		if (fault === 'crash') {
			this.crash(host.baseband);
		}
		if (fault === 'late') {
			host.isStuck = true;
			await new Promise<void>((resolve) => this.#options.clock.after(deadlineMs * 1.5, resolve));
			host.isStuck = false;
		}
		life.throwIfAborted();
		if (fault === 'deaf') {
			return undefined;
		}
		const state = host.vm.handle(session, command);
		if (fault === 'mute' || (name === 'prepare' && !this.#options.isUp(host.baseband))) {
			return undefined;
		}
		if (fault === 'crash-after') {
			this.crash(host.baseband);
			life.throwIfAborted();
		}
		return state;
	}

	#add(baseband: string): Host {
		const host: Host = {
			id: this.#hosts.size + 1,
			baseband,
			vm: this.#vm(),
			isAlive: true,
			isStuck: false,
			memory: new Map(),
			life: new AbortController(),
			tail: Promise.resolve(),
		};
		this.#hosts.set(baseband, host);
		return host;
	}

	#vm(): SimulatedVm {
		const { readAhead = 8, stateBytes = 0 } = this.#options;
		return new SimulatedVm({ frameUs: this.#frameUs, readAhead, stateBytes });
	}

	#living(): Host[] {
		return [...this.#hosts.values()].filter(({ isAlive }) => isAlive);
	}
}

export function decodeSimulatedCheckpoint(bytes: Uint8Array): Checkpoint {
	const { state, ...rest } = JSON.parse(Buffer.from(bytes).toString());
	return { ...rest, state: Buffer.from(state, 'base64') };
}

function encodeCheckpoint({ state, ...rest }: Checkpoint): Uint8Array {
	return Buffer.from(JSON.stringify({ ...rest, state: Buffer.from(state).toString('base64') }));
}

function never(signal: AbortSignal): Promise<never> {
	return new Promise((_, reject) => {
		signal.throwIfAborted();
		signal.addEventListener('abort', () => reject(signal.reason), { once: true });
	});
}
