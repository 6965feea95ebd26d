/** A whole box in memory for the tests: networks, VMs, a player and a disk, and a coordinator over them. */
import type { ExecutionContext } from 'ava';
import type { Directory } from '../directory.ts';
import { ManualClock } from '../manual-clock.ts';
import { MemoryDirectory } from '../memory-directory.ts';
import { PowerCut } from '../memory-disk.ts';
import type { BasebandReport, BasebandWatch } from '../network/baseband-monitor.ts';
import { BasebandTable } from '../network/baseband-table.ts';
import { SimulatedRadio } from '../network/simulated-radio.ts';
import { Coordinator } from './coordinator.ts';
import type { HandoffError } from './handoff-error.ts';
import type { HandoffLimits } from './limits.ts';
import { type PolicySettings, usualPolicySettings } from './policy-settings.ts';
import type { SessionView } from './session.ts';
import type { SessionSink } from './session-sink.ts';
import type { SessionVms } from './session-vms.ts';
import { SimulatedSink } from './simulated-sink.ts';
import { decodeSimulatedCheckpoint, SimulatedVms } from './simulated-vms.ts';

export const lte: BasebandReport = { id: 'lte0', kind: 'lte', isUp: true, signalDbm: -90, costPerMb: 0.02 };
export const wifi: BasebandReport = { id: 'wifi0', kind: 'wifi', isUp: true, signalDbm: -55 };
export const gsm: BasebandReport = { id: 'gsm0', kind: 'gsm', isUp: true, signalDbm: -80, costPerMb: 0.02 };

/** How long a network has to have been good before a session moves there: not as long as usually. */
export const forAWhile = { minimumTimeMs: 1000 };

export interface SimulatedBoxOptions {
	readonly networks?: readonly BasebandReport[];
	readonly settings?: Partial<PolicySettings>;
	readonly limits?: Partial<HandoffLimits>;
	readonly frameMs?: number;
	readonly readAhead?: number;
	readonly stateBytes?: number;
	/** Frames between two checkpoints; default 4. */
	readonly checkpointEvery?: number;
}

export class SimulatedBox {
	readonly clock = new ManualClock();
	readonly sink = new SimulatedSink();
	readonly radio: SimulatedRadio;
	readonly transitions: string[] = [];
	readonly troubles: HandoffError[] = [];
	vms: SimulatedVms;
	coordinator: Coordinator;
	directory = new MemoryDirectory();
	/** Called once when the disk finds its power cut. */
	onCut: () => void = () => undefined;
	readonly #options: SimulatedBoxOptions;
	readonly #frameMs: number;
	#boots = 0;
	#watch: BasebandWatch | undefined;
	#networks: BasebandTable | undefined;

