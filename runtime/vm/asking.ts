/**
 * Carries requests and their answers between the VMs of one cell, and to and from other cells and the box.
 *
 * Every request ends exactly once: with an answer, or with why there is none.
 */
import type { Exchange, Heard, Peer } from '../bus/exchange.ts';
import { recordBytes } from '../bus/outgoing.ts';
import { failures } from '../bus/record.ts';
import { Requests } from '../bus/requests.ts';
import type { Route, Routes } from '../bus/routes.ts';
import { wayOut } from '../bus/ways.ts';
import type { Clock } from '../clock.ts';
import type { Effect, Event } from '../component/generated/service.ts';
import type { CellCommand, CellReport, Outcome, VmId } from './cell-protocol.ts';
import { Resident } from './resident.ts';
import type { RunQueue } from './run-queue.ts';

/** The box. */
const outside = Symbol('outside');
type Party = Resident | Peer | typeof outside;

type Request = Extract<Effect, { tag: 'request' }>['val'];
type Reply = Extract<Effect, { tag: 'reply' }>['val'];

export interface AskingOptions {
	readonly clock: Clock;
	readonly queue: RunQueue<Resident>;
	readonly routes: Routes;
	readonly exchange: Pick<Exchange, 'server' | 'send'>;
	readonly give: (id: VmId, event: Event) => void;
	/** The VM may not say anything on that topic. */
	readonly denied: (sender: Resident, topic: number) => void;
	/** A VM has asked. */
	readonly asked: (sender: Resident, topic: string, payload: Uint8Array) => void;
	readonly say: (report: CellReport) => void;
	/** Says what is to be seen of this VM: of a journalled one not before it is sure. */
	readonly tell: (resident: Resident, report: CellReport) => void;
	/** Called after something was said outside of a turn. */
	readonly flush: () => void;
}

export class Asking {
	readonly #options: AskingOptions;
	readonly #requests: Requests<Party>;

	constructor(options: AskingOptions) {
		this.#options = options;
		this.#requests = new Requests(options.clock);
	}

	request(sender: Resident, { topic, correlation, deadlineMs, payload }: Request): void {
		const { routes, exchange, denied, asked } = this.#options;
		const grant = sender.spec.topics[topic];
		if (grant?.mayPublish !== true) {
			denied(sender, topic);
			return this.#settle(sender, correlation, { tag: 'err', val: 'denied' });
		}
		const way = wayOut(grant);
		asked(sender, grant.name, payload);
		const route = routes.of(way)[0];
		if (route !== undefined)
			return this.#ask(route, { from: sender, theirs: correlation, sender: sender.id, deadlineMs, payload });
		const server = exchange.server(way);
		if (server === undefined) return this.#settle(sender, correlation, { tag: 'err', val: 'denied' });
		const { peer, vm: receiver, topic: number } = server;
		const id = this.#open({ from: sender, theirs: correlation, to: peer, deadlineMs });
		const request = { receiver, topic: number, sender: sender.id, correlation: id, deadlineMs, payload };
		if (!exchange.send(peer, { tag: 'request', ...request }))
			this.#answer(id, peer, { tag: 'err', val: 'refused' });
	}

	requestFromOutside(request: Extract<CellCommand, { tag: 'request' }>): void {
		const { topic, sender, correlation, deadlineMs, payload, vm } = request;
		const route = this.#options.routes.of(topic).find(({ to }) => vm === undefined || to.id === vm);
		if (route === undefined) this.#settle(outside, correlation, { tag: 'err', val: 'denied' });
		else this.#ask(route, { from: outside, theirs: correlation, sender, deadlineMs, payload });
	}

	/** @param routes of its topic */
	requestFromAfar(from: Peer, said: Extract<Heard, { tag: 'request' }>, routes: readonly Route[]): void {
		const { correlation, receiver } = said;
		const route = routes.find(({ to }) => to.id === receiver);
		if (route === undefined) this.#settle(from, correlation, { tag: 'err', val: 'denied' });
		else this.#ask(route, { ...said, from, theirs: correlation });
	}

