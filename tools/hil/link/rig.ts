/** A box and a core in namespaces of their own, and between them networks as good or bad as a test wants them. */
import type { ChildProcess, SpawnOptions } from 'node:child_process';
import { systemClock } from '../../../firmware/hal/clock.ts';
import type { Clock } from '../../../runtime/clock.ts';
import { Link } from './link.ts';
import { installMeter, readInterface, readMeter, type Traffic } from './meter.ts';
import { Namespace, removeNamespace } from './namespace.ts';
import { NetworkLink } from './network-link.ts';
import { seededRandom } from './random.ts';
import { requireRig } from './requirements.ts';
import { RigError } from './rig-error.ts';
import { newRunNames, staleNamespaces } from './run-name.ts';
import type { Shape } from './shape.ts';
import { openTun, type Tun } from './tun.ts';

export type Side = 'box' | 'core';

/** A network and how it is at first, the same in both directions. */
export interface NetworkPlan extends Partial<Shape> {
	/** Its interface on both sides: a letter, then at most 14 small letters and digits. */
	readonly id: string;
}

export interface RigOptions {
	/** The first is the box's default route. */
	readonly networks: readonly NetworkPlan[];
	/** Same seed, same losses and jitter; default 1. */
	readonly seed?: number;
	readonly clock?: Clock;
}

/** The core's own address: packets reach it over whichever network the box sends them. */
const serviceAddress = '10.77.0.1';

/**
 * Builds the rig; everything of it is gone again once it is disposed or the process has ended, and what an
 * earlier process left behind is removed first.
 *
 * Network i (from 1) is 10.77.i.0/24 with the box at .2 and the core at .1. What the box sends from its
 * address on a network leaves over that network, wherever it goes.
 * @throws RigError `missing-tool`, `bad-shape`, `command-failed`
 */
export async function startRig({ networks, seed = 1, clock = systemClock() }: RigOptions): Promise<Rig> {
	await requireRig();
	for (const name of await staleNamespaces()) await removeNamespace(name);
	for (const { id } of networks)
		if (!/^[a-z][a-z0-9]{0,14}$/.test(id) || id === 'lo')
			throw new RigError('bad-shape', `network "${id}" must be named like an interface, such as wlan0`);

	await using stack = new AsyncDisposableStack();
	const names = await newRunNames();
	const sides = {
		box: stack.use(await Namespace.create(names.box)),
		core: stack.use(await Namespace.create(names.core)),
	};
	await sides.core.ip('address', 'add', `${serviceAddress}/32`, 'dev', 'lo');

	const links = new Map<string, NetworkLink>();
	for (const [index, { id, ...shape }] of networks.entries()) {
		const ends: { box?: Tun; core?: Tun } = {};
		const link = new NetworkLink({
			toBox: new Link({
				clock,
				random: seededRandom(2 * (seed + index)),
				shape,
				deliver: (packet) => ends.box?.send(packet),
			}),
			toCore: new Link({
				clock,
				random: seededRandom(2 * (seed + index) + 1),
				shape,
				deliver: (packet) => ends.core?.send(packet),
			}),
		});
		links.set(id, link);
		const subnet = `10.77.${index + 1}`;
		const open = async (side: Side, host: number, receive: (packet: Uint8Array) => void) => {
			const options = { namespace: sides[side], name: id, address: `${subnet}.${host}/24`, receive };
			ends[side] = stack.use(await openTun(options));
		};
		await open('core', 1, (packet) => link.toBox.send(packet));
		await open('box', 2, (packet) => link.toCore.send(packet));
		stack.defer(() => link.close());
		await routeBox({ box: sides.box, id, subnet, isDefault: index === 0, table: `${101 + index}` });
	}
	const ids = networks.map(({ id }) => id);
	for (const side of [sides.box, sides.core]) await installMeter(side, ids);
	return new Rig({ sides, links, stack: stack.move() });
}

interface RouteOptions {
	readonly box: Namespace;
	readonly id: string;
	readonly subnet: string;
	readonly isDefault: boolean;
	readonly table: string;
}

async function routeBox({ box, id, subnet, isDefault, table }: RouteOptions): Promise<void> {
	const route = ['default', 'via', `${subnet}.1`, 'dev', id, 'src', `${subnet}.2`];
	await box.ip('route', 'add', ...route, 'table', table);
	await box.ip('rule', 'add', 'from', `${subnet}.2`, 'table', table);
	if (isDefault) await box.ip('route', 'add', ...route);
}

interface RigParts {
	readonly sides: Readonly<Record<Side, Namespace>>;
	readonly links: ReadonlyMap<string, NetworkLink>;
	readonly stack: AsyncDisposableStack;
}

export class Rig implements AsyncDisposable {
	readonly #sides: Readonly<Record<Side, Namespace>>;
	readonly #links: ReadonlyMap<string, NetworkLink>;
	readonly #stack: AsyncDisposableStack;
	/** Address of the core that every network leads to. */
	readonly serviceAddress = serviceAddress;

	constructor({ sides, links, stack }: RigParts) {
		this.#sides = sides;
		this.#links = links;
		this.#stack = stack;
	}

	/** The emulated network, to be changed while it runs. @throws RigError `unknown-network` */
	link(id: string): NetworkLink {
		const link = this.#links.get(id);
		if (link === undefined) throw new RigError('unknown-network', `no network "${id}" in this rig`);
		return link;
	}

	/** IPv4 address of a side on a network. @throws RigError `unknown-network` */
	address(side: Side, id: string): string {
		this.link(id);
		return `10.77.${[...this.#links.keys()].indexOf(id) + 1}.${side === 'box' ? 2 : 1}`;
	}

	/** Name of a side's network namespace. */
	namespace(side: Side): string {
		return this.#sides[side].name;
	}

	/** Starts a program on a side; it ends with the rig at the latest. */
	spawn(side: Side, command: string, args: readonly string[] = [], options: SpawnOptions = {}): ChildProcess {
		return this.#sides[side].spawn(command, args, options);
	}

	/** Runs a program on a side to its end and gives what it printed. @throws RigError `command-failed` */
	run(side: Side, command: string, args: readonly string[] = []): Promise<string> {
		return this.#sides[side].run(command, args);
	}

	/** Takes the box's carrier away or gives it back, as an access point out of reach does; packets stop too. */
	async setCarrier(id: string, isOn: boolean): Promise<void> {
		this.link(id).set({ isUp: isOn });
		await this.#sides.box.ip('link', 'set', id, 'carrier', isOn ? 'on' : 'off');
	}

	/** What the interface's own statistics say. @throws RigError `unknown-network` */
	async interfaceTraffic(side: Side, id: string): Promise<Traffic> {
		this.link(id);
		return readInterface(this.#sides[side], id);
	}

	/** What the firewall counted, independently. @throws RigError `unknown-network` */
	async meterTraffic(side: Side, id: string): Promise<Traffic> {
		this.link(id);
		return readMeter(this.#sides[side], id);
	}

	/** Removes everything; errors of single steps are reported together once all have run. */
	async close(): Promise<void> {
		await this.#stack.disposeAsync();
	}

	[Symbol.asyncDispose](): Promise<void> {
		return this.close();
	}
}
