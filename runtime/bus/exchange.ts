/**
 * What a cell has with all others: the routes of the whole box, and a way to and from each of them.
 *
 * What the others say is heard in the order in which it was said, whatever way it came: every batch
 * bears a stamp of one counter, so that a VM that moved from one cell to another is never heard out of order.
 */
import type { Dispatch } from '../durability/dispatches.ts';
import type { FullPolicy } from '../module/manifest.ts';
import type { CellLink, CellNumber, LinkCounts, RouteChange, VmId } from '../vm/cell-protocol.ts';
import { Doorbell, type Notify } from './doorbell.ts';
import { Incoming, type Said } from './incoming.ts';
import { Outgoing } from './outgoing.ts';
import type { BusRecord, Place } from './record.ts';
import { RouteTable } from './route-table.ts';

/** The most records that are heard at a time: turns must not wait for a flood. */
const recordsAtATime = 1024;

/** Another cell. */
export interface Peer {
	readonly number: CellNumber;
	readonly outgoing: Outgoing;
	readonly incoming: Incoming;
	readonly bell: Doorbell;
	/** Whether its full inboxes hold senders of this cell. */
	readonly mayHold: boolean;
}

/** To another cell that wants a topic. */
interface Way {
	readonly peer: Peer;
	/** Of the topic. */
	readonly number: number;
	readonly whenFull: FullPolicy;
}

/** What the others say that is not about the ways themselves. */
export type Heard = Exclude<Said, { tag: 'placed' }>;

export interface ExchangeOptions {
	readonly notify?: Notify | undefined;
	readonly take: (from: Peer, said: Heard) => void;
	/** The VM stands still for one more cell, or for one less. */
	readonly hold: (vm: VmId, isHeld: boolean) => void;
	/** That cell will say nothing more and answer nothing. */
	readonly lost: (peer: Peer) => void;
}

/** Of a topic that no other cell wants, as most are. */
const nowhere: readonly CellNumber[] = [];

export class Exchange {
	readonly table = new RouteTable();
	readonly #options: ExchangeOptions;
	readonly #peers = new Map<CellNumber, Peer>();
	readonly #leaving: { readonly vm: VmId; readonly then: () => void }[] = [];
	/** Where what is published on a topic goes, as long as the routes are as they are. */
	readonly #ways = new Map<string, readonly Way[]>();
	#stamps: Int32Array = new Int32Array(1);
	/** Of the batch that is being written. */
	#stamp: number | undefined;
	#version = 0;
	/** Somebody who may stand still has been told of room, in the batch that is being written. */
	#hasTold = false;
	readonly #gone = { forged: 0, malformed: 0, dropped: 0 };

	constructor(options: ExchangeOptions) {
		this.#options = options;
	}

