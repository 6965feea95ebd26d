/**
 * Carries messages and answers between the VMs of one cell, and to and from those outside.
 *
 * A sender whose message finds no room stands still until there is, unless the receiver waits for
 * that sender itself: then the oldest goes instead, since nobody could ever go on.
 */
import { Requests } from '../bus/requests.ts';
import { type Route, Routes } from '../bus/routes.ts';
import type { Clock } from '../clock.ts';
import type { Effect, Event } from '../component/generated/service.ts';
import type { MessageId } from '../durability/marks.ts';
import type { UnclaimedMessage } from '../durability/unclaimed.ts';
import type { CellCommand, CellReport, Outcome, VmId } from './cell-protocol.ts';
import type { Resident } from './resident.ts';
import type { RunQueue } from './run-queue.ts';

/** Counted for a message beyond its payload. */
const messageBytes = 32;

/** Somebody outside this cell: the platform, or a VM of another cell through it. */
const outside = Symbol('outside');
type Party = Resident | typeof outside;

type Publication = Extract<Effect, { tag: 'publish' }>['val'];
type Request = Extract<Effect, { tag: 'request' }>['val'];
type Reply = Extract<Effect, { tag: 'reply' }>['val'];

export interface MailOptions {
	readonly clock: Clock;
	readonly queue: RunQueue<Resident>;
	readonly residents: ReadonlyMap<VmId, Resident>;
	readonly say: (report: CellReport) => void;
	/** Called after something was said outside of a turn. */
	readonly flush: () => void;
}

export class Mail {
	readonly #options: MailOptions;
	readonly #routes = new Routes();
	readonly #requests: Requests<Party>;
	#wanted = new Set<string>();

	constructor(options: MailOptions) {
		this.#options = options;
		this.#requests = new Requests(options.clock);
	}

	/** Topics that somebody outside subscribes. */
	want(topics: readonly string[]): void {
		this.#wanted = new Set(topics);
	}

	join(resident: Resident): void {
		this.#routes.add(resident);
	}

