/**
 * Carries messages and answers between the VMs of one cell, and to and from other cells and the box.
 *
 * Whoever may not say something, says it to nobody. Where it goes is looked up here; how it gets into an
 * inbox is `delivery.ts`, how it gets to another cell `bus/exchange.ts`.
 */
import type { Notify } from '../bus/doorbell.ts';
import { Exchange, type Heard, type Peer } from '../bus/exchange.ts';
import { recordBytes } from '../bus/outgoing.ts';
import type { Place } from '../bus/record.ts';
import { Requests } from '../bus/requests.ts';
import { type Route, Routes } from '../bus/routes.ts';
import { Tap, type TapCredit } from '../bus/tap.ts';
import type { Clock } from '../clock.ts';
import type { Effect, Event } from '../component/generated/service.ts';
import type { Dispatch } from '../durability/dispatches.ts';
import { fromAfar, type MessageId } from '../durability/marks.ts';
import type {
	CellCommand,
	CellLink,
	CellNumber,
	CellReport,
	MessageKind,
	Outcome,
	RouteChange,
	VmId,
} from './cell-protocol.ts';
import { Delivery } from './delivery.ts';
import { type HeldMessage, Resident } from './resident.ts';
import type { RunQueue } from './run-queue.ts';
import { type TopicWay, TopicWays } from './topic-ways.ts';

/** The box. */
const outside = Symbol('outside');
type Party = Resident | Peer | typeof outside;

type Publication = Extract<Effect, { tag: 'publish' }>['val'];
type Request = Extract<Effect, { tag: 'request' }>['val'];
type Reply = Extract<Effect, { tag: 'reply' }>['val'];

export interface KeptMail {
	/** What the VM said before this place is safe in that cell. */
	safe(cell: CellNumber, sender: VmId, before: Place): void;
	/** A message of a journalled VM of that cell has come. */
	came(cell: CellNumber, id: MessageId): void;
	/** It is for a journalled VM that is still coming back. */
	early(message: Dispatch): void;
	lost(cell: CellNumber): void;
	/** Other cells, or their VMs, have come. */
	changed(): void;
}

export interface MailOptions {
	readonly clock: Clock;
	readonly queue: RunQueue<Resident>;
	readonly residents: ReadonlyMap<VmId, Resident>;
	readonly say: (report: CellReport) => void;
	/** Called after something was said outside of a turn. */
	readonly flush: () => void;
	/** Wakes the other cell whose bell this is. */
	readonly notify?: Notify | undefined;
}