	reply(sender: Resident, { correlation, outcome }: Reply): void {
		if (outcome.tag === 'ok') return this.#answer(correlation, sender, outcome);
		// What became of a request that was carried on is told to who asked first.
		const carried =
			sender.spec.isContainer === true ? failures.find((each) => each === outcome.val) : undefined;
		if (carried !== undefined) return this.#answer(correlation, sender, { tag: 'err', val: carried });
		const line = { level: 'warn', text: `rejected: ${outcome.val}` } as const;
		this.#options.tell(sender, { tag: 'log', vm: sender.id, line });
		this.#answer(correlation, sender, { tag: 'err', val: 'refused' });
	}

	/** What `by` was asked will never be answered. */
	refuse(by: Resident, correlation: number): void {
		this.#answer(correlation, by, { tag: 'err', val: 'refused' });
	}

	answerFromOutside({ correlation, outcome }: Extract<CellCommand, { tag: 'answer' }>): void {
		this.#answer(correlation, outside, outcome);
	}

	answerFromAfar(from: Peer, correlation: number, outcome: Outcome): void {
		this.#answer(correlation, from, outcome);
	}

	/** It asks and answers no more: what it owed is refused. */
	leave(by: Resident | Peer): void {
		for (const { from, theirs } of this.#requests.leave(by))
			this.#settle(from, theirs, { tag: 'err', val: 'refused' });
	}

	/** It starts anew and counts anew: an answer to what it asked before would be taken for another one. */
	beginsAnew(resident: Resident): void {
		this.#requests.forgetAskedBy(resident);
	}

	/** By its own numbers: what it has asked and got no answer to. */
	askedBy(resident: Resident): number[] {
		return this.#requests.askedBy(resident);
	}

	/** A request that nobody waits for any more is not worth a turn. */
	isStillWanted(event: Event): boolean {
		return (
			event.tag !== 'message' || event.val.correlation === 0 || this.#requests.has(event.val.correlation)
		);
	}

	/** Whether a request or a reply goes to a journalled VM of this cell. */
	staysKept(sender: Resident, { tag, val }: Extract<Effect, { tag: 'request' | 'reply' }>): boolean {
		if (tag === 'reply') {
			const asker = this.#requests.askerOf(val.correlation);
			return asker instanceof Resident && asker.isJournalled;
		}
		const grant = sender.spec.topics[val.topic];
		const to = grant && this.#options.routes.of(wayOut(grant))[0]?.to;
		return to?.isJournalled === true;
	}

	/** Numbers of requests up to this one were given out before a restart. */
	goOnFrom(correlation: number): void {
		this.#requests.goOnFrom(correlation);
	}

	#ask(
		{ to, topic, index, whenFull }: Route,
		{
			from,
			theirs,
			sender,
			deadlineMs,
			payload,
		}: { from: Party; theirs: number; sender: VmId; deadlineMs: number; payload: Uint8Array },
	): void {
		const correlation = this.#open({ from, theirs, to, deadlineMs });
		const message = { topic: index, sender, correlation, payload };
		const bytes = payload.length + recordBytes;
		const item = {
			event: { tag: 'message', val: message } as const,
			bytes,
			topic,
			isRequest: true,
			failures: 0,
		};
		// Where messages may be dropped, they make room for who waits for an answer.
		if (to.inbox.offer(item, whenFull === 'block' ? 'block' : 'drop-oldest')) this.#options.queue.add(to);
		else this.#answer(correlation, to, { tag: 'err', val: 'refused' });
	}

	#open(request: { from: Party; theirs: number; to: Party; deadlineMs: number }): number {
		return this.#requests.open({
			request,
			deadlineMs: request.deadlineMs,
			expire: () => {
				this.#settle(request.from, request.theirs, { tag: 'err', val: 'timed-out' });
				this.#options.flush();
			},
		});
	}

	#answer(correlation: number, by: Party, outcome: Outcome): void {
		const request = this.#requests.close(correlation, by);
		if (request !== undefined) this.#settle(request.from, request.theirs, outcome);
	}

	#settle(asker: Party, correlation: number, outcome: Outcome): void {
		const { say, give, exchange } = this.#options;
		if (asker === outside) say({ tag: 'answer', correlation, outcome });
		else if (asker instanceof Resident) give(asker.id, { tag: 'answer', val: { correlation, outcome } });
		else if (outcome.tag === 'ok') exchange.send(asker, { tag: 'answer', correlation, payload: outcome.val });
		else exchange.send(asker, { tag: 'failure', correlation, failure: outcome.val });
	}
}
