/**
 * Carries messages between the VMs and the box, and gives cells what they need to talk to each other:
 * a ring each way, and the routes of the whole box with a version.
 *
 * Order holds per sender and topic here too. The box is not held back by a full inbox: for what it
 * publishes, `block` means drop-oldest, and is counted.
 */
import { Alike } from '../alike.ts';
import { CodedError } from '../error.ts';
import type { Domain } from '../module/manifest.ts';
import {
	type CellCommand,
	type CellNumber,
	type CellReport,
	type MessageKind,
	type NumberedGrant,
	type Outcome,
	platformId,
	type Regrant,
	type RouteChange,
	type TopicGrant,
	type VmId,
} from '../vm/cell-protocol.ts';
import { makeRing } from './ring.ts';
import { Tap, type TapCredit } from './tap.ts';
import { grantsOfWays } from './ways.ts';

export const busErrors = {
	denied: 'Nobody serves the topic, or it may not be used.',
	'timed-out': 'No answer came within the deadline.',
	refused: 'The VM refused the request, or died while it worked on it.',
	unreachable: 'The other side could not be reached.',
	malformed: 'The other side answered with something that cannot be read.',
	cancelled: 'The request was cancelled.',
} as const;

export class BusError extends CodedError<keyof typeof busErrors> {
	override readonly name = 'BusError';
}

export interface HubCell {
	/** Of all its VMs. */
	readonly domain: Domain;
	/** Where other cells wake it. */
	readonly bell: SharedArrayBuffer;
	send(command: CellCommand): void;
}

export interface Heard {
	readonly topic: string;
	readonly sender: VmId;
	readonly payload: Uint8Array;
	/** Of a journalled VM: who remembers the last one knows a message that is said again. */
	readonly id?: { readonly turn: number; readonly index: number };
}

export interface BoxRequest {
	/** The VM that has to answer; without it, whoever serves the topic. */
	readonly vm?: VmId;
	readonly topic: string;
	readonly payload: Uint8Array;
	readonly deadlineMs: number;
}

/** A message that was looked at. */
export interface Seen extends Heard {
	readonly kind: MessageKind;
	/** Its length; `payload` may be less of it. */
	readonly bytes: number;
}

export interface Onlooker {
	seen(message: Seen): void;
	/** So many messages passed beyond the credit. */
	unseen(count: number): void;
}

const hubReports = ['published', 'answer', 'seen', 'unseen'] as const;
export type HubReport = Extract<CellReport, { tag: (typeof hubReports)[number] }>;

export function isForHub(report: CellReport): report is HubReport {
	return hubReports.some((tag) => tag === report.tag);
}

interface Member {
	readonly cell: HubCell;
	/** As its cell was told. */
	readonly granted: readonly TopicGrant[];
	readonly topics: readonly NumberedGrant[];
}

interface Pending {
	/** The cell that has to answer. */
	readonly by: HubCell;
	readonly settle: (outcome: Outcome) => void;
}

export class Hub {
	readonly #members = new Map<VmId, Member>();
	readonly #listeners = new Map<string, Set<(heard: Heard) => void>>();
	readonly #pending = new Map<number, Pending>();
	readonly #tap = new Tap();
	#onlooker: Onlooker | undefined;
	#carried = 0;
	readonly #cells = new Map<HubCell, CellNumber>();
	/** Numbers by which the cells know topics. */
	readonly #topics = new Map<string, number>();
	readonly #alike = new Alike();
	readonly #stamps = new SharedArrayBuffer(4);
	readonly #ringBytes: number;
	#lastCorrelation = 0;
	#lastCell = 0;
	#version = 0;

	/** @param ringBytes size of the ring from one cell to another, a power of two; default 64 KiB */
	constructor({ ringBytes = 65_536 }: { readonly ringBytes?: number } = {}) {
		this.#ringBytes = ringBytes;
	}