export class Mail {
	readonly #options: MailOptions;
	readonly #routes = new Routes();
	readonly #requests: Requests<Party>;
	readonly #ways = new TopicWays((topic) => ({
		routes: this.#routes.of(topic),
		isWanted: this.#wanted.has(topic),
		isAbroad: this.#exchange.isWanted(topic),
	}));
	readonly #tap = new Tap();
	readonly #delivery: Delivery;
	readonly #exchange: Exchange;
	#wanted = new Set<string>();
	/** Sees what journalled VMs and those of other cells say to each other; nothing where none is kept. */
	kept: KeptMail | undefined;

	constructor(options: MailOptions) {
		const { clock, notify } = options;
		this.#options = options;
		this.#requests = new Requests(clock);
		this.#delivery = new Delivery(options);
		this.#exchange = new Exchange({
			notify,
			take: (from, said) => this.#take(from, said),
			hold: (vm, isHeld) => this.#hold(vm, isHeld),
			lost: (peer) => {
				this.#refuseAll(peer);
				this.kept?.lost(peer.number);
			},
		});
	}

	/** The ways to other cells. */
	get exchange(): Pick<
		Exchange,
		| 'isSaid'
		| 'audience'
		| 'destinations'
		| 'dispatch'
		| 'acknowledge'
		| 'hear'
		| 'commit'
		| 'isIdle'
		| 'whenSaid'
		| 'counts'
	> {
		return this.#exchange;
	}

	route(version: number, changes: readonly RouteChange[]): void {
		for (const { tag, vm } of changes) if (tag === 'left') this.#delivery.forget(vm);
		this.#exchange.route(version, changes);
		this.#ways.changed();
		this.kept?.changed();
	}

	link(link: CellLink): void {
		this.#exchange.link(link);
		this.#ways.changed();
		this.kept?.changed();
	}

	/** Messages from other cells that have found no room here yet. */
	heldFromAfar(): Iterable<HeldMessage> {
		return this.#delivery.heldFromAfar();
	}

	/** Topics that the box listens to. */
	want(topics: readonly string[]): void {
		this.#wanted = new Set(topics);
		this.#ways.changed();
	}

	/** Messages of these topics may be seen from outside, within a credit. */
	look(credit: TapCredit): void {
		const count = this.#tap.open(credit);
		if (count > 0) this.#options.say({ tag: 'unseen', count });
	}

	join(resident: Resident): void {
		this.#routes.add(resident);
		this.#ways.changed();
		resident.cellsAwaited = this.#exchange.holding(resident.id);
	}

	/** What it owed an answer for is refused; who waited for room in its inbox goes on. */
	leave(resident: Resident): void {
		this.#routes.remove(resident);
		this.#ways.changed();
		this.#refuseAll(resident);
		this.releaseWaiters(resident);
	}

	/** By its own numbers: what it has asked and got no answer to. */
	askedBy(resident: Resident): number[] {
		return this.#requests.askedBy(resident);
	}

	/** That cell is gone for ever. */
	unlink(peer: CellNumber): void {
		this.#exchange.unlink(peer);
		this.#ways.changed();
	}

	/** An event of the platform's own; lost when the VM does not run. */
	give(id: VmId, event: Event): void {
		const resident = this.#options.residents.get(id);
		if (resident === undefined || !(resident.isUp || resident.keeper?.isJournalled === true)) return;
		const bytes = event.tag === 'chunk' ? event.val.bytes.length : 0;
		resident.inbox.push({ event, bytes, failures: 0 });
		this.#options.queue.add(resident);
	}

	publish(sender: Resident, { topic: index, payload }: Publication): void {
		const way = this.#ways.of(sender, index);
		if (way === undefined) return this.#deny(sender, index);
		const { topic, routes, isWanted, isAbroad } = way;
		sender.sent++;
		if (this.#tap.isOpen) this.#show(sender, { kind: 'message', topic, payload });
		for (let at = 0; at < routes.length; at++)
			this.#delivery.deliver(sender, routes[at] as Route, { sender: sender.id, payload });
		if (isWanted) this.#options.say({ tag: 'published', vm: sender.id, topic, payload });
		if (isAbroad) this.#exchange.publish(sender.id, topic, payload);
	}

	/** To the journalled VMs of this cell. Returns where else it goes, or nothing where it may not be said. */
	publishKept(sender: Resident, { topic: index, payload }: Publication, id: MessageId): TopicWay | undefined {
		const way = this.#ways.of(sender, index);
		if (way === undefined) {
			this.#deny(sender, index);
			return undefined;
		}
		const { topic, routes } = way;
		sender.sent++;
		if (this.#tap.isOpen) this.#show(sender, { kind: 'message', topic, payload });
		for (let at = 0; at < routes.length; at++) {
			const route = routes[at] as Route;
			if (route.to.keeper?.receives(id) === true)
				this.#delivery.deliver(sender, route, { sender: sender.id, payload, id });
		}
		return way;
	}

	/** To the others of this cell, and to the box. */
	publishUnkept(sender: Resident, { id: { turn, index }, topic, payload }: Dispatch): void {
		for (const route of this.#routes.of(topic))
			if (!route.to.isJournalled) this.#delivery.deliver(sender, route, { sender: sender.id, payload });
		const id = { turn, index };
		if (this.#wanted.has(topic)) this.#options.say({ tag: 'published', vm: sender.id, topic, payload, id });
	}

	/** A message between journalled VMs, perhaps once more: who has had it does not get it. */
	deliverKept({ id, topic, payload }: Dispatch, only?: Resident): void {
		const from = this.#options.residents.get(id.sender);
		for (const route of this.#routes.of(topic)) {
			const { to } = route;
			if (to === (only ?? to) && to.keeper?.receives(id) === true)
				this.#delivery.deliver(from, route, { sender: id.sender, payload, id });
		}
	}

	/** Whether a request or a reply goes to a journalled VM of this cell. */
	staysKept(sender: Resident, { tag, val }: Extract<Effect, { tag: 'request' | 'reply' }>): boolean {
		if (tag === 'reply') {
			const asker = this.#requests.askerOf(val.correlation);
			return asker instanceof Resident && asker.isJournalled;
		}
		return this.#routes.of(sender.spec.topics[val.topic]?.name ?? '')[0]?.to.isJournalled === true;
	}

	/** Numbers of requests up to this one were given out before a restart. */
	goOnFrom(correlation: number): void {
		this.#requests.goOnFrom(correlation);
	}

	publishFromOutside({ topic, sender, payload }: Extract<CellCommand, { tag: 'publish' }>): void {
		for (const route of this.#routes.of(topic)) this.#delivery.deliver(undefined, route, { sender, payload });
	}

	request(sender: Resident, { topic, correlation, deadlineMs, payload }: Request): void {
		const grant = sender.spec.topics[topic];
		if (grant?.mayPublish !== true) {
			this.#deny(sender, topic);
			return this.#settle(sender, correlation, { tag: 'err', val: 'denied' });
		}
		const { name } = grant;
		sender.sent++;
		if (this.#tap.isOpen) this.#show(sender, { kind: 'request', topic: name, payload });
		const route = this.#routes.of(name)[0];
		if (route !== undefined)
			return this.#ask(route, { from: sender, theirs: correlation, sender: sender.id, deadlineMs, payload });
		const server = this.#exchange.server(name);
		if (server === undefined) return this.#settle(sender, correlation, { tag: 'err', val: 'denied' });
		const { peer, vm: receiver, topic: number } = server;
		const id = this.#open({ from: sender, theirs: correlation, to: peer, deadlineMs });
		const asked = { receiver, topic: number, sender: sender.id, correlation: id, deadlineMs, payload };
		if (!this.#exchange.send(peer, { tag: 'request', ...asked }))
			this.#answer(id, peer, { tag: 'err', val: 'refused' });
	}

	requestFromOutside(request: Extract<CellCommand, { tag: 'request' }>): void {
		const { topic, sender, correlation, deadlineMs, payload, vm } = request;
		const route = this.#routes.of(topic).find(({ to }) => vm === undefined || to.id === vm);
		if (route === undefined) this.#settle(outside, correlation, { tag: 'err', val: 'denied' });
		else this.#ask(route, { from: outside, theirs: correlation, sender, deadlineMs, payload });
	}

	reply(sender: Resident, { correlation, outcome }: Reply): void {
		if (outcome.tag === 'ok') return this.#answer(correlation, sender, outcome);
		const line = { level: 'warn', text: `rejected: ${outcome.val}` } as const;
		this.#options.say({ tag: 'log', vm: sender.id, line });
		this.#answer(correlation, sender, { tag: 'err', val: 'refused' });
	}

	/** What `by` was asked will never be answered. */
	refuse(by: Resident, correlation: number): void {
		this.#answer(correlation, by, { tag: 'err', val: 'refused' });
	}

	answerFromOutside({ correlation, outcome }: Extract<CellCommand, { tag: 'answer' }>): void {
		this.#answer(correlation, outside, outcome);
	}

	/** A request that nobody waits for any more is not worth a turn. */
	isStillWanted(event: Event): boolean {
		return (
			event.tag !== 'message' || event.val.correlation === 0 || this.#requests.has(event.val.correlation)
		);
	}

	/** There is room in the receiver's inbox: those who stand still for it go on, in order. */
	releaseWaiters(receiver: Resident): void {
		this.#delivery.releaseWaiters(receiver);
	}

	#show(
		sender: Resident,
		{ kind, topic, payload }: { kind: MessageKind; topic: string; payload: Uint8Array },
	): void {
		const shown = this.#tap.look(topic, payload);
		if (shown === undefined) return;
		this.#options.say({ tag: 'seen', vm: sender.id, kind, topic, bytes: payload.length, payload: shown });
	}

	/** A line in the log where policy has closed a topic. */
	#deny(sender: Resident, index: number): void {
		const grant = sender.spec.topics[index];
		const text = `denied: ${sender.spec.name} may not publish on ${grant?.name ?? `topic ${index}`}`;
		this.#options.say({ tag: 'log', vm: sender.id, line: { level: 'warn', text } });
	}

	/** What a VM of another cell said, or that cell about it. */
	#take(from: Peer, said: Heard): void {
		if (said.tag === 'answer') return this.#answer(said.correlation, from, { tag: 'ok', val: said.payload });
		if (said.tag === 'failure')
			return this.#answer(said.correlation, from, { tag: 'err', val: said.failure });
		if (said.tag === 'safe') return this.kept?.safe(from.number, said.sender, said.before);
		const topic = this.#exchange.table.nameOf(said.topic) ?? '';
		const routes = this.#routes.of(topic);
		if (said.tag === 'publication') {
			const { sender, payload, holds } = said;
			const placed = (): void => this.#exchange.placed(from, { sender, bytes: payload.length + recordBytes });
			if (said.place === undefined)
				return this.#delivery.deliverFromAfar(said, routes, holds ? placed : undefined);
			const id = { sender, ...said.place, sequence: fromAfar };
			const to = routes.filter((route) =>
				route.to.isJournalled ? this.#isNew(route.to, { id, topic, payload }) : said.isAgain !== true,
			);
			this.#delivery.deliverFromAfar({ sender, payload, id }, to, holds ? placed : undefined);
			return this.kept?.came(from.number, id);
		}
		const { correlation, receiver } = said;
		const route = routes.find(({ to }) => to.id === receiver);
		if (route === undefined) this.#settle(from, correlation, { tag: 'err', val: 'denied' });
		else this.#ask(route, { ...said, from, theirs: correlation });
	}

	/** Whether a journalled VM has not had the message; one that is still coming back gets it later. */
	#isNew({ keeper }: Resident, message: Dispatch): boolean {
		if (keeper === undefined) this.kept?.early(message);
		return keeper?.receives(message.id) === true;
	}

	#hold(vm: VmId, isHeld: boolean): void {
		const resident = this.#options.residents.get(vm);
		if (resident === undefined) return;
		resident.cellsAwaited += isHeld ? 1 : -1;
		this.#options.queue.add(resident);
	}

	#refuseAll(by: Resident | Peer): void {
		for (const { from, theirs } of this.#requests.leave(by))
			this.#settle(from, theirs, { tag: 'err', val: 'refused' });
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
		if (asker === outside) this.#options.say({ tag: 'answer', correlation, outcome });
		else if (asker instanceof Resident) this.give(asker.id, { tag: 'answer', val: { correlation, outcome } });
		else if (outcome.tag === 'ok')
			this.#exchange.send(asker, { tag: 'answer', correlation, payload: outcome.val });
		else this.#exchange.send(asker, { tag: 'failure', correlation, failure: outcome.val });
	}
}
