/**
 * The box's voice to the cloud: a TR-369 USP agent over any `Transport`.
 *
 * It lets in its configured controllers (and the operator's tools, where allowed), answers what they
 * ask of the data model, and tells them what they subscribed to. Everybody else hears nothing.
 */

import type { Msg } from '../../proto/host/cloud/usp/usp-msg.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Directory } from '../../runtime/directory.ts';
import { type ControllerConfig, Controllers } from './controllers.ts';
import { localAgent } from './data-model/local-agent.ts';
import type { DataModel } from './data-model/model.ts';
import { subscriptionTable } from './data-model/subscription-table.ts';
import { defaultSubscriptions } from './default-subscriptions.ts';
import { type Fault, UspError } from './error.ts';
import type { InstanceNumbers } from './instance-numbers.ts';
import { Dispatcher, errorMessage } from './messages/dispatch.ts';
import { Notices } from './notices.ts';
import { type Notice, Notifier } from './notifier.ts';
import { notifyMessage } from './notify-message.ts';
import { connectRecord, type DropReason, disconnectRecord, messageRecord, readRecord } from './records.ts';
import { Requests } from './requests.ts';
import { Subscriptions } from './subscriptions.ts';
import type { Outgoing, Received, Transport } from './transport.ts';

export interface AgentOptions {
	/** `os::OUI-SERIAL` in earnest (R-ARC.4). */
	readonly endpointId: string;
	readonly controllers: readonly ControllerConfig[];
	/** Lets in endpoints whose id starts so, without further proof: for the development box. */
	readonly acceptTools?: { readonly prefix: string } | undefined;
	readonly transport: Transport;
	/** The objects of the box; the agent adds `Device.LocalAgent.` and its tables. */
	readonly model: DataModel;
	/** The numbers of the model's rows, kept in `directory` too. */
	readonly numbers: InstanceNumbers;
	readonly directory: Directory;
	readonly clock: Clock;
	/** Spreads retries; default `Math.random`. */
	readonly random?: () => number;
	/** Told of each record that is neither answered nor acted on, and of the link coming and going. */
	readonly onEvent?: (event: AgentEvent) => void;
}

export type AgentEvent =
	| { readonly kind: 'dropped'; readonly reason: DropReason | 'duplicate' | 'too-many' }
	| { readonly kind: 'ready'; readonly topic: string }
	| { readonly kind: 'lost'; readonly reason: string };

/** Requests served at once; more are answered with `resources-exceeded`. */
const maxServing = 64;

export class Agent {
	readonly #options: AgentOptions;
	readonly #controllers: Controllers;
	readonly #subscriptions: Subscriptions;
	readonly #notifier: Notifier;
	readonly #notices: Notices;
	readonly #requests: Requests;
	readonly #dispatcher: Dispatcher;
	readonly #stopping = new AbortController();
	/** Sender and message id of what is being served (R-MSG.4). */
	readonly #serving = new Set<string>();
	#stopWatching: (() => void)[] = [];

