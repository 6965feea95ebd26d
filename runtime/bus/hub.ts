/**
 * Carries what a cell cannot settle by itself: messages between cells, and between VMs and the box.
 *
 * Order holds per sender and topic here too. A sender of another cell is not held back by a full
 * inbox: there, `block` means drop-oldest, and is counted.
 */
import { CodedError } from '../error.ts';
import {
	type CellCommand,
	type CellReport,
	type Outcome,
	platformId,
	type VmId,
} from '../vm/cell-protocol.ts';

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

interface Member {
	readonly cell: HubCell;
	readonly subscribes: ReadonlySet<string>;
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
	readonly #cells = new Set<HubCell>();
	#lastCorrelation = 0;

	addCell(cell: HubCell): void {
		this.#cells.add(cell);
		this.#tellWanted();
	}

	/** A cell is gone: what it owed an answer for is refused. */
	removeCell(cell: HubCell): void {
		this.#cells.delete(cell);
		for (const [vm, member] of this.#members) if (member.cell === cell) this.#members.delete(vm);
		for (const [id, { by }] of this.#pending)
			if (by === cell) this.#settle(id, { tag: 'err', val: 'refused' });
		this.#tellWanted();
	}

	/** A VM lives in `cell` from now on. */
	attach(vm: VmId, { cell, subscribes }: { cell: HubCell; subscribes: Iterable<string> }): void {
		this.#members.set(vm, { cell, subscribes: new Set(subscribes) });
		this.#tellWanted();
	}

	detach(vm: VmId): void {
		this.#members.delete(vm);
		this.#tellWanted();
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
		for (const cell of this.#cells) {
			if (this.#isWantedIn(cell, topic)) cell.send({ tag: 'publish', topic, sender: platformId, payload });
		}
		this.#tellListeners({ topic, sender: platformId, payload });
	}

	/** VMs on this box that receive the topic. */
	subscribers(topic: string): number {
		return [...this.#members.values()].filter(({ subscribes }) => subscribes.has(topic)).length;
	}

	/** @throws BusError */
	request({ vm, topic, payload, deadlineMs }: BoxRequest): Promise<Uint8Array> {
		const cell = vm === undefined ? this.#server(topic) : this.#members.get(vm)?.cell;
		if (cell === undefined) return Promise.reject(new BusError('denied', `nobody serves ${topic}`));
		return new Promise((resolve, reject) => {
			const correlation = this.#open(cell, (outcome) => {
				if (outcome.tag === 'ok') resolve(outcome.val);
				else reject(failure(topic, outcome.val));
			});
			const to = vm === undefined ? {} : { vm };
			cell.send({ tag: 'request', ...to, topic, sender: platformId, correlation, deadlineMs, payload });
		});
	}

	/** What a cell could not settle by itself. */
	accept(from: HubCell, report: Extract<CellReport, { tag: 'published' | 'request' | 'answer' }>): void {
		switch (report.tag) {
			case 'published': {
				const { topic, vm: sender, payload, id } = report;
				for (const cell of this.#cells) {
					if (cell !== from && this.#isWantedIn(cell, topic))
						cell.send({ tag: 'publish', topic, sender, payload });
				}
				this.#tellListeners({ topic, sender, payload, ...(id && { id }) });
				return;
			}
			case 'request': {
				const { vm: sender, topic, correlation, deadlineMs, payload } = report;
				const cell = this.#server(topic);
				const answer = (outcome: Outcome) => from.send({ tag: 'answer', correlation, outcome });
				if (cell === undefined) return answer({ tag: 'err', val: 'denied' });
				const id = this.#open(cell, answer);
				cell.send({ tag: 'request', topic, sender, correlation: id, deadlineMs, payload });
				return;
			}
			case 'answer':
				if (this.#pending.get(report.correlation)?.by === from)
					this.#settle(report.correlation, report.outcome);
		}
	}

	#server(topic: string): HubCell | undefined {
		const serving = [...this.#members].filter(([, { subscribes }]) => subscribes.has(topic));
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
		return [...this.#members.values()].some((member) => member.cell === cell && member.subscribes.has(topic));
	}

	#tellListeners(heard: Heard): void {
		for (const listener of this.#listeners.get(heard.topic) ?? []) listener(heard);
	}

	#tellWanted(): void {
		const heard = [...this.#listeners].filter(([, listeners]) => listeners.size > 0).map(([topic]) => topic);
		for (const cell of this.#cells) {
			const elsewhere = [...this.#members.values()].filter((member) => member.cell !== cell);
			cell.send({
				tag: 'wanted',
				topics: [...new Set([...heard, ...elsewhere.flatMap((m) => [...m.subscribes])])],
			});
		}
	}
}

function failure(topic: string, code: keyof typeof busErrors): BusError {
	return new BusError(code, `${topic}: ${busErrors[code]}`);
}