	addCell(cell: HubCell): void {
		const number = ++this.#lastCell;
		const stamps = this.#stamps;
		for (const [other, otherNumber] of this.#cells) {
			const there = makeRing(this.#ringBytes);
			const back = makeRing(this.#ringBytes);
			other.send({
				tag: 'link',
				peer: number,
				out: there,
				in: back,
				bell: cell.bell,
				mayHold: mayHold(cell, other),
				stamps,
			});
			cell.send({
				tag: 'link',
				peer: otherNumber,
				out: back,
				in: there,
				bell: other.bell,
				mayHold: mayHold(other, cell),
				stamps,
			});
		}
		this.#cells.set(cell, number);
		const changes = [...this.#members].map(([vm, member]) => this.#joined(vm, member));
		cell.send({ tag: 'routes', version: this.#version, changes });
		cell.send(this.#wanted());
	}

	/** A cell is gone: what it owed an answer for is refused. */
	removeCell(cell: HubCell): void {
		const number = this.#cells.get(cell);
		if (number === undefined) return;
		this.#cells.delete(cell);
		for (const other of this.#cells.keys()) other.send({ tag: 'unlink', peer: number });
		const lost = [...this.#members].filter(([, member]) => member.cell === cell).map(([vm]) => vm);
		for (const vm of lost) this.#members.delete(vm);
		this.#route(lost.map((vm) => ({ tag: 'left', vm })));
		for (const [id, { by }] of this.#pending)
			if (by === cell) this.#settle(id, { tag: 'err', val: 'refused' });
	}

	/** A VM lives in `cell` from now on. To be called before it says anything. */
	attach(vm: VmId, { cell, topics }: { cell: HubCell; topics: readonly TopicGrant[] }): void {
		const member = this.#member(cell, topics);
		this.#members.set(vm, member);
		this.#route([this.#joined(vm, member)]);
	}

	/** A VM that is attached has these topics from now on; its cell is told in the same instant. */
	regrant(vm: VmId, topics: readonly TopicGrant[]): void {
		const before = this.#members.get(vm);
		if (before === undefined || JSON.stringify(before.granted) === JSON.stringify(topics)) return;
		const member = this.#member(before.cell, topics);
		this.#members.set(vm, member);
		this.#route([this.#joined(vm, member)], { cell: member.cell, regrant: { vm, topics } });
	}

	/** To be called after it has been told to stop. */
	detach(vm: VmId): void {
		if (this.#members.delete(vm)) this.#route([{ tag: 'left', vm }]);
	}

	/** Hears every message on the topic, whoever published it. Returns how to stop. */
	listen(topic: string, listener: (heard: Heard) => void): () => void {
		const listeners = this.#listeners.get(topic) ?? new Set();
		listeners.add(listener);
		this.#listeners.set(topic, listeners);
		this.#tellWanted();
		return () => {
			listeners.delete(listener);
			this.#tellWanted();
		};
	}

	/** A message from the box itself. */
	publish(topic: string, payload: Uint8Array): void {
		this.#show('message', { topic, payload });
		for (const cell of this.#cells.keys()) {
			if (this.#isWantedIn(cell, topic)) cell.send({ tag: 'publish', topic, sender: platformId, payload });
		}
		this.#tellListeners({ topic, sender: platformId, payload });
	}

	/** VMs on this box that receive the topic. */
	subscribers(topic: string): number {
		return [...this.#members.values()].filter((member) => subscribes(member, topic)).length;
	}

	/** @throws BusError */
	request({ vm, topic, payload, deadlineMs }: BoxRequest): Promise<Uint8Array> {
		const cell = vm === undefined ? this.#server(topic) : this.#members.get(vm)?.cell;
		if (cell === undefined) return Promise.reject(new BusError('denied', `nobody serves ${topic}`));
		this.#show('request', { topic, payload });
		return new Promise((resolve, reject) => {
			const correlation = this.#open(cell, (outcome) => {
				if (outcome.tag === 'ok') resolve(outcome.val);
				else reject(failure(topic, outcome.val));
			});
			const to = vm === undefined ? {} : { vm };
			cell.send({ tag: 'request', ...to, topic, sender: platformId, correlation, deadlineMs, payload });
		});
	}

	/** What a cell has for the box. */
	accept(from: HubCell, report: HubReport): void {
		switch (report.tag) {
			case 'published': {
				this.#carried++;
				const { topic, vm: sender, payload, id } = report;
				this.#tellListeners({ topic, sender, payload, ...(id && { id }) });
				return;
			}
			case 'answer':
				if (this.#pending.get(report.correlation)?.by === from)
					this.#settle(report.correlation, report.outcome);
				return;
			case 'seen':
				this.#onlooker?.seen({ ...report, sender: report.vm });
				return;
			case 'unseen':
				this.#onlooker?.unseen(report.count);
		}
	}

	/** Shows messages of these topics, whoever sends them, until the next call says otherwise. */
	look(credit: TapCredit, onlooker: Onlooker): void {
		this.#onlooker = onlooker;
		const isNew = credit.topics.length > 0 || this.#tap.isOpen;
		const unseen = this.#tap.open(credit);
		if (unseen > 0) onlooker.unseen(unseen);
		if (isNew) for (const cell of this.#cells.keys()) cell.send({ tag: 'look', ...credit });
	}

	/** Messages that were carried from a cell to the box. */
	get carried(): number {
		return this.#carried;
	}

	#show(kind: MessageKind, { topic, payload }: { topic: string; payload: Uint8Array }): void {
		const shown = this.#tap.isOpen ? this.#tap.look(topic, payload) : undefined;
		if (shown === undefined) return;
		this.#onlooker?.seen({ kind, topic, sender: platformId, bytes: payload.length, payload: shown });
	}

	#server(topic: string): HubCell | undefined {
		const serving = [...this.#members].filter(([, member]) => subscribes(member, topic));
		return serving.toSorted(([a], [b]) => a - b)[0]?.[1].cell;
	}

	#open(by: HubCell, settle: (outcome: Outcome) => void): number {
		do this.#lastCorrelation = (this.#lastCorrelation % 0xffff_ffff) + 1;
		while (this.#pending.has(this.#lastCorrelation));
		this.#pending.set(this.#lastCorrelation, { by, settle });
		return this.#lastCorrelation;
	}

	#settle(id: number, outcome: Outcome): void {
		const pending = this.#pending.get(id);
		this.#pending.delete(id);
		pending?.settle(outcome);
	}

	#isWantedIn(cell: HubCell, topic: string): boolean {
		return [...this.#members.values()].some((member) => member.cell === cell && subscribes(member, topic));
	}

	#tellListeners(heard: Heard): void {
		for (const listener of this.#listeners.get(heard.topic) ?? []) listener(heard);
	}

	#tellWanted(): void {
		const wanted = this.#wanted();
		for (const cell of this.#cells.keys()) cell.send(wanted);
	}

	#wanted(): CellCommand {
		const heard = [...this.#listeners].filter(([, listeners]) => listeners.size > 0).map(([topic]) => topic);
		return { tag: 'wanted', topics: heard };
	}

	#route(
		changes: readonly RouteChange[],
		also?: { readonly cell: HubCell; readonly regrant: Regrant },
	): void {
		if (changes.length === 0) return;
		this.#version++;
		const routes = { tag: 'routes', version: this.#version, changes } as const;
		for (const cell of this.#cells.keys())
			cell.send(cell === also?.cell ? { ...routes, regrant: also.regrant } : routes);
	}

	#member(cell: HubCell, granted: readonly TopicGrant[]): Member {
		const numbered = grantsOfWays(granted).map((way) => ({ ...way, number: this.#numberOf(way.name) }));
		return { cell, granted, topics: this.#alike.of(numbered) };
	}

	#joined(vm: VmId, { cell, topics }: Member): RouteChange {
		return { tag: 'joined', vm, cell: this.#cells.get(cell) ?? 0, topics };
	}

	#numberOf(topic: string): number {
		const known = this.#topics.get(topic);
		if (known !== undefined) return known;
		const number = this.#topics.size;
		this.#topics.set(topic, number);
		return number;
	}
}

function subscribes({ topics }: Member, topic: string): boolean {
	return topics.some(({ name, maySubscribe }) => maySubscribe && name === topic);
}

/** A service of anybody's must not be able to stop the operator's own by not listening. */
function mayHold(receiver: HubCell, sender: HubCell): boolean {
	return receiver.domain === sender.domain || receiver.domain === 'authorized';
}

function failure(topic: string, code: keyof typeof busErrors): BusError {
	return new BusError(code, `${topic}: ${busErrors[code]}`);
}