	counts(): LinkCounts {
		const sum = { ...this.#gone };
		for (const { incoming, outgoing } of this.#peers.values()) {
			sum.forged += incoming.forged;
			sum.malformed += incoming.malformed;
			sum.dropped += outgoing.dropped;
		}
		return sum;
	}

	route(version: number, changes: readonly RouteChange[]): void {
		this.#version = version;
		this.#ways.clear();
		for (const change of changes) this.table.apply(change);
		for (const peer of this.#peers.values()) {
			peer.incoming.learn(version, changes);
			for (const { tag, vm } of changes) if (tag === 'left') peer.outgoing.forget(vm);
			this.send(peer, { tag: 'version', version });
		}
	}

	link({ peer: number, out, in: ring, bell, mayHold, stamps }: CellLink): void {
		const doorbell = new Doorbell(bell, this.#options.notify);
		this.#stamps = new Int32Array(stamps);
		const peer = {
			number,
			outgoing: new Outgoing({ ring: out, bell: doorbell, hold: this.#options.hold }),
			incoming: new Incoming({ peer: number, ring, version: this.#version }),
			bell: doorbell,
			mayHold,
		};
		this.#peers.set(number, peer);
		this.#ways.clear();
		this.send(peer, { tag: 'version', version: this.#version });
	}

	/** What it had said to the end is heard; what it was saying is not. */
	unlink(number: CellNumber): void {
		const peer = this.#peers.get(number);
		if (peer === undefined) return;
		while (peer.incoming.stamp() !== undefined) {
			const said = peer.incoming.read();
			if (said !== undefined) this.#hear(peer, said);
		}
		this.#peers.delete(number);
		this.#ways.clear();
		const { forged, malformed } = peer.incoming;
		this.#gone.forged += forged;
		this.#gone.malformed += malformed;
		this.#gone.dropped += peer.outgoing.dropped;
		peer.outgoing.close();
		this.#options.lost(peer);
	}

	/** To every other cell that wants the topic. */
	publish(sender: VmId, topic: string, payload: Uint8Array): void {
		for (const { peer, number, whenFull } of this.#ways.get(topic) ?? this.#waysOf(topic)) {
			const holds = whenFull === 'block';
			this.send(peer, { tag: 'publication', topic: number, sender, holds, payload }, whenFull);
		}
	}

	/** Whether another cell wants the topic. */
	isWanted(topic: string): boolean {
		return (this.#ways.get(topic) ?? this.#waysOf(topic)).length > 0;
	}

	/** Other cells that want the topic. */
	destinations(topic: string): readonly CellNumber[] {
		const ways = this.#ways.get(topic) ?? this.#waysOf(topic);
		return ways.length === 0 ? nowhere : ways.map(({ peer }) => peer.number);
	}

	/** VMs of other cells that can be told something, with the topics that they want. */
	*audience(): Generator<{ vm: VmId; topics: string[] }> {
		for (const { vm, cell, topics } of this.table.subscribers())
			if (this.#peers.has(cell)) yield { vm, topics };
	}

	/** To one other cell, as the word of a VM that keeps a journal. */
	dispatch(to: CellNumber, { id, topic, payload }: Dispatch, isAgain: boolean): void {
		const way = (this.#ways.get(topic) ?? this.#waysOf(topic)).find(({ peer }) => peer.number === to);
		if (way === undefined) return;
		const { peer, number, whenFull } = way;
		const { sender, turn, index } = id;
		const said = {
			topic: number,
			sender,
			holds: whenFull === 'block',
			place: { turn, index },
			isAgain,
			payload,
		};
		this.send(peer, { tag: 'publication', ...said }, whenFull);
	}

	/** Tells a cell what of its VM's words is safe here. */
	acknowledge(to: CellNumber, sender: VmId, before: Place): void {
		const peer = this.#peers.get(to);
		if (peer !== undefined) this.send(peer, { tag: 'safe', sender, before });
	}

	/** Who serves the topic in another cell. */
	server(topic: string): { peer: Peer; vm: VmId; topic: number } | undefined {
		const routes = this.table.of(topic);
		for (const { vm, cell } of routes?.servers ?? []) {
			const peer = this.#peers.get(cell);
			if (peer !== undefined && routes !== undefined) return { peer, vm, topic: routes.number };
		}
		return undefined;
	}

	/** False for a request that has no room on its way. */
	send(peer: Peer, record: BusRecord, whenFull: FullPolicy = 'block'): boolean {
		this.#stamp ??= Atomics.add(this.#stamps, 0, 1) >>> 0;
		return peer.outgoing.send(record, { stamp: this.#stamp, whenFull });
	}

	/** What the VM of that cell had said, and what holds it, has found room here. */
	placed(peer: Peer, { sender, bytes }: { sender: VmId; bytes: number }): void {
		const told = peer.incoming.placed(sender, bytes);
		if (told === 0 || this.#peers.get(peer.number) !== peer) return;
		this.send(peer, { tag: 'placed', sender, bytes: told });
		this.#hasTold = true;
	}

	/** How many cells the VM has to stand still for. */
	holding(vm: VmId): number {
		return this.#peers.values().reduce((sum, { outgoing }) => sum + (outgoing.isHeld(vm) ? 1 : 0), 0);
	}

	/** Calls `then` when all that the VM has said is on its way; at once if it is. */
	whenSaid(vm: VmId, then: () => void): void {
		this.#leaving.push({ vm, then });
		this.commit();
	}

	/** Ends the batch: the others see it, and those that sleep are woken. */
	commit(): void {
		this.#stamp = undefined;
		this.#hasTold = false;
		for (const { outgoing } of this.#peers.values()) outgoing.commit();
		if (this.#leaving.length === 0) return;
		for (const leaving of this.#leaving.splice(0)) {
			if (this.#isWaiting(leaving.vm)) this.#leaving.push(leaving);
			else leaving.then();
		}
	}

	/** Hears what the others have said; true when there may be more. */
	hear(): boolean {
		let left = recordsAtATime;
		for (let next = this.#earliest(); next !== undefined && left > 0; next = this.#earliest()) {
			const { peer, stamp } = next;
			const { incoming } = peer;
			for (; left > 0 && incoming.stamp() === stamp; left--) {
				const said = incoming.read();
				if (said !== undefined) this.#hear(peer, said);
			}
			if (peer.incoming.release()) peer.bell.ring();
			// Not when all is heard: the others would begin to speak only when there is nothing left to hear.
			if (this.#hasTold) this.commit();
		}
		return left === 0;
	}

	/** True when there is nothing to hear and nothing to say that has room. */
	isIdle(): boolean {
		this.commit();
		return this.#peers.values().every(({ incoming }) => incoming.stamp() === undefined);
	}

	/** True when all that was said here is on its way. */
	isSaid(): boolean {
		return this.#peers.values().every(({ outgoing }) => outgoing.isEmpty);
	}

	#waysOf(topic: string): readonly Way[] {
		const { number = 0, destinations = [] } = this.table.of(topic) ?? {};
		const ways = destinations.flatMap(({ cell, whenFull }) => {
			const peer = this.#peers.get(cell);
			if (peer === undefined) return [];
			const isSpared = whenFull === 'block' && !peer.mayHold;
			return [{ peer, number, whenFull: isSpared ? 'drop-oldest' : whenFull } as const];
		});
		this.#ways.set(topic, ways);
		return ways;
	}

	#hear(peer: Peer, said: Said): void {
		if (said.tag === 'placed') peer.outgoing.placed(said.sender, said.bytes);
		else this.#options.take(peer, said);
	}

	/**
	 * What was said first of all that can be heard. Something may have been said after its cause was
	 * said to us too, yet be found before it: so we look again until nothing earlier turns up.
	 */
	#earliest(): { peer: Peer; stamp: number } | undefined {
		let found = this.#look();
		if (this.#peers.size < 2) return found;
		while (found !== undefined) {
			const again = this.#look();
			if (again?.stamp === found.stamp) return found;
			found = again;
		}
		return undefined;
	}

	#look(): { peer: Peer; stamp: number } | undefined {
		let earliest: { peer: Peer; stamp: number } | undefined;
		for (const peer of this.#peers.values()) {
			const stamp = peer.incoming.stamp();
			// The counter wraps: the difference says which is earlier.
			if (stamp !== undefined && (earliest === undefined || ((stamp - earliest.stamp) | 0) < 0))
				earliest = { peer, stamp };
		}
		return earliest;
	}

	#isWaiting(vm: VmId): boolean {
		return this.#peers.values().some(({ outgoing }) => outgoing.hasWaiting(vm));
	}
}