	constructor(options: AgentOptions) {
		this.#options = options;
		const { directory, clock, numbers, model, acceptTools, random = Math.random } = options;
		this.#controllers = new Controllers({
			configured: options.controllers,
			toolPrefix: acceptTools?.prefix,
			directory,
			numbers,
			clock,
		});
		const controllers = this.#controllers;
		this.#subscriptions = new Subscriptions({ directory, numbers, clock });
		const subscriptions = this.#subscriptions;
		const outbox = directory.folder('outbox');
		this.#notifier = new Notifier({ outbox, clock, random, send: (notice) => this.#notify(notice) });
		const notifier = this.#notifier;
		this.#notices = new Notices({ subscriptions, notifier, clock });
		const journal = directory.folder('requests');
		this.#requests = new Requests({ journal, numbers, clock, model, notices: this.#notices, notifier });
		const requests = this.#requests;
		this.#dispatcher = new Dispatcher({ model, requests, controllers, signal: this.#stopping.signal });

		for (const provider of localAgent({ endpointId: options.endpointId, clock, controllers, requests }))
			model.add(provider);
		model.add(subscriptionTable({ subscriptions, controllers, notifier, model }));
	}

	/** Takes up what a restart left, then the link. Errors: of the directory. */
	async start(): Promise<void> {
		await this.#controllers.start();
		await this.#subscriptions.start();
		// A subscription or a notice for somebody who may not talk to us any more is for nobody.
		await this.#subscriptions.remove(({ recipient }) => this.#controllers.find(recipient) === undefined);
		for (const { endpointId } of this.#options.controllers)
			await this.#subscriptions.greet(endpointId, defaultSubscriptions);
		this.#options.transport.open(
			{
				received: (message) => void this.#receive(message),
				ready: (topic) => this.#ready(topic),
				lost: (reason) => this.#options.onEvent?.({ kind: 'lost', reason }),
			},
			this.#lastWords({ code: 0, text: 'the box is gone' })[0],
		);
		await this.#notifier.start((recipient) => this.#controllers.find(recipient) !== undefined);
		await this.#requests.start();
		this.#stopWatching = this.#options.model.providers.flatMap(
			(provider) => provider.watch?.(this.#notices) ?? [],
		);
	}

	/** Takes its leave and lets go of everything; commands under way are taken up by the next start. */
	async stop(): Promise<void> {
		for (const stop of this.#stopWatching) stop();
		this.#requests.stop();
		this.#stopping.abort(new UspError('command-canceled', 'the agent stops'));
		this.#notifier.stop();
		this.#subscriptions.stop();
		await this.#options.transport.close(this.#lastWords({ code: 0, text: 'the box stops' }));
	}

	#ready(topic: string): Outgoing[] {
		this.#options.onEvent?.({ kind: 'ready', topic });
		return this.#controllers.list().map((controller) => ({
			topic: controller.topic,
			record: connectRecord(this.#envelope(controller.endpointId), topic),
		}));
	}

	#lastWords(fault: Fault): Outgoing[] {
		return this.#controllers.list().map((controller) => ({
			topic: controller.topic,
			record: disconnectRecord(this.#envelope(controller.endpointId), fault),
		}));
	}

	async #receive({ record, replyTopic }: Received): Promise<void> {
		const incoming = readRecord({
			bytes: record,
			endpointId: this.#options.endpointId,
			isKnown: (endpointId) => this.#controllers.isKnown(endpointId),
		});
		if (incoming.kind === 'dropped') return this.#drop(incoming.reason);
		const { from } = incoming;
		if (incoming.kind === 'disconnect') return this.#farewell(from);
		const listensAt = incoming.kind === 'connect' && incoming.topic !== '' ? incoming.topic : replyTopic;
		await this.#admit(from, listensAt);
		if (incoming.kind === 'connect') return;
		if (incoming.kind === 'message') return this.#serve({ message: incoming.message, from, replyTopic });

		const { messageId, fault } = incoming;
		if (messageId !== '') return this.#reply({ to: from, replyTopic }, refusal(messageId, fault));
		this.#send({ to: from, replyTopic }, disconnectRecord(this.#envelope(from), fault));
	}

	async #serve({
		message,
		from,
		replyTopic,
	}: {
		message: Msg;
		from: string;
		replyTopic: string | undefined;
	}) {
		const messageId = message.header?.msgId ?? '';
		// An Error in answer to a Notify ends its repeats too: it would be the same the next time.
		if (!message.body?.request) return this.#notifier.answered(from, messageId);
		const key = `${from} ${messageId}`;
		if (this.#serving.has(key)) return this.#drop('duplicate');
		if (this.#serving.size >= maxServing) {
			this.#drop('too-many');
			const busy = new UspError('resources-exceeded', 'too many requests at once; try again in a moment');
			return this.#reply({ to: from, replyTopic }, errorMessage(messageId, busy));
		}
		this.#serving.add(key);
		try {
			const answer = await this.#dispatcher.answer(message, from);
			if (answer.message !== undefined) this.#reply({ to: from, replyTopic }, answer.message);
			answer.afterwards?.();
		} finally {
			this.#serving.delete(key);
		}
	}

	async #admit(from: string, topic: string | undefined): Promise<void> {
		// A tool that cannot be written down is served all the same; it is only forgotten at a restart.
		const forgotten = await this.#controllers.admit(from, topic).catch(() => []);
		for (const endpointId of forgotten) await this.#forget(endpointId);
	}

	async #farewell(from: string): Promise<void> {
		if (await this.#controllers.forget(from).catch(() => true)) await this.#forget(from);
	}

	async #forget(endpointId: string): Promise<void> {
		await this.#subscriptions.remove(({ recipient }) => recipient === endpointId).catch(() => undefined);
		await this.#notifier.forget(endpointId);
	}

	#reply(way: { to: string; replyTopic: string | undefined }, message: Msg): void {
		this.#send(way, messageRecord(this.#envelope(way.to), message));
	}

	// R-MQTT.26; peers that name no Response Topic are answered where they are configured to listen.
	#send({ to, replyTopic }: { to: string; replyTopic: string | undefined }, record: Uint8Array): void {
		const topic = replyTopic ?? this.#controllers.find(to)?.topic;
		// An answer that cannot leave is lost, as it would be on any link; its sender asks again.
		if (topic !== undefined) this.#options.transport.send({ topic, record }).catch(() => undefined);
	}

	async #notify(notice: Notice): Promise<void> {
		const controller = this.#controllers.find(notice.recipient);
		if (controller === undefined)
			throw new UspError('request-denied', `nobody is known as ${notice.recipient}`);
		const record = messageRecord(this.#envelope(notice.recipient), notifyMessage(notice));
		await this.#options.transport.send({ topic: controller.topic, record });
	}

	#envelope(to: string): { from: string; to: string } {
		return { from: this.#options.endpointId, to };
	}

	#drop(reason: DropReason | 'duplicate' | 'too-many'): void {
		this.#options.onEvent?.({ kind: 'dropped', reason });
	}
}

function refusal(messageId: string, { code, text }: Fault): Msg {
	const message = errorMessage(messageId, new Error(text));
	return { ...message, body: { error: { errCode: code, errMsg: text, paramErrs: [] } } };
}
