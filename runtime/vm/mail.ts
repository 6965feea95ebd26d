/**
 * Carries messages between the VMs of one cell, and to and from other cells and the box.
 *
 * Whoever may not say something, says it to nobody. Where it goes is looked up here; how it gets into an
 * inbox is `delivery.ts`, how it gets to another cell `bus/exchange.ts`. Requests are `asking.ts`.
 */
import type { Notify } from '../bus/doorbell.ts';
import { Exchange, type Heard, type Peer } from '../bus/exchange.ts';
import type { Waiting } from '../bus/inbox.ts';
import { recordBytes } from '../bus/outgoing.ts';
import type { Place } from '../bus/record.ts';
import { type Route, Routes } from '../bus/routes.ts';
import { Tap, type TapCredit } from '../bus/tap.ts';
import { topicOf } from '../bus/ways.ts';
import type { Clock } from '../clock.ts';
import type { Effect, Event } from '../component/generated/service.ts';
import type { Dispatch } from '../durability/dispatches.ts';
import { fromAfar, type MessageId } from '../durability/marks.ts';
import { Asking } from './asking.ts';
import type {
	CellCommand,
	CellLink,
	CellNumber,
	CellReport,
	MessageKind,
	RouteChange,
	VmId,
} from './cell-protocol.ts';
import { Delivery } from './delivery.ts';
import type { HeldMessage, Resident } from './resident.ts';
import type { RunQueue } from './run-queue.ts';
import { type TopicWay, TopicWays } from './topic-ways.ts';

type Publication = Extract<Effect, { tag: 'publish' }>['val'];

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
	/** Says what is to be seen of this VM: of a journalled one not before it is sure. */
	readonly tell: (resident: Resident, report: CellReport) => void;
	/** Called after something was said outside of a turn. */
	readonly flush: () => void;
	/** Wakes the other cell whose bell this is. */
	readonly notify?: Notify | undefined;
}

