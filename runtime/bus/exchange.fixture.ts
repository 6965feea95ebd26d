/** Cells without VMs, a hub, and a VM that says numbers: everything happens when a test says so. */
import type { Domain, FullPolicy } from '../module/manifest.ts';
import type { CellCommand, TopicGrant, VmId } from '../vm/cell-protocol.ts';
import { Doorbell } from './doorbell.ts';
import { Exchange, type Peer } from './exchange.ts';
import { Hub, type HubCell } from './hub.ts';

export const topic = 'a.number';

function grant(can: Partial<TopicGrant>): TopicGrant {
	return { name: topic, mayPublish: false, maySubscribe: false, whenFull: 'block', ...can };
}

export interface Heard {
	readonly sender: VmId;
	readonly number: number;
}

/** One cell: a subscriber that writes down what it hears, and whoever speaks here at the moment. */
export class PaperCell implements HubCell {
	readonly bell = new Doorbell().buffer;
	readonly domain: Domain;
	readonly commands: CellCommand[] = [];
	readonly heard: Heard[] = [];
	readonly held = new Map<VmId, number>();
	readonly speakers = new Set<VmId>();
	/** Speakers that come with the next commands of the box. */
	readonly starting: VmId[] = [];
	/** What holds its sender and has no room yet. */
	readonly unplaced: (() => void)[] = [];
	readonly exchange: Exchange;
	readonly #stopped: (vm: VmId) => void;
	readonly send = (command: CellCommand): void => void this.commands.push(command);

	constructor(domain: Domain, stopped: (vm: VmId) => void) {
		this.domain = domain;
		this.#stopped = stopped;
		this.exchange = new Exchange({
			take: (from, said) => {
				if (said.tag === 'publication') this.#hear(from, said);
			},
			hold: (vm, isHeld) => void this.held.set(vm, (this.held.get(vm) ?? 0) + (isHeld ? 1 : -1)),
			lost: () => undefined,
		});
	}

	/** The next thing that the hub, or the box, has told it. */
	obey(): void {
		const command = this.commands.shift();
		if (command?.tag === 'routes') this.exchange.route(command.version, command.changes);
		if (command?.tag === 'link') this.exchange.link(command);
		if (command?.tag === 'unlink') this.exchange.unlink(command.peer);
		if (command?.tag === 'count') for (const vm of this.starting.splice(0, 1)) this.speakers.add(vm);
		if (command?.tag === 'stop') {
			this.speakers.delete(command.vm);
			this.exchange.whenSaid(command.vm, () => this.#stopped(command.vm));
		}
		this.exchange.commit();
	}

	say(vm: VmId, number: number, bytes: number): boolean {
		if (!this.speakers.has(vm) || (this.held.get(vm) ?? 0) > 0) return false;
		const payload = new Uint8Array(4 + bytes);
		new DataView(payload.buffer).setUint32(0, number);
		this.exchange.publish(vm, topic, payload);
		return true;
	}

	#hear(from: Peer, { sender, payload }: { sender: VmId; payload: Uint8Array }): void {
		this.heard.push({ sender, number: new DataView(payload.buffer, payload.byteOffset).getUint32(0) });
		this.unplaced.push(() => this.exchange.placed(from, { sender, bytes: payload.length + 32 }));
	}
}

/** A box of cells, with one subscriber each. */
export class PaperBox {
	readonly hub: Hub;
	readonly cells: PaperCell[] = [];
	/** Where each speaker is told to be; undefined while it moves. */
	readonly homes = new Map<VmId, PaperCell>();
	readonly #moving = new Map<VmId, PaperCell>();
	#cellsMade = 0;

	constructor({ cells, ringBytes }: { cells: number; ringBytes: number }) {
		this.hub = new Hub({ ringBytes });
		for (let number = 0; number < cells; number++) this.addCell();
	}

	addCell({
		whenFull = 'block',
		domain = 'open',
	}: {
		whenFull?: FullPolicy;
		domain?: Domain;
	} = {}): PaperCell {
		const cell = new PaperCell(domain, (vm) => this.#arrive(vm));
		this.cells.push(cell);
		this.hub.addCell(cell);
		this.#cellsMade++;
		this.hub.attach(1000 + this.#cellsMade, { cell, topics: [grant({ maySubscribe: true, whenFull })] });
		return cell;
	}

	start(vm: VmId, cell: PaperCell): void {
		this.homes.set(vm, cell);
		this.hub.attach(vm, { cell, topics: [grant({ mayPublish: true })] });
		cell.starting.push(vm);
		cell.send({ tag: 'count' });
	}

	/** Stops it where it is, and starts it elsewhere when it has stopped. */
	move(vm: VmId, to: PaperCell): void {
		const home = this.homes.get(vm);
		if (home === undefined || home === to) return;
		this.homes.delete(vm);
		this.#moving.set(vm, to);
		home.send({ tag: 'stop', vm });
		this.hub.detach(vm);
	}

	/** Lets everybody do all there is to do. */
	settle(): void {
		for (let left = 1000; left > 0; left--) {
			for (const cell of this.cells) {
				while (cell.commands.length > 0) cell.obey();
				while (cell.exchange.hear());
				for (const place of cell.unplaced.splice(0)) place();
				cell.exchange.commit();
			}
			if (this.cells.every((cell) => cell.exchange.isIdle() && cell.commands.length === 0)) return;
		}
		throw new Error('the cells never come to rest');
	}

	#arrive(vm: VmId): void {
		const to = this.#moving.get(vm);
		this.#moving.delete(vm);
		if (to !== undefined) this.start(vm, to);
	}
}