	/** What it owed an answer for is refused; who waited for room in its inbox goes on. */
	leave(resident: Resident): void {
		this.#routes.remove(resident);
		for (const { from, theirs } of this.#requests.leave(resident))
			this.#settle(from, theirs, { tag: 'err', val: 'refused' });
		this.releaseWaiters(resident);
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
		const topic = this.#permitted(sender, index);
		if (topic === undefined) return;
		for (const route of this.#routes.of(topic)) this.#deliver(sender, route, { sender: sender.id, payload });
		if (this.#wanted.has(topic)) this.#options.say({ tag: 'published', vm: sender.id, topic, payload });
	}

	/** To the kept VMs of this cell; true when there is somebody else to tell. */
	publishKept(sender: Resident, { topic: index, payload }: Publication, from: MessageId): boolean {
		const topic = this.#permitted(sender, index);
		if (topic === undefined) return false;
		this.deliverKept({ id: from, topic, payload });
		return this.#wanted.has(topic) || this.#routes.of(topic).some(({ to }) => !isKept(to));
	}

	/** To everybody else. */
	publishRest(
		sender: Resident,
		{ topic: index, payload }: Publication,
		{ turn, index: effect }: MessageId,
	): void {
		const topic = sender.spec.topics[index]?.name ?? '';
		for (const route of this.#routes.of(topic))
			if (!isKept(route.to)) this.#deliver(sender, route, { sender: sender.id, payload });
		const id = { turn, index: effect };
		if (this.#wanted.has(topic)) this.#options.say({ tag: 'published', vm: sender.id, topic, payload, id });
	}

	/** A message between kept VMs, perhaps once more: who has had it does not get it. */
	deliverKept({ id, topic, payload }: UnclaimedMessage, only?: Resident): void {
		const from = this.#options.residents.get(id.sender);
		for (const route of this.#routes.of(topic)) {
			const { to } = route;
			if (isKept(to) && to === (only ?? to) && to.keeper?.receives(id) === true)
				this.#deliver(from, route, { sender: id.sender, payload, id });
		}
	}

	/** Whether a request or a reply goes to a kept VM of this cell. */
	staysKept(sender: Resident, { tag, val }: Extract<Effect, { tag: 'request' | 'reply' }>): boolean {
		if (tag === 'reply') {
			const asker = this.#requests.askerOf(val.correlation);
			return asker !== undefined && asker !== outside && isKept(asker);
		}
		const route = this.#routes.of(sender.spec.topics[val.topic]?.name ?? '')[0];
		return route !== undefined && isKept(route.to);
	}

	/** Numbers of requests up to this one were given out before a restart. */
	goOnFrom(correlation: number): void {
		this.#requests.goOnFrom(correlation);
	}

	publishFromOutside({ topic, sender, payload }: Extract<CellCommand, { tag: 'publish' }>): void {
		for (const route of this.#routes.of(topic)) this.#deliver(undefined, route, { sender, payload });
	}

	request(sender: Resident, { topic, correlation, deadlineMs, payload }: Request): void {
		const name = this.#permitted(sender, topic);
		if (name === undefined) return this.#settle(sender, correlation, { tag: 'err', val: 'denied' });
		const route = this.#routes.of(name)[0];
		if (route !== undefined)
			return this.#ask(route, { from: sender, theirs: correlation, sender: sender.id, deadlineMs, payload });
		const id = this.#open({ from: sender, theirs: correlation, to: outside, deadlineMs });
		this.#options.say({ tag: 'request', vm: sender.id, topic: name, correlation: id, deadlineMs, payload });
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
		const { residents, queue } = this.#options;
		for (const sender of receiver.waiters) {
			for (let head = sender.held[0]; head; head = sender.held[0]) {
				const isThere = residents.has(head.to.id);
				if (isThere && (head.to !== receiver || !head.to.inbox.offer(head.item, 'block'))) break;
				sender.held.shift();
				queue.add(head.to);
			}
			const next = sender.held[0]?.to;
			if (next === receiver) continue;
			receiver.waiters.delete(sender);
			next?.waiters.add(sender);
			if (next === undefined) queue.add(sender);
			else if (next.inbox.length === 0) this.releaseWaiters(next);
		}
	}

	/** The topic's name, or undefined and a line in the log where policy has closed it. */
	#permitted(sender: Resident, index: number): string | undefined {
		const grant = sender.spec.topics[index];
		if (grant?.mayPublish === true) return grant.name;
		const text = `denied: ${sender.spec.name} may not publish on ${grant?.name ?? `topic ${index}`}`;
		this.#options.say({ tag: 'log', vm: sender.id, line: { level: 'warn', text } });
		return undefined;
	}

	#deliver(
		from: Resident | undefined,
		{ to, topic, index, whenFull }: Route,
		{ sender, payload, id }: { sender: VmId; payload: Uint8Array; id?: MessageId },
	): void {
		const message = { topic: index, sender, correlation: 0, payload };
		const bytes = payload.length + messageBytes;
		const item = { event: { tag: 'message', val: message } as const, bytes, topic, failures: 0, from: id };
		// What comes from outside cannot be held here, and neither can a sender the receiver waits for.
		const canHold = from !== undefined && !to.waitsFor(from);
		if (canHold && from.held.length > 0) from.held.push({ to, item });
		else if (to.inbox.offer(item, whenFull === 'block' && !canHold ? 'drop-oldest' : whenFull))
			this.#options.queue.add(to);
		else if (from !== undefined) {
			from.held.push({ to, item });
			to.waiters.add(from);
		}
	}

	#ask(
		{ to, topic, index }: Route,
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
		const bytes = payload.length + messageBytes;
		const item = { event: { tag: 'message', val: message } as const, bytes, topic, failures: 0 };
		if (to.inbox.offer(item, 'block')) this.#options.queue.add(to);
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
		else this.give(asker.id, { tag: 'answer', val: { correlation, outcome } });
	}
}

/** Whether what it is told is safe as soon as what its sender did is. */
function isKept({ keeper }: Resident): boolean {
	return keeper?.isJournalled === true;
}