export class Mail {
	readonly #options: MailOptions;
	readonly #routes = new Routes();
	readonly #ways = new TopicWays((way) => ({
		routes: this.#routes.of(way),
		isWanted: this.#wanted.has(way),
		isAbroad: this.#exchange.isWanted(way),
	}));
	readonly #tap = new Tap();
	readonly #delivery: Delivery;
	readonly #exchange: Exchange;
	/** Requests, and what becomes of them. */
	readonly asking: Asking;
	#wanted = new Set<string>();
	/** Sees what journalled VMs and those of other cells say to each other; nothing where none is kept. */
	kept: KeptMail | undefined;

	constructor(options: MailOptions) {
		const { notify } = options;
		this.#options = options;
		this.#delivery = new Delivery(options);
		this.#exchange = new Exchange({
			notify,
			take: (from, said) => this.#take(from, said),
			hold: (vm, isHeld) => this.#hold(vm, isHeld),
			lost: (peer) => {
				this.asking.leave(peer);
				this.kept?.lost(peer.number);
			},
		});
		this.asking = new Asking({
			...options,
			routes: this.#routes,
			exchange: this.#exchange,
			give: (vm, event) => this.give(vm, event),
			denied: (sender, topic) => this.#deny(sender, topic),
			asked: (sender, topic, payload) => {
				sender.sent++;
				if (this.#tap.isOpen) this.#show(sender, { kind: 'request', topic, payload });
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
		this.asking.leave(resident);
		this.releaseWaiters(resident);
	}

	/** That cell is gone for ever. */
	unlink(peer: CellNumber): void {
		this.#exchange.unlink(peer);
		this.#ways.changed();
	}

	/** An event of the platform's own; lost when the VM does not run. */
	give(id: VmId, event: Event): void {
		const resident = this.#options.residents.get(id);
		// What the one before has asked for is nothing to the next.
		if (resident === undefined || resident.isVacant) return;
		if (!resident.isUp && resident.keeper?.isJournalled !== true) return;
		const bytes = event.tag === 'chunk' ? event.val.bytes.length : 0;
		resident.inbox.push({ event, bytes, failures: 0 });
		this.#options.queue.add(resident);
	}

	/** Of its topics; other than an event, that waits for one that is not up. */
	tell(resident: Resident, news: Waiting<Event>): void {
		resident.inbox.push(news);
		this.#options.queue.add(resident);
	}

	publish(sender: Resident, { topic: index, payload }: Publication): void {
		const way = this.wayOf(sender, index);
		if (way === undefined) return;
		const { way: topic, routes, isWanted, isAbroad, isSole } = way;
		sender.sent++;
		if (this.#tap.isOpen) this.#show(sender, { kind: 'message', topic: topicOf(topic), payload });
		for (let at = 0; at < routes.length; at++)
			this.#delivery.deliver(sender, routes[at] as Route, { sender: sender.id, payload, isSole });
		if (isWanted) this.#options.say({ tag: 'published', vm: sender.id, topic, payload });
		if (isAbroad) this.#exchange.publish(sender.id, topic, payload);
	}

	/** Where a message goes; undefined, with a line in the log, where it may not be said. @param index of its topic */
	wayOf(sender: Resident, index: number): TopicWay | undefined {
		const way = this.#ways.of(sender, index);
		if (way === undefined) this.#deny(sender, index);
		return way;
	}

	/** To the journalled VMs of this cell. @param isSole nobody else is ever going to have it */
	publishKept(
		sender: Resident,
		routes: readonly Route[],
		{ id, topic, payload }: Dispatch,
		isSole: boolean,
	): void {
		sender.sent++;
		if (this.#tap.isOpen) this.#show(sender, { kind: 'message', topic: topicOf(topic), payload });
		for (let at = 0; at < routes.length; at++) {
			const route = routes[at] as Route;
			// Others have it once it is durable.
			if (route.to.isJournalled && route.to.keeper?.receives(id) === true)
				this.#delivery.deliver(sender, route, { sender: sender.id, payload, id, isSole });
		}
	}

	/** To the others of this cell, and to the box. */
	publishUnkept(sender: Resident, { id: { turn, index }, topic, payload }: Dispatch): void {
		for (const route of this.#routes.of(topic))
			if (!route.to.isJournalled && !route.to.hadBefore(sender.id, turn, index))
				this.#delivery.deliver(sender, route, { sender: sender.id, payload });
		const id = { turn, index };
		if (this.#wanted.has(topic)) this.#options.say({ tag: 'published', vm: sender.id, topic, payload, id });
	}

	/** A message between journalled VMs, perhaps once more: who has had it does not get it. */
	deliverKept({ id, topic, payload }: Dispatch, only?: Resident): void {
		const from = this.#options.residents.get(id.sender);
		for (const route of this.#routes.of(topic)) {
			const { to } = route;
			if (to === (only ?? to) && to.isJournalled && to.keeper?.receives(id) === true)
				this.#delivery.deliver(from, route, { sender: id.sender, payload, id });
		}
	}

	publishFromOutside({ topic, sender, payload }: Extract<CellCommand, { tag: 'publish' }>): void {
		for (const route of this.#routes.of(topic)) this.#delivery.deliver(undefined, route, { sender, payload });
	}

	/** There is room in the receiver's inbox: those who stand still for it go on, in order. */
	releaseWaiters(receiver: Resident): void {
		// Every turn asks, and hardly ever anybody waits.
		if (receiver.isAwaited) this.#delivery.releaseWaiters(receiver);
	}

	#show(
		sender: Resident,
		{ kind, topic, payload }: { kind: MessageKind; topic: string; payload: Uint8Array },
	): void {
		const shown = this.#tap.look(topic, payload);
		if (shown === undefined) return;
		const bytes = payload.length;
		this.#options.tell(sender, { tag: 'seen', vm: sender.id, kind, topic, bytes, payload: shown });
	}

	/** A line in the log where policy has closed a topic. */
	#deny(sender: Resident, index: number): void {
		const grant = sender.spec.topics[index];
		const text = `denied: ${sender.spec.name} may not publish on ${grant?.name ?? `topic ${index}`}`;
		this.#options.tell(sender, { tag: 'log', vm: sender.id, line: { level: 'warn', text } });
	}

	/** What a VM of another cell said, or that cell about it. */
	#take(from: Peer, said: Heard): void {
		if (said.tag === 'answer')
			return this.asking.answerFromAfar(from, said.correlation, { tag: 'ok', val: said.payload });
		if (said.tag === 'failure')
			return this.asking.answerFromAfar(from, said.correlation, { tag: 'err', val: said.failure });
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
		this.asking.requestFromAfar(from, said, routes);
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
}