	constructor(options: SimulatedBoxOptions = {}) {
		this.#options = options;
		this.#frameMs = options.frameMs ?? 50;
		this.radio = new SimulatedRadio(options.networks ?? [lte, { ...wifi, isUp: false }]);
		({ vms: this.vms, coordinator: this.coordinator } = this.#boot());
	}

	/** Opens a session and plays a little of it. */
	async open(preferred?: string, url = 'http://content/film'): Promise<string> {
		const opened = this.coordinator.open({
			kind: 'media',
			url,
			...(preferred && { preferred }),
		});
		await settle();
		const id = await opened;
		await this.wait(500);
		return id;
	}

	/** Time goes on, frame by frame. */
	async wait(ms: number): Promise<void> {
		for (let left = ms; left > 0; left -= this.#frameMs) {
			this.clock.advance(Math.min(left, this.#frameMs));
			await settle();
			this.vms.tick();
			await settle();
		}
	}

	view(id: string): SessionView | undefined {
		return this.coordinator.sessions().find((session) => session.id === id);
	}

	isUp(baseband: string): boolean {
		return this.#networks?.get(baseband)?.isUp ?? false;
	}

	/** Nothing comes over a network any more, though it looks as good as ever. */
	fallSilent(baseband: string): void {
		this.#networks?.silent(baseband);
	}

	/** The process and everything it had in memory are gone; the disk and what was heard stay. */
	cutPower(): void {
		this.#boots++;
		this.#watch?.close();
		this.sink.cutPower();
	}

	/** The box starts anew after a power cut. */
	async reboot(choose?: (most: number) => number): Promise<void> {
		this.directory = await this.directory.restart(choose);
		({ vms: this.vms, coordinator: this.coordinator } = this.#boot());
		await this.coordinator.restore();
		await settle();
	}

	#boot() {
		const { settings, limits, frameMs = 50, readAhead = 8, stateBytes = 0 } = this.#options;
		const { checkpointEvery = 4 } = this.#options;
		const { clock, sink } = this;
		const boot = ++this.#boots;
		const isAlive = (): boolean => boot === this.#boots;
		const policy = { ...usualPolicySettings, ...settings };
		const networks = new BasebandTable({ clock, signal: policy.signal });
		this.#watch = networks.follow(this.radio);
		this.#networks = networks;
		const vms = new SimulatedVms({
			clock,
			frameUs: frameMs * 1000,
			readAhead,
			stateBytes,
			checkpointEvery,
			isUp: (baseband) => networks.get(baseband)?.isUp ?? false,
			offer: (vm, session, frame) => sink.offer(vm, session, frame),
			publish: (vm, checkpoint) => coordinator.onCheckpoint(vm, checkpoint),
			onGone: (vm) => coordinator.vmGone(vm),
			onBack: (vm) => coordinator.vmBack(vm),
		});
		const coordinator = new Coordinator({
			clock,
			networks,
			vms: whileAlive(vms, isAlive),
			sink: whileAlive(sink, isAlive),
			directory: this.#disk(isAlive),
			decodeCheckpoint: decodeSimulatedCheckpoint,
			settings: policy,
			...(limits && { limits }),
		});
		coordinator.on('session', ({ transition }) => this.transitions.push(transition.to));
		coordinator.on('trouble', ({ error }) => this.troubles.push(error));
		return { vms, coordinator };
	}

	/** A process whose disk lost its power does not see the error: it is no more. */
	#disk(isAlive: () => boolean): Directory {
		const { directory } = this;
		const alive = async <T>(act: () => Promise<T>): Promise<T> => {
			try {
				return isAlive() ? await act() : await forever;
			} catch (error) {
				if (!(error instanceof PowerCut)) {
					throw error;
				}
				if (isAlive()) {
					this.cutPower();
					this.onCut();
				}
				return forever;
			}
		};
		return {
			read: (name) => alive(() => directory.read(name)),
			write: (name, bytes) => alive(() => directory.write(name, bytes)),
			remove: (name) => alive(() => directory.remove(name)),
			list: () => alive(() => directory.list()),
			folder: (name) => directory.folder(name),
		};
	}
}

/** Lets everything that can happen without time going on happen. */
export function settle(): Promise<void> {
	return new Promise((resolve) => setImmediate(resolve));
}

const forever = new Promise<never>(() => undefined);

/** A port that a process from before a power cut can call without effect. */
function whileAlive<Port extends SessionVms | SessionSink>(port: Port, isAlive: () => boolean): Port {
	return new Proxy(port, {
		get: (target, name) => {
			const member = Reflect.get(target, name, target);
			const dead = name === 'position' ? () => ({ nextSequence: 0, nextAtUs: 0 }) : () => forever;
			return typeof member === 'function' ? (isAlive() ? member.bind(target) : dead) : member;
		},
	});
}

/** Nothing of what was to be heard was lost or doubled, and something was heard. */
export function heardWhole(t: ExecutionContext, box: SimulatedBox, id: string): void {
	t.deepEqual(box.sink.faults, { lost: [], doubled: [] });
	t.true(box.sink.position(id).nextSequence > 0);
}
